import { SILENT_DAYS } from '../core/history.js';
import { fillIn, moveBelongings, setResident } from './links.js';
import { hideHistory } from './profiles.js';
import { mergeConversations } from './mergeConversations.js';
import type { MergedConversation } from './mergeConversations.js';
import type { Sql } from './sql.js';

/** How many are finished in one go. */
const MOST = 50;

/**
 * Addresses that turn out to be one person (gone → kept): the older one goes on. Identities and what was proven go over
 * at once, so that whoever writes next is found there; all else as well, unless somebody works with it: then the sweep
 * does it a moment later.
 */
export async function mergeAddresses(sql: Sql, merged: Map<string, string>, now: Date): Promise<void> {
  if (merged.size === 0) return;
  const gone = [...merged.keys()];
  const pairs = [gone, [...merged.values()]];
  await sql.query('SELECT FROM addresses WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE', [
    pairs.flat(),
  ]);
  await sql.query(
    `WITH pairs AS (SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS p (gone, kept)), moved AS (
       UPDATE address_ids i SET address_id = p.kept FROM pairs p WHERE i.address_id = p.gone
     )
     UPDATE addresses a SET phone = coalesce(a.phone, g.phone), officer_id = coalesce(a.officer_id, g.officer_id),
       display_name = coalesce(a.display_name, g.display_name)
     FROM pairs p JOIN addresses g ON g.id = p.gone WHERE a.id = p.kept`,
    pairs,
  );
  // An officer has one address of a platform; whoever was merged into the gone one is merged into the kept one.
  await sql.query(
    `UPDATE addresses a SET merged_into = p.kept, officer_id = CASE WHEN a.id = p.gone THEN NULL ELSE a.officer_id END
     FROM unnest($1::uuid[], $2::uuid[]) AS p (gone, kept) WHERE p.gone IN (a.id, a.merged_into)`,
    pairs,
  );
  await finishMerges(sql, gone, now);
}

/** Whether something of merged addresses is still to be moved. */
export async function hasMerging(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ is: boolean }>(
    'SELECT EXISTS (SELECT FROM addresses WHERE merged_into IS NOT NULL AND merged_at IS NULL) AS is',
  );
  return rows[0]!.is;
}

/**
 * Moves what merged addresses had, of these or of all: conversations with what waits in them, cases, listings, people,
 * links. Waits for nobody: where a conversation or a case of theirs is in somebody's hands, all of that pair stays as it
 * is for the next call. Answers how many pairs were finished.
 */
export async function finishMerges(sql: Sql, gone: string[] | null, now: Date): Promise<number> {
  const { rows: pairs } = await sql.query<{ gone: string; kept: string }>(
    `SELECT id AS gone, merged_into AS kept FROM addresses
     WHERE merged_into IS NOT NULL AND merged_at IS NULL AND ($1::uuid[] IS NULL OR id = ANY ($1))
     ORDER BY id LIMIT ${MOST}`,
    [gone],
  );
  let finished = 0;
  for (const pair of pairs) if (await finish(sql, pair, now)) finished += 1;
  return finished;
}

interface Pair {
  gone: string;
  kept: string;
}

interface Address {
  id: string;
  residentId: string;
  createdAt: Date;
  hiddenSince: Date | null;
  lastInboundAt: Date | null;
  /** Its person has an address beside these two. */
  isLinked: boolean;
  profiles: number;
}

async function finish(sql: Sql, pair: Pair, now: Date): Promise<boolean> {
  const ids = [pair.gone, pair.kept];
  const locked = await sql.query(
    'SELECT FROM addresses WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED',
    [ids],
  );
  if (locked.rowCount !== 2) return false;
  const conversations = await lockConversations(sql, ids);
  if (!conversations || !(await lockBelongings(sql, ids))) return false;
  const addresses = await readAddresses(sql, ids);
  const [gone, kept] = [addresses.get(pair.gone)!, addresses.get(pair.kept)!];
  await mergePeople(sql, gone, kept);
  await hide(sql, gone, kept, now);
  await moveReferences(sql, pair, now);
  await mergeConversations(sql, pair, conversations, now);
  await sql.query('UPDATE addresses SET merged_at = $2 WHERE id = $1', [pair.gone, now]);
  return true;
}

/** Null where somebody has one of them: FOR UPDATE, since even a message that is just being stored refers to it. */
async function lockConversations(sql: Sql, addressIds: string[]): Promise<MergedConversation[] | null> {
  const { rows } = await sql.query<MergedConversation>(
    `SELECT id, address_id AS "addressId", line_id AS "lineId", session, private IS NOT NULL AS "hasPrivate"
     FROM conversations WHERE address_id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED`,
    [addressIds],
  );
  const { rows: all } = await sql.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM conversations WHERE address_id = ANY ($1::uuid[])',
    [addressIds],
  );
  return rows.length === all[0]!.n ? rows : null;
}

