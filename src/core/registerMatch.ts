/** Who somebody is in the register, by what they said: pure. */

export interface Said {
  /** As `searchName` gives it. */
  searchName: string;
  /** 2026-11-24; null where it was not said or not understood. */
  birthDate: string | null;
  searchHamlet: string | null;
  rt: string | null;
  rw: string | null;
}

export interface Candidate extends Said {
  id: string;
  /** pg_trgm's similarity of the two names, 0 to 1. */
  similarity: number;
}

export type MatchOutcome = 'certain' | 'doubtful' | 'none';

export interface Matched {
  outcome: MatchOutcome;
  /** The likeliest first. Certain: that one alone. */
  candidates: string[];
}

/** How many an officer is shown. */
export const MOST_CANDIDATES = 5;
/** Names closer than this are one name, spelled twice. */
const SAME_NAME = 0.75;
/** Names further than this are two names. */
const OTHER_NAME = 0.35;

/**
 * Certain: one single person of that name and birth date, whose address does not speak against it. Doubtful: somebody
 * near; an officer looks. Nobody is certain by a name alone, however rare it is.
 */
export function matchSaid(said: Said, candidates: Candidate[]): Matched {
  const near = candidates
    .map((candidate) => ({ candidate, points: pointsOf(said, candidate) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points || (a.candidate.id < b.candidate.id ? -1 : 1));
  const sure = near.filter(({ candidate }) => isCertain(said, candidate));
  if (sure.length === 1) return { outcome: 'certain', candidates: [sure[0]!.candidate.id] };
  const ids = near.slice(0, MOST_CANDIDATES).map(({ candidate }) => candidate.id);
  return { outcome: ids.length > 0 ? 'doubtful' : 'none', candidates: ids };
}

function isCertain(said: Said, candidate: Candidate): boolean {
  return (
    isSameName(said.searchName, candidate) &&
    said.birthDate !== null &&
    said.birthDate === candidate.birthDate &&
    !speaksAgainst(said, candidate)
  );
}

/** Zero: nobody that an officer need look at. */
function pointsOf(said: Said, candidate: Candidate): number {
  const isSame = isSameName(said.searchName, candidate);
  const isBirth = said.birthDate !== null && said.birthDate === candidate.birthDate;
  const isNearBirth = isBirth || isNearDate(said.birthDate, candidate.birthDate);
  if (!isSame && !(isNearBirth && candidate.similarity >= OTHER_NAME)) return 0;
  // Another birth date altogether is another person of that name.
  if (isSame && !isNearBirth && said.birthDate !== null && candidate.birthDate !== null) return 0;
  const address = speaksAgainst(said, candidate) ? -0.5 : isSameAddress(said, candidate) ? 0.5 : 0;
  return (isSame ? 2 : 1 + candidate.similarity) + (isBirth ? 2 : isNearBirth ? 1 : 0) + address;
}

/** The same words in another order, or one of them left out, is the same name with the birth date beside it. */
function isSameName(said: string, { searchName, similarity }: Candidate): boolean {
  if (said === searchName || similarity >= SAME_NAME) return true;
  const [few, many] = [said.split(' '), searchName.split(' ')].sort((a, b) => a.length - b.length);
  return few!.length >= 2 && few!.every((word) => many!.includes(word));
}

function speaksAgainst(said: Said, candidate: Candidate): boolean {
  const differs = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b;
  return (
    (differs(said.rt, candidate.rt) && differs(said.searchHamlet, candidate.searchHamlet)) ||
    (differs(said.rw, candidate.rw) && differs(said.rt, candidate.rt))
  );
}

function isSameAddress(said: Said, candidate: Candidate): boolean {
  const isSame = (a: string | null, b: string | null): boolean => a !== null && a === b;
  return isSame(said.searchHamlet, candidate.searchHamlet) || isSame(said.rt, candidate.rt);
}

/** Day and month exchanged, or one of the three parts mistaken. */
function isNearDate(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return false;
  const [x, y] = [a.split('-'), b.split('-')];
  if (x[0] === y[0] && x[1] === y[2] && x[2] === y[1]) return true;
  return x.filter((part, n) => part === y[n]).length === 2;
}
