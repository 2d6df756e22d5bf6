import { createHash } from 'node:crypto';
import type { JsonObject } from './json.js';

/** A row of the audit log as it is chained: what can be seen of it in a copy of the table, nothing else. */
export interface ChainedRow {
  seq: number;
  id: string;
  /** UTC with six decimals: 2026-11-24T02:00:00.000000Z */
  at: string;
  officerId: string | null;
  action: string;
  subjectKind: string;
  subjectId: string;
  villageId: string | null;
  caseId: string | null;
  /** As Postgres writes a jsonb value: keys in its order, a space after colons and commas. */
  data: string;
}

/** A block of the chain; `rows` are those of `seqs` that are there, in that order. */
export interface ChainedBlock {
  number: number;
  seqs: readonly number[];
  /** `rowMarks` of its rows: they tell which of them was changed; that one was, the hash tells. */
  marks: Uint8Array;
  previous: string;
  hash: string;
}

/** What the first block holds in the place of a hash before. */
export const GENESIS = '0'.repeat(64);

/** A row on a line of its own: a JSON array of its values in this order. Anybody can make it from a copy of the table. */
export function canonicalRow(row: ChainedRow): string {
  return JSON.stringify([
    row.seq,
    row.id,
    row.at,
    row.officerId,
    row.action,
    row.subjectKind,
    row.subjectId,
    row.villageId,
    row.caseId,
    row.data,
  ]);
}

/** SHA-256 (hex) over lines ended by a line feed: `kentongan audit 1`, the block's number, the hash before, then its rows. */
export function blockHash(number: number, previous: string, rows: readonly ChainedRow[]): string {
  const hash = createHash('sha256');
  for (const line of ['kentongan audit 1', String(number), previous, ...rows.map(canonicalRow)])
    hash.update(`${line}\n`, 'utf8');
  return hash.digest('hex');
}

const MARK = 8;

/** The first 8 bytes of the SHA-256 of each row, one after the other. */
export function rowMarks(rows: readonly ChainedRow[]): Uint8Array {
  return Buffer.concat(
    rows.map((row) => createHash('sha256').update(canonicalRow(row), 'utf8').digest().subarray(0, MARK)),
  );
}

export type ChainFault =
  /** A block is not the one that follows: one was taken out, or put in. */
  | { fault: 'broken_chain'; block: number; seq: null }
  /** A row that a block names is gone. */
  | { fault: 'missing_row'; block: number; seq: number }
  /** The row is not what it was; where none is named, the block itself. */
  | { fault: 'changed'; block: number; seq: number | null }
  /** It came in later than it says. */
  | { fault: 'back_dated'; block: number; seq: number }
  /** Written long ago, and in no block. */
  | { fault: 'not_chained'; block: null; seq: number }
  /** A head that was sent out is not in the chain. */
  | { fault: 'head_unknown'; block: number; seq: null };

/**
 * A row may be this much older than the block before its own, which should have held it: clocks differ, and a transaction
 * takes its time. After the worker stood still, its next block may hold rows of days.
 */
export const LATE_MS = 60 * 60 * 1000;

/** What is wrong with a block, after the one before it; null where all is as it was written. */
export function checkBlock(
  block: ChainedBlock,
  before: { number: number; hash: string; writtenAt: Date } | null,
  rows: readonly ChainedRow[],
): ChainFault | null {
  const { number, previous } = block;
  if (number !== (before?.number ?? 0) + 1 || previous !== (before?.hash ?? GENESIS))
    return { fault: 'broken_chain', block: number, seq: null };
  const there = new Set(rows.map((row) => row.seq));
  const missing = block.seqs.find((seq) => !there.has(seq));
  if (missing !== undefined) return { fault: 'missing_row', block: number, seq: missing };
  if (blockHash(number, previous, rows) !== block.hash)
    return { fault: 'changed', block: number, seq: changedRow(block, rows) };
  const old = before && rows.find((row) => before.writtenAt.getTime() - Date.parse(row.at) > LATE_MS);
  return old ? { fault: 'back_dated', block: number, seq: old.seq } : null;
}

function changedRow({ marks }: ChainedBlock, rows: readonly ChainedRow[]): number | null {
  const now = rowMarks(rows);
  const at = rows.findIndex(
    (_, n) =>
      Buffer.compare(now.subarray(n * MARK, (n + 1) * MARK), marks.subarray(n * MARK, (n + 1) * MARK)) !== 0,
  );
  return rows[at]?.seq ?? null;
}

/** The head as it is sent out: short enough to be read aloud. */
export interface ChainHead {
  block: number;
  hash: string;
  /** Rows in the whole chain. */
  rows: number;
  writtenAt: Date;
}

/** What is POSTed to an address outside: `{ installation, block, hash, rows, written_at }`. */
export function headAsJson(head: ChainHead, installation: string): JsonObject {
  return {
    installation,
    block: head.block,
    hash: head.hash,
    rows: head.rows,
    written_at: head.writtenAt.toISOString(),
  };
}
