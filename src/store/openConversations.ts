import type { AddressIds, Platform } from '../core/content.js';
import type { NewId } from '../core/ports.js';
import { mergeAddresses } from './mergeAddresses.js';
import { hideHistory } from './profiles.js';
import type { Sql } from './sql.js';

/** Someone who wrote on a line, by what the platform tells of them. */
export interface Writer {
  lineId: string;
  platform: Platform;
  ids: AddressIds;
  chatId: string;
  isGroup: boolean;
  displayName: string | null;
}

/** Any number: who meets new people does it one batch at a time, so that nobody is made twice. */
const LOCK = 7_204_113_527;

/**
 * The conversations of these writers, in their order; made, with address and resident, where somebody is new.
 * Set-based: a handful of statements however many they are. Runs inside a transaction. Those who are known are found
 * without the lock, and their row is touched only where the platform moved the chat.
 */
export async function openConversations(
  sql: Sql,
  writers: Writer[],
  newId: NewId,
  now = new Date(),
): Promise<string[]> {
  const found = await findConversations(sql, writers);
  const fresh = writers.flatMap((writer, n) => (found[n] === null ? [{ writer, n }] : []));
  if (fresh.length > 0) {
    const made = await makeConversations(
      sql,
      fresh.map(({ writer }) => writer),
      newId,
      now,
    );
    fresh.forEach(({ n }, i) => (found[n] = made[i]!));
  }
  return found as string[];
}

/** The conversation of each writer all of whose identities are known to be one person; null where one must be made. */
async function findConversations(sql: Sql, writers: Writer[]): Promise<(string | null)[]> {
  const known = await findIdentities(sql, writers.flatMap(identitiesOf));
  const addresses = writers.map((writer) => {
    const all = new Set(identitiesOf(writer).map((identity) => known.get(key(identity))?.address));
    const [address] = all;
    return all.size === 1 && address !== undefined ? address : null;
  });
  const { rows } = await sql.query<{ n: number; id: string; hasMoved: boolean }>(
    `SELECT w.ord::int AS n, c.id, c.chat_id <> w.chat_id AS "hasMoved"
     FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS w (address_id, line_id, chat_id, ord)
     JOIN conversations c ON c.address_id = w.address_id AND c.line_id = w.line_id`,
    [addresses, writers.map((w) => w.lineId), writers.map((w) => w.chatId)],
  );
  const moved = rows.filter((row) => row.hasMoved).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (moved.length > 0)
    await sql.query(
      `UPDATE conversations c SET chat_id = m.chat_id FROM unnest($1::uuid[], $2::text[]) AS m (id, chat_id)
       WHERE c.id = m.id`,
      [moved.map((row) => row.id), moved.map((row) => writers[row.n - 1]!.chatId)],
    );
  const byNumber = new Map(rows.map((row) => [row.n, row.id]));
  return writers.map((_, n) => byNumber.get(n + 1) ?? null);
}

async function makeConversations(sql: Sql, writers: Writer[], newId: NewId, now: Date): Promise<string[]> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  const addresses = await openAddresses(sql, writers, newId, now);
  // Nothing is updated under the lock: it would wait for whoever works in that conversation, and all new people with it.
  await sql.query(
    `INSERT INTO conversations (id, address_id, line_id, chat_id, is_group)
     SELECT DISTINCT ON (address_id, line_id) * FROM
       unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::boolean[])
       AS w (id, address_id, line_id, chat_id, is_group)
     ORDER BY address_id, line_id
     ON CONFLICT (address_id, line_id) DO NOTHING`,
    [
      writers.map(() => newId()),
      addresses,
      writers.map((w) => w.lineId),
      writers.map((w) => w.chatId),
      writers.map((w) => w.isGroup),
    ],
  );
  const { rows } = await sql.query<{ id: string; address_id: string; line_id: string }>(
    `SELECT c.id, c.address_id, c.line_id FROM unnest($1::uuid[], $2::text[]) AS w (address_id, line_id)
     JOIN conversations c ON c.address_id = w.address_id AND c.line_id = w.line_id`,
    [addresses, writers.map((w) => w.lineId)],
  );
  const byPair = new Map(rows.map((row) => [`${row.address_id} ${row.line_id}`, row.id]));
  return writers.map((writer, n) => byPair.get(`${addresses[n]!} ${writer.lineId}`)!);
}

/** One identity as `address_ids` keys it. */
interface Identity {
  platform: string;
  kind: string;
  value: string;
}

export function identitiesOf(writer: Pick<Writer, 'platform' | 'ids'>): Identity[] {
  return Object.entries(writer.ids)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([kind, value]) => ({ platform: writer.platform, kind, value: value as string }));
}

