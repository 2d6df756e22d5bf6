import { blockHash, checkBlock, GENESIS, rowMarks } from '../core/auditChain.js';
import type { ChainedBlock, ChainedRow, ChainFault, ChainHead } from '../core/auditChain.js';
import type { Sql } from './sql.js';

/** Any number: one writes blocks at a time. */
const LOCK = 7_204_113_530;
/** Rows of a block at most: after a long standstill several are written, one after the other. */
export const BLOCK_ROWS = 10_000;
/** What was not committed within a day of being begun never will be: older rows need not be looked for. */
const LATEST_DAYS = 1;
const BLOCKS_AT_ONCE = 200;

interface BlockRow extends ChainedBlock {
  writtenAt: Date;
}

const ROW = `seq, id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, officer_id AS "officerId", action,
  subject_kind AS "subjectKind", subject_id AS "subjectId", village_id AS "villageId", case_id AS "caseId", data::text AS data`;
const BLOCK = `number, seqs, marks, previous, hash, written_at AS "writtenAt"`;

/**
 * Chains what was written since: one block over the rows that no block names yet, in the caller's transaction. What is
 * committed only now though it drew its number earlier goes into the block of its time: so whoever acts waits for nobody.
 * Answers the new block's number of rows; 0 where there is nothing, or another process is at it. Call again while it is BLOCK_ROWS.
 */
export async function writeBlock(sql: Sql, now: Date): Promise<number> {
  const { rows: locks } = await sql.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
    LOCK,
  ]);
  if (!locks[0]!.mine) return 0;
  const { rows } = await sql.query<ChainedRow>(
    `WITH recent AS MATERIALIZED (
       SELECT number, seqs FROM audit_blocks
       WHERE written_at >= (SELECT max(written_at) FROM audit_blocks) - make_interval(days => ${LATEST_DAYS})
     )
     SELECT ${ROW} FROM audit_log
     WHERE seq > coalesce((SELECT last_seq FROM audit_blocks WHERE number = (SELECT min(number) - 1 FROM recent)), 0)
       AND seq NOT IN (SELECT s FROM recent, unnest(seqs) AS s)
     ORDER BY seq LIMIT ${BLOCK_ROWS}`,
  );
  if (rows.length === 0) return 0;
  const { rows: heads } = await sql.query<BlockRow & { lastSeq: number; total: number }>(
    `SELECT ${BLOCK}, last_seq AS "lastSeq", total FROM audit_blocks ORDER BY number DESC LIMIT 1`,
  );
  const number = (heads[0]?.number ?? 0) + 1;
  const previous = heads[0]?.hash ?? GENESIS;
  await sql.query(
    `INSERT INTO audit_blocks (number, seqs, marks, last_seq, total, previous, hash, written_at)
     VALUES ($1, $2, $3, greatest($4::bigint, $5::bigint), $6, $7, $8, $9)`,
    [
      number,
      rows.map((row) => row.seq),
      rowMarks(rows),
      heads[0]?.lastSeq ?? 0,
      rows.at(-1)!.seq,
      (heads[0]?.total ?? 0) + rows.length,
      previous,
      blockHash(number, previous, rows),
      now,
    ],
  );
  return rows.length;
}

/** The newest block; null where none was written yet. */
export async function readHead(sql: Sql): Promise<ChainHead | null> {
  const { rows } = await sql.query<ChainHead>(
    `SELECT number AS block, hash, written_at AS "writtenAt", total AS rows
     FROM audit_blocks ORDER BY number DESC LIMIT 1`,
  );
  return rows[0] ?? null;
}

export interface ChainReport {
  blocks: number;
  rows: number;
  head: string | null;
  /** Rows that the next block will take. */
  waiting: number;
  /** The first that is wrong; nothing after it is looked at. */
  fault: ChainFault | null;
}

/** Rows that are older than this belong into a block: the worker writes one a minute. */
const WAITING_MS = 24 * 60 * 60 * 1000;

/**
 * Works the whole chain out again from the rows, some blocks at a time. `heads`: hashes that were sent out, or how they
 * begin; each must be of some block. In the caller's transaction (REPEATABLE READ, where the worker goes on meanwhile).
 */
export async function verifyChain(sql: Sql, heads: readonly string[], now: Date): Promise<ChainReport> {
  const report: ChainReport = { blocks: 0, rows: 0, head: null, waiting: 0, fault: null };
  const unknown = new Set(heads);
  for (let before: BlockRow | null = null; ;) {
    const blocks = await blocksAfter(sql, before?.number ?? 0);
    if (blocks.length === 0) break;
    for (const block of blocks) {
      const seqs = block.seqs.map(Number);
      const { rows } = await sql.query<ChainedRow>(
        `SELECT ${ROW} FROM audit_log WHERE seq = ANY ($1::bigint[]) ORDER BY array_position($1::bigint[], seq)`,
        [seqs],
      );
      const fault = checkBlock({ ...block, seqs }, before, rows);
      if (fault) return { ...report, fault };
      for (const head of unknown) if (block.hash.startsWith(head)) unknown.delete(head);
      report.blocks += 1;
      report.rows += rows.length;
      report.head = block.hash;
      before = block;
    }
  }
  if (unknown.size > 0)
    return { ...report, fault: { fault: 'head_unknown', block: report.blocks, seq: null } };
  return { ...report, ...(await readWaiting(sql, now)) };
}

async function blocksAfter(sql: Sql, number: number): Promise<BlockRow[]> {
  const { rows } = await sql.query<BlockRow>(
    `SELECT ${BLOCK} FROM audit_blocks WHERE number > $1 ORDER BY number LIMIT ${BLOCKS_AT_ONCE}`,
    [number],
  );
  return rows;
}

async function readWaiting(sql: Sql, now: Date): Promise<Pick<ChainReport, 'waiting' | 'fault'>> {
  const { rows } = await sql.query<{ waiting: number; oldest: number | null }>(
    `SELECT count(*) AS waiting, min(seq) FILTER (WHERE at < $1) AS oldest FROM audit_log
     WHERE seq NOT IN (SELECT s FROM audit_blocks, unnest(seqs) AS s)`,
    [new Date(now.getTime() - WAITING_MS)],
  );
  const { waiting, oldest } = rows[0]!;
  return { waiting, fault: oldest === null ? null : { fault: 'not_chained', block: null, seq: oldest } };
}
