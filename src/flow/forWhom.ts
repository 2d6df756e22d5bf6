import { RELATIONS } from '../core/effect.js';
import type { Beneficiary, Relation } from '../core/effect.js';
import type { Json } from '../core/json.js';
import { framesOf } from './frames.js';
import type { Run } from './run.js';

/** The flow that makes a request somebody else's; what it returns is kept here. */
export const FOR_WHOM = 'for-whom';
/** So long what was said before any request began holds for the next one: a day, in minutes. */
const HELD = 24 * 60;

/** For whom the person asks, as it is kept in the session. Short keys: it is written on every turn. */
export interface Helped {
  /** Name, relation and phone. */
  n: string;
  r: Relation;
  p?: string;
  /** The draft that it was said in; none: of the next one. */
  d?: string;
  /** When: minutes since 1970. */
  q: number;
}

/** Keeps what the flow `for-whom` returns, which has ended: `{ name, relation, phone }`, or anything else for oneself. */
export function keepHelped(run: Run, returned: Json): void {
  // Nothing was decided: the flow was left, or all stays as it is.
  if (returned === null || returned === 'kept') return;
  endHelp(run);
  if (typeof returned !== 'object' || Array.isArray(returned)) return;
  const { name, relation, phone } = returned;
  if (typeof name !== 'string' || name.trim() === '') return;
  const draft = framesOf(run.s).find(({ d }) => d !== undefined)?.d;
  run.s.fw = {
    n: name,
    r: RELATIONS.find((known) => known === relation) ?? 'other',
    ...(typeof phone === 'string' ? { p: phone } : {}),
    ...(draft === undefined ? {} : { d: draft }),
    q: run.nowMinutes,
  };
}

/** Whom the request that is being filled in, or the next one, is for; null: the person's own. */
export function helpedNow(run: Run): Beneficiary | null {
  const { fw } = run.s;
  if (!fw) return null;
  const isOfDraft = fw.d !== undefined && framesOf(run.s).some(({ d }) => d === fw.d);
  const isOfNext = fw.d === undefined && run.nowMinutes - fw.q <= HELD;
  if (!isOfDraft && !isOfNext) return null;
  return { name: fw.n, relation: fw.r, ...(fw.p === undefined ? {} : { phone: fw.p }) };
}

/** From now on the person asks for themselves. */
export function endHelp(run: Run): void {
  run.s.fw = undefined;
}
