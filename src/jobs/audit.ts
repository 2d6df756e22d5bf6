import type { Pool } from 'pg';
import { headAsJson } from '../core/auditChain.js';
import { dayOfHead, weekOfLooks } from '../core/looks.js';
import type { Log, NewId, Now, Nudge } from '../core/ports.js';
import { BLOCK_ROWS, readHead, writeBlock } from '../store/auditBlocks.js';
import { takeTurn, tellHead, tellLooks } from '../store/auditReports.js';
import { clockIsBehind } from '../store/clockGuard.js';
import { inTransaction } from '../store/sql.js';

export interface AuditDeps {
  pool: Pool;
  log: Log;
  now: Now;
  newId: NewId;
  nudge: Pick<Nudge, 'notify'>;
  /** Where the head is POSTed, daily; null: nowhere. */
  address: string | null;
  /** How this installation calls itself there: PUBLIC_URL, or its host. */
  installation: string;
}

const POST_MS = 15_000;
/** An address that does not answer is tried again after so long. */
const AGAIN_MS = 15 * 60_000;

/**
 * Keeps the chain of the audit log: a block over what is new, its head once a day to an address outside, and on Mondays how
 * often was looked at residents' data. Run it every minute; several processes may, and nothing is sent twice.
 */
export function createAuditKeeper(deps: AuditDeps): () => Promise<void> {
  const { pool, log, now, newId, nudge } = deps;
  let postAfter = 0;

  return async () => {
    const at = now();
    if ((await clockIsBehind(pool, at)).isBehind) return;
    while ((await inTransaction(pool, (sql) => writeBlock(sql, at))) === BLOCK_ROWS);
    const context = { newId, now: at };
    const told = await inTransaction(pool, async (sql) => {
      const head = (await takeTurn(sql, 'audit_head_told', dayOfHead(at))) ? await readHead(sql) : null;
      const week = weekOfLooks(at);
      return (
        (head ? await tellHead(sql, head, context) : 0) +
        ((await takeTurn(sql, 'looks_told', week.key)) ? await tellLooks(sql, week, context) : 0)
      );
    });
    if (told > 0) nudge.notify();
    if (deps.address !== null && at.getTime() >= postAfter) await post(deps.address, at);
  };

  /** The turn is taken by the transaction that waits for the answer: an address that failed is tried again. */
  async function post(address: string, at: Date): Promise<void> {
    postAfter = at.getTime() + AGAIN_MS;
    await inTransaction(pool, async (sql) => {
      if (!(await takeTurn(sql, 'audit_head_posted', dayOfHead(at)))) return;
      const head = await readHead(sql);
      if (!head) return;
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(headAsJson(head, deps.installation)),
        redirect: 'error',
        signal: AbortSignal.timeout(POST_MS),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the address of the audit log's head answered ${answer.status}`);
      log.info({ block: head.block }, 'the head of the audit log was sent to its address');
    }).catch((cause: unknown) =>
      log.warn({ err: cause }, 'the head of the audit log did not reach its address; trying again'),
    );
  }
}
