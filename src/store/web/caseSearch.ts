import type { Sql } from '../sql.js';
import {
  CASE_COLUMNS,
  CASE_IN_SCOPE,
  CASE_IN_SCOPE_LATE,
  joinedTo,
  scopeValues,
  villagesOf,
} from './cases.js';
import type { CaseRow, CaseScope } from './cases.js';

/** Rows of a page: what a phone shows in three screens. */
export const SEARCH_SIZE = 15;
/**
 * A common word is found among the newest of each village, without going through all that have it; one that is common there,
 * but not so common, among so many more of them as it should take, up to DEEPEST.
 */
const NEWEST = 300;
const DEEPEST = 1_500;
const SPARE = 1.3;
/** Of one kind of find no more are looked at: whoever finds more writes a longer word. */
const MOST = 101;
/** So many pages of what was found may be turned. */
export const SEARCH_PAGES = 6;
/** Names that read alike are looked for among so many of the newest: each is compared, however many cases there are. */
const ALIKE = 2000;
/** Whoever finds fewer is offered a wider look. */
export const FEW = 8;

export const SEARCH_STATES = ['all', 'open', 'closed'] as const;
export type SearchState = (typeof SEARCH_STATES)[number];

export interface Search {
  text: string;
  state: SearchState;
  /** One of the villages in the scope; null: all of them. */
  village: string | null;
  /** Looks for parts of names, and names that only read alike, though something was found. */
  isWide?: boolean;
  /** From 1 to SEARCH_PAGES. */
  page?: number;
}

export interface Found {
  rows: CaseRow[];
  /** More fit than were shown until this page. */
  hasMore: boolean;
}

/**
 * Cases of a scope by code, name or words, those that were opened last first: words as they are written or begin; where
 * there are none, or where it `isWide`, then parts of names and of codes, and names that read alike. What an officer may
 * not read (a sealed complaint, a confidential case, a name that is hidden) they do not find (migration
 * 20261128050000_console, `refresh_case_search`).
 */
export async function searchCases(sql: Sql, scope: CaseScope, search: Search): Promise<Found> {
  const words = wordsOf(search.text);
  if (words.length === 0) return NOTHING;
  const until = (search.page ?? 1) * SEARCH_SIZE;
  const villages = search.village === null ? villagesOf(scope) : [search.village];
  const text = words.join(' ');
  const found: string[] = [];
  /** Whether all that was found was shown to these eyes. */
  const lookFor = async (ids: string, values: string[]): Promise<boolean> => {
    const { rows, looked } = await find(sql, scope, search.state, villages, { ids, values, most: until + 1 });
    for (const id of rows) if (!found.includes(id)) found.push(id);
    return looked === rows.length;
  };
  if (villages) {
    await lookFor(amongNewest(words.length, NEWEST), words);
    const deeper = Math.ceil((NEWEST * until * SPARE) / found.length);
    if (found.length <= until && deeper <= DEEPEST) await lookFor(amongNewest(words.length, deeper), words);
    if (found.length <= until && !(await lookFor(byPlacedWords(words.length, until + 1), words)))
      // What was enough was not all for these eyes.
      if (found.length <= until) await lookFor(byPlacedWords(words.length, MOST + 1), words);
  } else {
    await lookFor(byWords(wholeWords(words.length)), words);
    // What begins so is gathered from all villages first: only where whole words found nothing.
    if (found.length === 0) await lookFor(byWords(queryOf(words.length)), words);
  }
  const goesOn = () => found.length === 0 || (search.isWide === true && found.length <= until);
  if (goesOn()) await lookFor(byPart(villages), [text, words.join('')]);
  // Over all villages too many names read alike: whoever looks there chooses a village first.
  const long = words.filter((word) => /\p{L}{4}/u.test(word));
  if (goesOn() && villages && long.length > 0) await lookFor(byLikeness(villages, long.length), long);
  const shown = found.slice(until - SEARCH_SIZE, until);
  if (shown.length === 0) return NOTHING;
  const { rows } = await sql.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} FROM unnest($1::uuid[]) WITH ORDINALITY AS found (id, place) ${joinedTo('found')} ORDER BY found.place`,
    [shown],
  );
  return { rows, hasMore: found.length > until };
}

const NOTHING: Found = { rows: [], hasMore: false };

/**
 * A list without a search: the requests of some villages that lie in the scope, the newest first, after the one that was
 * shown last.
 */
export async function pageOfCases(
  sql: Sql,
  scope: CaseScope,
  villages: readonly string[],
  state: SearchState,
  after: { openedAt: Date; code: string } | null,
): Promise<Found> {
  const isAfter = after ? 'AND (cases.opened_at, cases.code) < ($10::timestamptz, $11::text)' : '';
  const { rows } = await sql.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} FROM (
       SELECT newest.* FROM unnest($9::text[]) AS v (id) CROSS JOIN LATERAL (
         SELECT cases.id, cases.opened_at, cases.code FROM cases
         WHERE cases.village_id = v.id AND ${stateIs(state)} ${isAfter} AND ${CASE_IN_SCOPE_LATE}
         ORDER BY cases.opened_at DESC, cases.code DESC LIMIT ${SEARCH_SIZE + 1}) AS newest
       ORDER BY newest.opened_at DESC, newest.code DESC LIMIT ${SEARCH_SIZE + 1}
     ) AS found ${joinedTo('found')} ORDER BY cases.opened_at DESC, cases.code DESC`,
    [...scopeValues(scope), villages, ...(after ? [after.openedAt, after.code] : [])],
  );
  return { rows: rows.slice(0, SEARCH_SIZE), hasMore: rows.length > SEARCH_SIZE };
}

