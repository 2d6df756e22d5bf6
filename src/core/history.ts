/**
 * When history is hidden. A number is given to somebody else once it was silent for long, and a phone may be shared:
 * then nothing from before is shown until the person shows that it is theirs.
 */
export const SILENT_DAYS = 90;
/** Where several people share an address, who they are holds for so many minutes. */
export const CONFIRMED_MINUTES = 30;

/** Whether nobody was heard for so long that somebody else may have the number. */
export function isSilent(lastSeen: Date, now: Date): boolean {
  return now.getTime() - lastSeen.getTime() > SILENT_DAYS * 24 * 60 * 60 * 1000;
}

/** What is known of an address. */
export interface HistoryFacts {
  /** Hidden since then, by silence. */
  hiddenSince: Date | null;
  /** When the person last showed that the history is theirs. */
  confirmedAt: Date | null;
  /** When the newest message came from it, before the present one. */
  lastInboundAt: Date | null;
  /** How many people are told apart at it; one: who was left there, and has not shown yet who they are. */
  profiles: number;
  /** When the one who has the word was chosen. */
  chosenAt: Date | null;
  /** Whether there is anything to hide. */
  hasHistory: boolean;
}

export interface Hidden {
  since: Date;
  why: 'silence' | 'profiles';
}

/** Since when history is hidden, and why; null where it is shown. */
export function hiddenOf(facts: HistoryFacts, now: Date): Hidden | null {
  if (facts.hiddenSince) return { since: facts.hiddenSince, why: 'silence' };
  const { confirmedAt, lastInboundAt, chosenAt } = facts;
  const seen = Math.max(lastInboundAt?.getTime() ?? 0, confirmedAt?.getTime() ?? 0);
  if (lastInboundAt && facts.hasHistory && isSilent(new Date(seen), now))
    return { since: now, why: 'silence' };
  if (facts.profiles === 0) return null;
  if (!confirmedAt) return { since: chosenAt ?? now, why: 'profiles' };
  if (facts.profiles === 1) return null;
  const until = new Date(confirmedAt.getTime() + CONFIRMED_MINUTES * 60 * 1000);
  return until > now ? null : { since: until, why: 'profiles' };
}

/** Something of a resident's own: where it was made, and when. */
interface Own {
  residentId: string;
  /** null: not made in a chat. */
  conversationId: string | null;
  at: Date;
  /** Made while history was hidden; for what does not tell, its time alone decides. */
  isUnproven?: boolean;
}

/**
 * Whether the asker may see it: it is their own, and nothing is hidden from them; or they made it themselves, in this
 * conversation, since history is hidden.
 */
export function mayBeSeen(
  asker: { residentId: string | null; conversationId: string | null; hidden?: Hidden | null },
  own: Own,
): boolean {
  if (asker.residentId === null || asker.residentId !== own.residentId) return false;
  if (!asker.hidden) return true;
  return (
    own.isUnproven !== false && own.conversationId === asker.conversationId && own.at >= asker.hidden.since
  );
}
