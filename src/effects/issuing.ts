import type { EffectKind } from '../core/effect.js';

/** What gives out codes, places, deadlines or roles that a clock set back would falsify, and what each of them sets. */
const ISSUING: ReadonlySet<EffectKind> = new Set<EffectKind>([
  // A code, a place in the queue by the time of the request, and when the case is due.
  'open_case',
  'open_walk_in',
  // A number of the year, and the letter's date.
  'issue_letters',
  'replace_letter',
  // A code, and when the listing ends.
  'publish_listing',
  // Approving or renewing sets when the listing ends.
  'change_listing',
  // Whether an invite still holds is judged by the clock: an ended one must not hold again.
  'accept_invite',
  'confirm_invite',
  // The number of a letter counts within a year, and its day stands on it.
  'sign_cases',
]);

/** Asked before an effect is applied: it rests where the clock is behind (store/clockGuard.ts). */
export function isIssuing({ kind }: { kind: EffectKind }): boolean {
  return ISSUING.has(kind);
}