/** The address of each writer: found by any identity, merged where two identities turn out to be one person. */
async function openAddresses(sql: Sql, writers: Writer[], newId: NewId, now: Date): Promise<string[]> {
  const all = writers.flatMap(identitiesOf);
  const known = await findIdentities(sql, all);
  const addresses: string[] = [];
  const made: { address: string; resident: string; writer: Writer }[] = [];
  const added: (Identity & { address: string })[] = [];
  const merged = new Map<string, string>();
  for (const writer of writers) {
    const identities = identitiesOf(writer);
    const found = identities
      .flatMap((identity) => known.get(key(identity)) ?? [])
      .map(({ address, at }) => ({ address: rootOf(merged, address), at }));
    const oldest = found.toSorted((a, b) => a.at - b.at)[0];
    let address = oldest?.address;
    if (!address) {
      address = newId();
      made.push({ address, resident: newId(), writer });
    }
    for (const other of found) if (other.address !== address) merged.set(other.address, address);
    for (const identity of identities) {
      if (!known.has(key(identity))) added.push({ ...identity, address });
      known.set(key(identity), { address, at: oldest?.at ?? Number.MAX_SAFE_INTEGER });
    }
    addresses.push(address);
  }
  await insertPeople(sql, made);
  await insertIdentities(sql, added);
  // Straight to the one that goes on: one that is gone leads nobody any further.
  const straight = new Map([...merged.keys()].map((gone) => [gone, rootOf(merged, gone)]));
  await mergeAddresses(sql, straight, now);
  const accounts = added
    .filter(({ kind }) => kind === 'lid' || kind === 'bsuid')
    .map(({ address }) => address);
  const touched = [...accounts, ...merged.values()].map((address) => rootOf(merged, address));
  await hideFromNewAccounts(sql, touched, now);
  // Who turned out to be another within this very batch, too.
  return addresses.map((address) => rootOf(merged, address));
}

function rootOf(merged: Map<string, string>, address: string): string {
  const kept = merged.get(address);
  return kept === undefined ? address : rootOf(merged, kept);
}

/**
 * An account keeps its @lid, or its BSUID, as long as it keeps its number: of a number at which another one comes up,
 * somebody else may have become the owner, however short it was silent.
 */
async function hideFromNewAccounts(sql: Sql, addressIds: string[], now: Date): Promise<void> {
  if (addressIds.length === 0) return;
  // A company's own BSUID (`….ENT.…`) stands beside the usual one.
  const { rows } = await sql.query<{ id: string }>(
    `SELECT address_id AS id FROM address_ids WHERE address_id = ANY ($1::uuid[]) AND kind IN ('lid', 'bsuid')
     GROUP BY address_id, kind, value LIKE '__.ENT.%' HAVING count(*) > 1`,
    [addressIds],
  );
  for (const { id } of rows) await hideHistory(sql, id, now);
}

interface Known {
  address: string;
  at: number;
}

async function findIdentities(sql: Sql, identities: Identity[]): Promise<Map<string, Known>> {
  const { rows } = await sql.query<Identity & { address_id: string; created_at: Date }>(
    `SELECT i.platform, i.kind, i.value, i.address_id, a.created_at
     FROM unnest($1::text[], $2::text[], $3::text[]) AS w (platform, kind, value)
     JOIN address_ids i ON (i.platform, i.kind, i.value) = (w.platform, w.kind, w.value)
     JOIN addresses a ON a.id = i.address_id`,
    columns(identities),
  );
  return new Map(rows.map((row) => [key(row), { address: row.address_id, at: row.created_at.getTime() }]));
}

async function insertPeople(
  sql: Sql,
  people: { address: string; resident: string; writer: Writer }[],
): Promise<void> {
  if (people.length === 0) return;
  await sql.query(
    `WITH made AS (
       INSERT INTO residents (id) SELECT unnest($2::uuid[])
     )
     INSERT INTO addresses (id, resident_id, platform, display_name, phone)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])`,
    [
      people.map((p) => p.address),
      people.map((p) => p.resident),
      people.map((p) => p.writer.platform),
      people.map((p) => p.writer.displayName),
      // WhatsApp's own identity is the number: the platform has proven it.
      people.map((p) => (p.writer.platform === 'whatsapp' ? (p.writer.ids.phone ?? null) : null)),
    ],
  );
}

async function insertIdentities(sql: Sql, added: (Identity & { address: string })[]): Promise<void> {
  if (added.length === 0) return;
  await sql.query(
    `INSERT INTO address_ids (platform, kind, value, address_id)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[])`,
    [...columns(added), added.map((a) => a.address)],
  );
}

function key(identity: Identity): string {
  return `${identity.platform} ${identity.kind} ${identity.value}`;
}

function columns(identities: Identity[]): string[][] {
  return [identities.map((i) => i.platform), identities.map((i) => i.kind), identities.map((i) => i.value)];
}