/**
 * The ids of cases that lie in the scope, the best first, and among how many they were looked for (null: none lies in it).
 * `ids` ranks them and takes $9 for the villages, $10 and on for `values`. Without the rest of a case's row: to plan its joins takes longer than to look.
 */
async function find(
  sql: Sql,
  scope: CaseScope,
  state: SearchState,
  villages: readonly string[] | null,
  { ids, values, most }: { ids: string; values: readonly string[]; most: number },
): Promise<{ rows: string[]; looked: number | null }> {
  const { rows } = await sql.query<{ id: string; looked: number }>(
    `WITH found AS MATERIALIZED (${ids})
     -- By their ids, one after the other until there are enough, however many cases the villages have.
     SELECT cases.id, (SELECT count(*)::int FROM found) AS looked
     FROM (SELECT id, rank, opened_at FROM found ORDER BY rank DESC, opened_at DESC, id DESC) AS found
     CROSS JOIN LATERAL (SELECT * FROM cases WHERE cases.id = found.id OFFSET 0) AS cases
     WHERE ${CASE_IN_SCOPE} AND ${stateIs(state)} AND ($9::text[] IS NULL OR cases.village_id = ANY ($9))
     LIMIT ${most}`,
    [...scopeValues(scope), villages, ...values],
  );
  return { rows: rows.map(({ id }) => id), looked: rows[0]?.looked ?? null };
}

/** Among the newest of each village, read in their order. */
function amongNewest(words: number, newest: number): string {
  return `SELECT newest.case_id AS id, 1 AS rank, newest.opened_at FROM unnest($9::text[]) AS v (id) CROSS JOIN LATERAL (
      SELECT case_id, opened_at, document FROM case_search WHERE village_id = v.id
      ORDER BY opened_at DESC LIMIT ${newest}) AS newest
    WHERE newest.document @@ (${queryOf(words)}) ORDER BY newest.opened_at DESC LIMIT ${MOST}`;
}

/**
 * All that the villages have, by words that stand in the index with their village in front (migration
 * 20261129030000_placed_words): what other villages have costs nothing. What has the words themselves goes before what has
 * longer ones that begin so, and where there is enough of it the others are not looked for: to gather them takes the index
 * several times as long.
 */
