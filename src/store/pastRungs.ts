import { isOpen } from './cases.js';

/**
 * Whether a reminder of a clock (notification `w`) is news no more, in SQL by the aliases of it and of its case: quiet hours
 * held it back, and meanwhile the case was opened, initialled, signed or closed. What was missed stays news.
 */
export const isPastRung = (w: string, c: string): string =>
  `(${w}.kind = 'officer-escalation' AND (NOT (${isOpen(`${c}.status`)})
    OR (${w}.vars ->> 'rung' IN ('remind', 'sekretaris', 'kepala_desa', 'kecamatan', 'dinas') AND ${c}.status <> 'open')
    OR (${w}.vars ->> 'rung' IN ('initial', 'initial_late') AND ${c}.step IS DISTINCT FROM 'initial')
    OR (${w}.vars ->> 'rung' IN ('sign', 'sign_late') AND ${c}.step IS DISTINCT FROM 'sign')))`;
