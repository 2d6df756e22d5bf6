import type { CaseAct } from '../core/effect.js';

/** The acts that a case's page offers, in their order. `answer` and `cancel` are the resident's. */
export const ACTS = ['take', 'ask', 'finish', 'refuse', 'note'] as const satisfies CaseAct[];
export type OfficerAct = (typeof ACTS)[number];

/** Acts that say something to the resident, or to colleagues. */
export const NEEDS_WORDS: ReadonlySet<OfficerAct> = new Set(['ask', 'refuse', 'note']);