function byPlacedWords(words: number, enough: number): string {
  const query = (mark: string) =>
    Array.from({ length: words }, (_, n) => {
      const word = `$${10 + n}::text`;
      const stem = `(tsvector_to_array(to_tsvector('indonesian', ${word})))[1]`;
      // A stem that is the word, or begins so, need not be looked for twice.
      const isCovered = mark === '' ? `${stem} = ${word}` : `starts_with(${stem}, ${word})`;
      return `(SELECT string_agg(format('''%s|%s''${mark}', v.id, ${word}) ||
        CASE WHEN ${isCovered} THEN '' ELSE coalesce(format(' | ''%s|%s''', v.id, ${stem}), '') END, ' | ')
        FROM unnest($9::text[]) AS v (id))::tsquery`;
    }).join(' && ');
  const found = (mark: string, rank: number, condition: string) =>
    `SELECT case_id AS id, ${rank} AS rank, opened_at FROM case_search
     WHERE ${condition} case_search_placed(village_id, document) @@ (${query(mark)})
     ORDER BY opened_at DESC LIMIT ${MOST}`;
  return `WITH exact AS MATERIALIZED (${found('', 2, '')})
    SELECT id, rank, opened_at FROM exact UNION ALL (${found(
      ':*',
      1,
      `(SELECT count(*) FROM exact) < ${enough} AND NOT EXISTS (SELECT FROM exact WHERE exact.id = case_id) AND`,
    )})`;
}

/** All that all villages have. */
function byWords(query: string): string {
  return `SELECT case_id AS id, 1 AS rank, opened_at FROM case_search WHERE document @@ (${query}) LIMIT ${MOST}`;
}

/** Parts of names; or of a code, which stands there without its signs as well. */
function byPart(villages: readonly string[] | null): string {
  return `SELECT case_id AS id, 1 AS rank, opened_at FROM case_search
    WHERE ${within(villages)} (names LIKE '%' || $10 || '%' OR names LIKE '%' || $11 || '%') LIMIT ${MOST}`;
}

/** Names of which each word ($10 and on) reads alike: "Sity Aminnah" is Siti Aminah. */
function byLikeness(villages: readonly string[], words: number): string {
  const each = Array.from({ length: words }, (_, n) => `$${10 + n}::text`);
  // By the trigrams of all villages' names it would take longer with every case there is.
  return `SELECT newest.case_id AS id, least(${each.map((word) => `word_similarity(${word}, newest.names)`).join(', ')}) AS rank, newest.opened_at
    FROM unnest($9::text[]) AS v (id) CROSS JOIN LATERAL (
      SELECT case_id, names, opened_at FROM case_search WHERE village_id = v.id
      ORDER BY opened_at DESC LIMIT ${Math.ceil(ALIKE / villages.length)}) AS newest
    WHERE ${each.map((word) => `${word} <% newest.names`).join(' AND ')}
    ORDER BY rank DESC LIMIT ${MOST}`;
}

/**
 * All of the words ($10 and on): each as the beginning of a name or a stem, since it may still be being typed, or as a word
 * of the language by its own stem.
 */
function queryOf(words: number): string {
  return eachOf(words, (word) => `to_tsquery('simple', ${word} || ':*')`);
}

/** The same of whole words alone. */
function wholeWords(words: number): string {
  return eachOf(words, (word) => `to_tsquery('simple', ${word})`);
}

function eachOf(words: number, name: (word: string) => string): string {
  return Array.from({ length: words }, (_, n) => {
    const word = `$${10 + n}::text`;
    return `(${name(word)} || to_tsquery('indonesian', ${word}))`;
  }).join(' && ');
}

const within = (villages: readonly string[] | null): string =>
  villages ? 'village_id = ANY ($9::text[]) AND' : '';

const stateIs = (state: SearchState): string =>
  state === 'all' ? 'true' : `cases.closed_at IS ${state === 'open' ? 'NULL' : 'NOT NULL'}`;

/** What people are called by, and what joins words: "Bu Siti" is found as Siti. */
const SAYS_NOTHING = new Set('yang dan di ke dari untuk bu pak ibu bapak mbah mbak mas sdr sdri'.split(' '));

/** At most eight words of letters and digits, small; what a query spells with is none. */
function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !SAYS_NOTHING.has(word));
  return (telling.length > 0 ? telling : words).slice(0, 8);
}
