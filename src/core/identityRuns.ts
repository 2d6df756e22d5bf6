import { DATE_HERE, HARMLESS_HERE, SIGNED_HERE } from './harmlessNumbers.js';

/**
 * Identity numbers whose digits stand apart in ways that no list of signs holds: over two lines, between pipes, colons, stars or
 * brackets. What stands so far apart is a number only where it reads as one, and where nothing beside it tells that it is one of
 * many: prices, phones, accounts and small numbers below each other are no secret.
 */

/** Signs between two groups of digits: no letter, no digit, and no stars of a number that is masked already. */
const GAP = /^(?!.*\*{3})[^\p{L}\p{N}]{0,6}$/su;
/** In UTF-16 units: six signs outside the BMP. */
const LONGEST_GAP = 12;
const LINE_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/u;

const LENGTH = 16;
/** In more groups it is a number only where it has a line for itself, or nothing stands beside it. */
const MOST_GROUPS = 5;

/** A province that there is, a regency, a district, a day (forty added to a woman's), a month. */
const IDENTITY =
  /^(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])(?!00)[0-7]\d(?!00)\d\d(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{6}$/u;

interface Group {
  digits: string;
  from: number;
  to: number;
}

/** Groups of digits with nothing but signs between them. `gaps[n]` stands after group n. */
interface Run {
  text: string;
  groups: Group[];
  gaps: string[];
}

/** Which groups of a run are one number: from the first to the last. */
interface Span {
  first: number;
  last: number;
}

/** Puts what `mask` answers in the place of each such number. Time grows with the length of the text alone. */
export function maskRuns(text: string, mask: (digits: string) => string): string {
  let written = '';
  let done = 0;
  for (const run of runsOf(text))
    for (const span of numbersIn(run)) {
      written += text.slice(done, run.groups[span.first]!.from) + mask(digitsOf(run, span));
      done = run.groups[span.last]!.to;
    }
  return written + text.slice(done);
}

function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  let run: Run = { text, groups: [], gaps: [] };
  for (const { 0: digits, index: from } of text.matchAll(/\d+/gu)) {
    const end = run.groups.at(-1)?.to;
    const gap = end === undefined || from - end > LONGEST_GAP ? null : text.slice(end, from);
    if (gap !== null && GAP.test(gap)) run.gaps.push(gap);
    else if (end !== undefined) {
      runs.push(run);
      run = { text, groups: [], gaps: [] };
    }
    run.groups.push({ digits, from, to: from + digits.length });
  }
  runs.push(run);
  return runs.filter(({ groups }) => groups.reduce((sum, { digits }) => sum + digits.length, 0) >= LENGTH);
}

/** All of them, where the run is numbers and what is harmless; else those alone that are set apart from what else there is. */
function numbersIn(run: Run): Span[] {
  const all: Span[] = [];
  const apart: Span[] = [];
  let isExplained = true;
  for (let n = 0; n < run.groups.length; n += 1) {
    const span = numberFrom(run, n);
    const end = span?.last ?? harmlessFrom(run, n, HARMLESS_HERE);
    if (span) all.push(span);
    if (span && (hasALine(run, span) || isSetApart(run, span))) apart.push(span);
    if (end === null) isExplained = false;
    n = end ?? n;
  }
  return isExplained ? all : apart;
}

/** The number that begins with this group: sixteen digits that read as one, and not as a row of prices, dates or hours. */
function numberFrom(run: Run, first: number): Span | null {
  let last = first;
  let length = run.groups[first]!.digits.length;
  while (length < LENGTH && last + 1 < run.groups.length) length += run.groups[(last += 1)]!.digits.length;
  const span = { first, last };
  if (length !== LENGTH || !IDENTITY.test(digitsOf(run, span))) return null;
  const isWhole = first === 0 && last === run.groups.length - 1;
  if (last - first >= MOST_GROUPS && !isWhole && !hasALine(run, span)) return null;
  // Groups of three may be a price's or a number's: beside nothing else they are a number's.
  if (harmlessFrom(run, first, isWhole ? DATE_HERE : SIGNED_HERE) !== null) return null;
  return isAllHarmless(run, span) ? null : span;
}

function isAllHarmless(run: Run, { first, last }: Span): boolean {
  let next = first;
  while (next <= last) {
    const end = harmlessFrom(run, next, HARMLESS_HERE);
    if (end === null) return false;
    next = end + 1;
  }
  return true;
}

/** The last group of what begins with this one and is harmless; null where it is none. */
function harmlessFrom({ text, groups }: Run, first: number, harmless: RegExp): number | null {
  harmless.lastIndex = groups[first]!.from;
  if (!harmless.test(text)) return null;
  const end = harmless.lastIndex;
  let last = first;
  while (last + 1 < groups.length && groups[last]!.to < end) last += 1;
  return groups[last]!.to === end ? last : null;
}

/** Whether it stands on one line, and nothing else of the run does. */
function hasALine(run: Run, span: Span): boolean {
  const [before, after] = around(run, span);
  const ends = [before, after].every((gap) => gap === undefined || LINE_BREAK.test(gap));
  return ends && !within(run, span).some((gap) => LINE_BREAK.test(gap));
}

/** Whether its groups are held together by one sign, and by another from what is beside them. */
function isSetApart(run: Run, span: Span): boolean {
  const gaps = within(run, span);
  const sign = gaps[0];
  if (sign === undefined || LINE_BREAK.test(sign)) return false;
  return gaps.every((gap) => gap === sign) && !around(run, span).includes(sign);
}

function within({ gaps }: Run, { first, last }: Span): string[] {
  return gaps.slice(first, last);
}

function around({ gaps }: Run, { first, last }: Span): (string | undefined)[] {
  return [gaps[first - 1], gaps[last]];
}

function digitsOf({ groups }: Run, { first, last }: Span): string {
  return groups
    .slice(first, last + 1)
    .map(({ digits }) => digits)
    .join('');
}
