import type { Run } from './run.js';
import type { Frame, Session } from './types.js';

const FRAME_KEYS = ['f', 'h', 's', 'a', 'v', 'd', 't', 'm', 'b', 'e', 'x', 'y', 'i', 'p', 'u'] as const;
/** Flows beneath one another; past this the oldest, long forgotten, is let go. */
const DEEPEST = 6;

/** Lays the frame on top beneath the one that comes. */
export function push(session: Session): void {
  const frame = takeTop(session);
  session.k = [...(session.k ?? []), frame];
  if (session.k.length > DEEPEST) letGoOldest(session.k);
}

/** The oldest flow goes, and with it what it called: nobody would wait for what that returns. */
function letGoOldest(stack: Frame[]): void {
  const next = stack.findIndex(({ y }, place) => place > 0 && y !== 'c');
  stack.splice(0, next < 0 ? 1 : next);
}

/** Lets the frame on top go; the one beneath, if any, is on top again. */
export function pop(session: Session): boolean {
  dropPrivate(session);
  takeTop(session);
  const beneath = session.k?.pop();
  if (session.k?.length === 0) delete session.k;
  if (!beneath) return false;
  Object.assign(session, beneath);
  return true;
}

/** Lets go the flow on top with those that called it: what it interrupted is on top again, if anything. */
export function popChain(session: Session): boolean {
  while (session.y === 'c') if (!pop(session)) return false;
  return pop(session);
}

/** Lets go flows that are known no more: what lay on top of one beneath lies on what was under it. */
export function letGoOfGone(session: Session, isKnown: (flow: string) => boolean): { wasOnTop: boolean } {
  let isGone = false;
  const kept: Frame[] = [];
  for (const frame of [...(session.k ?? []), session]) {
    if (isGone && frame.y === 'c') {
      // Whoever called it is gone: nobody waits for what it returns.
      if (kept.length > 0) frame.y = 'i';
      else delete frame.y;
      delete frame.i;
    }
    isGone = frame.f !== undefined && !isKnown(frame.f);
    if (!isGone && frame !== session) kept.push(frame);
  }
  if (kept.length > 0) session.k = kept;
  else delete session.k;
  if (isGone) pop(session);
  return { wasOnTop: isGone };
}

/** Lets go all flows but those in which a request is being filled in, with what they called; or really all. */
export function letGoOfTold(session: Session, isAll: boolean): void {
  const chains: Frame[][] = [];
  for (const frame of [...(session.k ?? []), takeTop(session)]) {
    if (frame.y === 'c' && chains.length > 0) chains.at(-1)!.push(frame);
    else chains.push([frame]);
  }
  const kept = isAll ? [] : chains.filter((chain) => chain.some(({ d }) => d !== undefined)).flat();
  const top = kept.pop();
  if (kept.length > 0) session.k = kept;
  else delete session.k;
  if (top) Object.assign(session, top);
  for (const key of Object.keys(session.private ?? {}))
    if (!framesOf(session).some(({ f }) => f !== undefined && key.startsWith(`${f}.`)))
      delete session.private![key];
  if (session.private && Object.keys(session.private).length === 0) delete session.private;
}

function takeTop(session: Session): Frame {
  const frame: Frame = {};
  for (const key of FRAME_KEYS) {
    if (session[key] === undefined) continue;
    (frame as { [key: string]: unknown })[key] = session[key];
    // Not `delete`, which makes the object slow; what is undefined is not stored.
    session[key] = undefined;
  }
  return frame;
}

/** Sensitive answers live no longer than the flow that asked for them, unless the same flow waits beneath. */
function dropPrivate(session: Session): void {
  if (!session.private || session.k?.some((frame) => frame.f === session.f)) return;
  const prefix = `${session.f}.`;
  for (const key of Object.keys(session.private)) if (key.startsWith(prefix)) delete session.private[key];
  if (Object.keys(session.private).length === 0) delete session.private;
}

/** All frames, the top one first. */
export function framesOf(session: Session): Frame[] {
  return session.k ? [session, ...session.k.toReversed()] : [session];
}

/** Brings a flow that lies beneath, with those that called it and what it called, on top of all others. */
export function raise(session: Session, frame: Frame): void {
  const place = session.k?.indexOf(frame) ?? -1;
  if (place < 0) return;
  const stack = [...session.k!, takeTop(session)];
  let from = place;
  while (from > 0 && stack[from]!.y === 'c') from -= 1;
  let to = place;
  while (stack[to + 1]?.y === 'c') to += 1;
  const chain = stack.splice(from, to - from + 1);
  if (stack.length > 0 && from === 0) delete stack[0]!.y;
  if (stack.length > 0) chain[0]!.y = 'i';
  const top = chain.pop()!;
  const beneath = [...stack, ...chain];
  if (beneath.length > 0) session.k = beneath;
  else delete session.k;
  Object.assign(session, top);
}

/** The flow on top and those that called it, the one that nobody called last. */
export function chainOf(session: Session): Frame[] {
  const frames = framesOf(session);
  const last = frames.findIndex(({ y }) => y !== 'c');
  return last < 0 ? frames : frames.slice(0, last + 1);
}

/** Whether the flow on top, with those that called it, holds anything that was answered. */
export function hasWork(session: Session): boolean {
  for (const frame of framesOf(session)) {
    if (isWorkedOn(frame)) return true;
    if (frame.y !== 'c') return false;
  }
  return false;
}

export function isWorkedOn(frame: Frame): boolean {
  if (frame.u !== undefined) return true;
  for (const question in frame.a) if (question !== '') return true;
  return false;
}

/** Whether a question waits. */
export function isWaiting(run: Run): boolean {
  return run.s.t !== undefined;
}
