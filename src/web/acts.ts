import type { CaseAct } from '../core/effect.js';

/** The acts that a case's page offers. `answer` and `cancel` are the resident's; `sign` by PIN has a page of its own. */
export const ACTS = [
  'take',
  'release',
  'give',
  'ask',
  'note',
  'verify',
  'initial',
  'sign',
  'return',
  'ready',
  'finish',
  'refuse',
  'forward',
  'reopen',
  'merge',
  'relate',
  'classify',
  'undo',
] as const satisfies CaseAct[];
export type OfficerAct = (typeof ACTS)[number];

/** Acts that say something to the resident, or to colleagues. Asking may name items instead. */
export const NEEDS_WORDS: ReadonlySet<OfficerAct> = new Set([
  'refuse',
  'note',
  'return',
  'forward',
  'classify',
]);
