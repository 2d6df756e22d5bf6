import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';

export async function until(isSo: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  for (const end = Date.now() + withinMs; !(await isSo()); await sleep(20))
    if (Date.now() > end) throw new Error('it never came to be');
}

/** False also while Postgres is coming back. */
export async function isSending(pool: Pool): Promise<boolean> {
  const rows = pool.query("SELECT FROM outbound_messages WHERE state = 'sending' LIMIT 1");
  return await rows.then(
    ({ rowCount }) => rowCount === 1,
    () => false,
  );
}

export function pick(list: unknown[], random: () => number): number {
  return Math.floor(random() * list.length);
}

/** mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