/** The residents who have or had the word at these addresses: whose cases and listings may be of them. */
const RESIDENTS = `
  SELECT resident_id FROM addresses WHERE id = ANY ($1::uuid[])
  UNION SELECT resident_id FROM address_profiles WHERE address_id = ANY ($1::uuid[])
  UNION SELECT from_resident_id FROM address_links WHERE address_id = ANY ($1::uuid[])`;

/** False where somebody acts on one of their cases or listings. */
async function lockBelongings(sql: Sql, addressIds: string[]): Promise<boolean> {
  for (const table of ['cases', 'listings']) {
    const own = `resident_id IN (${RESIDENTS})`;
    const free = await sql.query(
      `SELECT FROM ${table} WHERE ${own} ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`,
      [addressIds],
    );
    const { rows } = await sql.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE ${own}`, [
      addressIds,
    ]);
    if (free.rowCount !== rows[0]!.n) return false;
  }
  return true;
}

async function readAddresses(sql: Sql, ids: string[]): Promise<Map<string, Address>> {
  const { rows } = await sql.query<Address>(
    `SELECT a.id, a.resident_id AS "residentId", a.created_at AS "createdAt", a.hidden_since AS "hiddenSince",
       (SELECT max(c.last_inbound_at) FROM conversations c WHERE c.address_id = a.id) AS "lastInboundAt",
       EXISTS (SELECT FROM addresses b WHERE b.resident_id = a.resident_id AND b.id <> ALL ($1::uuid[])
         AND b.merged_into IS NULL) AS "isLinked",
       (SELECT count(*)::int FROM address_profiles p WHERE p.address_id = a.id) AS profiles
     FROM addresses a WHERE a.id = ANY ($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** One person: the kept address's, unless the other one alone is linked with further addresses. */
async function mergePeople(sql: Sql, gone: Address, kept: Address): Promise<void> {
  const isOfGone = gone.isLinked && !kept.isLinked && kept.profiles === 0;
  const [winner, loser] = isOfGone ? [gone, kept] : [kept, gone];
  const [from, to] = [loser.residentId, winner.residentId];
  if (from !== to) {
    await moveBelongings(sql, [gone.id, kept.id], from, to);
    await setResident(sql, [gone.id, kept.id], from, to);
    await fillIn(sql, from, to);
    if (!loser.isLinked) {
      await sql.query('UPDATE consents SET resident_id = $2 WHERE resident_id = $1', [from, to]);
      // Taken back last, it holds for all of the person's listings.
      await sql.query(
        `UPDATE listings SET contact = NULL WHERE resident_id = $1 AND contact IS NOT NULL AND NOT coalesce(
           (SELECT given FROM consents WHERE resident_id = $1 AND purpose = 'market' ORDER BY at DESC, id DESC LIMIT 1),
           true)`,
        [to],
      );
    }
  }
  await sql.query(
    `UPDATE address_profiles p SET address_id = $2 WHERE address_id = $1 AND NOT EXISTS (
       SELECT FROM address_profiles o WHERE o.address_id = $2 AND o.resident_id = p.resident_id)`,
    [gone.id, kept.id],
  );
  await sql.query('DELETE FROM address_profiles WHERE address_id = $1', [gone.id]);
}

/**
 * The number may have been given to somebody else: it was silent for long before the other identity came up, or before
 * the two were seen together.
 */
async function hide(sql: Sql, gone: Address, kept: Address, now: Date): Promise<void> {
  const silence = SILENT_DAYS * 24 * 60 * 60 * 1000;
  const wasSilent = ({ lastInboundAt }: Address, at: Date) =>
    lastInboundAt !== null && at.getTime() - lastInboundAt.getTime() > silence;
  const since = wasSilent(kept, gone.createdAt)
    ? gone.createdAt
    : wasSilent(kept, now) || wasSilent(gone, now)
      ? now
      : gone.hiddenSince;
  if (since && !kept.hiddenSince) await hideHistory(sql, kept.id, since);
}

/** Links, codes and invites of the gone address are the kept one's. */
async function moveReferences(sql: Sql, { gone, kept }: Pair, now: Date): Promise<void> {
  await sql.query('UPDATE address_links SET address_id = $2 WHERE address_id = $1', [gone, kept]);
  await sql.query('UPDATE address_links SET to_address_id = $2 WHERE to_address_id = $1', [gone, kept]);
  await sql.query(
    'UPDATE address_links SET ended_at = $2 WHERE address_id = $1 AND to_address_id = $1 AND ended_at IS NULL',
    [kept, now],
  );
  await sql.query('UPDATE link_codes SET address_id = $2 WHERE address_id = $1', [gone, kept]);
  await sql.query('UPDATE invites SET address_id = $2 WHERE address_id = $1', [gone, kept]);
}
