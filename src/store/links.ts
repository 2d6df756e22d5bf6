import type { NewId } from '../core/ports.js';
import type { Sql } from './sql.js';

/** An address as links need it, locked. */
export interface LinkedAddress {
  id: string;
  platform: string;
  residentId: string;
  /** As the platform shows it, else as the person wants to be called. */
  name: string | null;
  /** An officer's, now or once. */
  isOfficer: boolean;
  isGroup: boolean;
  /** What was before is hidden there: somebody else may read it. */
  isHidden: boolean;
  /** Its person has another address as well. */
  isLinked: boolean;
  /** Where its person wrote last; null where never. */
  conversationId: string | null;
}

/** Locks addresses until the transaction ends, in the order of their ids. */
export async function lockAddresses(sql: Sql, ids: string[]): Promise<Map<string, LinkedAddress>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  await sql.query('SELECT FROM addresses WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE', [
    wanted,
  ]);
  const { rows } = await sql.query<LinkedAddress>(
    `SELECT a.id, a.platform, a.resident_id AS "residentId", left(coalesce(a.display_name, r.name), 60) AS name,
       a.officer_id IS NOT NULL AS "isOfficer", coalesce(c.is_group, false) AS "isGroup", c.id AS "conversationId",
       a.hidden_since IS NOT NULL AS "isHidden",
       EXISTS (SELECT FROM addresses b
         WHERE b.resident_id = a.resident_id AND b.id <> a.id AND b.merged_into IS NULL) AS "isLinked"
     FROM addresses a JOIN residents r ON r.id = a.resident_id
     LEFT JOIN LATERAL (
       SELECT c.id, c.is_group FROM conversations c WHERE c.address_id = a.id AND c.merged_into IS NULL
       ORDER BY c.last_inbound_at DESC NULLS LAST, c.id DESC LIMIT 1
     ) c ON true
     WHERE a.id = ANY ($1::uuid[])`,
    [wanted],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

export type LinkCodePurpose = 'address' | 'history';

/** Stores a code's digest; earlier ones of the address for the same purpose end. */
export async function insertLinkCode(
  sql: Sql,
  code: { id: string; purpose: LinkCodePurpose; hash: string; addressId: string; minutes: number },
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE link_codes SET used_at = $3
     WHERE address_id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3`,
    [code.addressId, code.purpose, now],
  );
  await sql.query(
    `INSERT INTO link_codes (id, purpose, code_hash, address_id, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $5::timestamptz + make_interval(mins => $6))`,
    [code.id, code.purpose, code.hash, code.addressId, now, code.minutes],
  );
}

/** How many codes each address asked for within the last hour. */
export async function countLinkCodes(
  sql: Sql,
  addressIds: string[],
  now: Date,
): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ id: string; n: number }>(
    `SELECT address_id AS id, count(*)::int AS n FROM link_codes
     WHERE address_id = ANY ($1::uuid[]) AND created_at > $2::timestamptz - interval '1 hour' GROUP BY address_id`,
    [addressIds, now],
  );
  return new Map(rows.map((row) => [row.id, row.n]));
}

export interface LockedCode {
  id: string;
  hash: string;
  addressId: string;
  expiresAt: Date;
  usedAt: Date | null;
}

/** Codes by their digests. */
export async function readLinkCodes(
  sql: Sql,
  purpose: LinkCodePurpose,
  hashes: string[],
): Promise<LockedCode[]> {
  if (hashes.length === 0) return [];
  const { rows } = await sql.query<LockedCode>(
    `SELECT id, code_hash AS hash, address_id AS "addressId", expires_at AS "expiresAt", used_at AS "usedAt"
     FROM link_codes WHERE purpose = $1 AND code_hash = ANY ($2::text[])`,
    [purpose, hashes],
  );
  return rows;
}

/** The same, locked, in the order of their ids. */
export async function lockLinkCodes(
  sql: Sql,
  purpose: LinkCodePurpose,
  hashes: string[],
): Promise<LockedCode[]> {
  if (hashes.length === 0) return [];
  await sql.query(
    'SELECT FROM link_codes WHERE purpose = $1 AND code_hash = ANY ($2::text[]) ORDER BY id FOR UPDATE',
    [purpose, hashes],
  );
  return await readLinkCodes(sql, purpose, hashes);
}

export async function useLinkCodes(sql: Sql, ids: string[], now: Date): Promise<void> {
  if (ids.length > 0)
    await sql.query('UPDATE link_codes SET used_at = $2 WHERE id = ANY ($1::uuid[])', [ids, now]);
}

/** A link between two addresses: the one that joins, and the first one, whose person it becomes. */
export interface AddressLink {
  id: string;
  addressId: string;
  fromResidentId: string;
  toAddressId: string;
  toResidentId: string;
  askedAt: Date;
  confirmedAt: Date | null;
  refusedAt: Date | null;
  endedAt: Date | null;
}

const LINK = `l.id, l.address_id AS "addressId", l.from_resident_id AS "fromResidentId", l.to_address_id AS "toAddressId",
  l.to_resident_id AS "toResidentId", l.asked_at AS "askedAt", l.confirmed_at AS "confirmedAt",
  l.refused_at AS "refusedAt", l.ended_at AS "endedAt"`;

/** Asks for a link; one code asks for one link. */
export async function insertLink(
  sql: Sql,
  link: { id: string; codeId: string; joining: LinkedAddress; original: LinkedAddress },
  now: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO address_links (id, code_id, address_id, from_resident_id, to_address_id, to_resident_id, asked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (code_id) DO NOTHING`,
    [
      link.id,
      link.codeId,
      link.joining.id,
      link.joining.residentId,
      link.original.id,
      link.original.residentId,
      now,
    ],
  );
}

/** Links by their ids, locked. */
export async function lockLinks(sql: Sql, ids: string[]): Promise<Map<string, AddressLink>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql.query<AddressLink>(
    `SELECT ${LINK} FROM address_links l WHERE l.id = ANY ($1::uuid[]) ORDER BY l.id FOR UPDATE`,
    [[...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** The links by which others joined through an address that a link brought in, and through those again: locked. */
export async function lockJoinedThrough(sql: Sql, link: AddressLink): Promise<AddressLink[]> {
  const { rows } = await sql.query<{ id: string }>(
    `WITH RECURSIVE through AS (
       SELECT l.id, l.address_id FROM address_links l
       WHERE l.to_address_id = $1 AND l.to_resident_id = $2 AND l.confirmed_at >= $3 AND l.ended_at IS NULL
       UNION
       SELECT l.id, l.address_id FROM address_links l JOIN through t ON t.address_id = l.to_address_id
       WHERE l.to_resident_id = $2 AND l.confirmed_at >= $3 AND l.ended_at IS NULL
     ) SELECT id FROM through`,
    [link.addressId, link.toResidentId, link.confirmedAt],
  );
  const locked = await lockLinks(
    sql,
    rows.map(({ id }) => id),
  );
  return [...locked.values()].filter(({ endedAt }) => endedAt === null);
}

/** What became of a link. */
export async function settleLink(
  sql: Sql,
  id: string,
  what: 'confirmed' | 'refused' | 'ended',
  now: Date,
): Promise<void> {
  await sql.query(`UPDATE address_links SET ${what}_at = $2 WHERE id = $1`, [id, now]);
}

/** The addresses change their person. */
export async function setResident(sql: Sql, addressIds: string[], from: string, to: string): Promise<void> {
  await sql.query('UPDATE addresses SET resident_id = $3 WHERE id = ANY ($1::uuid[]) AND resident_id = $2', [
    addressIds,
    from,
    to,
  ]);
  // Who was told apart there by name goes on being so, as the other resident.
  await sql.query(
    `UPDATE address_profiles p SET resident_id = $3 WHERE address_id = ANY ($1::uuid[]) AND resident_id = $2
       AND NOT EXISTS (SELECT FROM address_profiles o WHERE o.address_id = p.address_id AND o.resident_id = $3)`,
    [addressIds, from, to],
  );
  await sql.query('DELETE FROM address_profiles WHERE address_id = ANY ($1::uuid[]) AND resident_id = $2', [
    addressIds,
    from,
  ]);
}

/**
 * Cases and listings of one resident that were made from conversations of these addresses become another's. Rows are
 * locked first, in the order of their ids, as acts on them do.
 */
export async function moveBelongings(
  sql: Sql,
  addressIds: string[],
  from: string,
  to: string,
): Promise<void> {
  for (const table of ['cases', 'listings', 'register_matches']) {
    const own = `resident_id = $2 AND conversation_id IN (SELECT id FROM conversations WHERE address_id = ANY ($1::uuid[]))`;
    await sql.query(`SELECT FROM ${table} WHERE ${own} ORDER BY id FOR NO KEY UPDATE`, [addressIds, from]);
    await sql.query(`UPDATE ${table} SET resident_id = $3 WHERE ${own}`, [addressIds, from, to]);
  }
}

/**
 * What one resident consented to or withdrew holds for the other as well, by its time; `since` null: all of it. Without
 * consent to the market no contact stays there.
 */
export async function copyConsents(
  sql: Sql,
  from: string,
  to: string,
  since: Date | null,
  newId: NewId,
): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(
    'SELECT id FROM consents WHERE resident_id = $1 AND ($2::timestamptz IS NULL OR at >= $2)',
    [from, since],
  );
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO consents (id, resident_id, purpose, version, given, platform, at)
     SELECT n.id, $3, c.purpose, c.version, c.given, c.platform, c.at
     FROM unnest($1::uuid[], $2::uuid[]) AS n (old, id) JOIN consents c ON c.id = n.old
     WHERE NOT EXISTS (SELECT FROM consents o WHERE o.resident_id = $3 AND o.purpose = c.purpose AND o.at = c.at)`,
    [rows.map((row) => row.id), rows.map(() => newId()), to],
  );
  await sql.query(
    `UPDATE listings SET contact = NULL WHERE resident_id = $1 AND contact IS NOT NULL AND NOT coalesce(
       (SELECT given FROM consents WHERE resident_id = $1 AND purpose = 'market' ORDER BY at DESC, id DESC LIMIT 1), true)`,
    [to],
  );
}

/** What is not known of one resident is taken from the other: the name, and the village. */
export async function fillIn(sql: Sql, from: string, to: string): Promise<void> {
  await sql.query(
    `UPDATE residents t SET name = coalesce(t.name, f.name), village_id = coalesce(t.village_id, f.village_id)
     FROM residents f WHERE t.id = $2 AND f.id = $1`,
    [from, to],
  );
}

/** A link with how both ends are called. */
export interface SeenLink extends AddressLink {
  platform: string;
  name: string | null;
  toPlatform: string;
  toName: string | null;
}

/** The links by which these residents have several addresses. */
export async function linksOf(sql: Sql, residentIds: string[]): Promise<SeenLink[]> {
  if (residentIds.length === 0) return [];
  const { rows } = await sql.query<SeenLink>(
    `SELECT ${LINK}, a.platform, left(coalesce(a.display_name, ra.name), 60) AS name,
       t.platform AS "toPlatform", left(coalesce(t.display_name, rt.name), 60) AS "toName"
     FROM address_links l JOIN addresses a ON a.id = l.address_id JOIN addresses t ON t.id = l.to_address_id
     JOIN residents ra ON ra.id = l.from_resident_id JOIN residents rt ON rt.id = l.to_resident_id
     WHERE l.to_resident_id = ANY ($1::uuid[]) AND l.confirmed_at IS NOT NULL AND l.ended_at IS NULL
     ORDER BY l.confirmed_at, l.id`,
    [residentIds],
  );
  return rows;
}

/** The other addresses of a resident to which a code can be sent, the one that wrote last first. */
export async function otherAddresses(
  sql: Sql,
  residentId: string,
  addressId: string,
): Promise<{ id: string; platform: string; conversationId: string }[]> {
  const { rows } = await sql.query<{ id: string; platform: string; conversationId: string }>(
    `SELECT a.id, a.platform, c.id AS "conversationId" FROM addresses a
     JOIN conversations c ON c.address_id = a.id AND c.merged_into IS NULL AND NOT c.is_group
     WHERE a.resident_id = $1 AND a.id <> $2 AND a.merged_into IS NULL AND a.blocked_at IS NULL
       AND a.hidden_since IS NULL AND c.last_inbound_at IS NOT NULL
     ORDER BY c.last_inbound_at DESC LIMIT 1`,
    [residentId, addressId],
  );
  return rows;
}

/** Where a resident is told of what happens at other addresses of theirs: each by the conversation that wrote last. */
export async function conversationsElsewhere(
  sql: Sql,
  residentId: string,
  notAt: string[],
): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT DISTINCT ON (a.id) c.id FROM addresses a
     JOIN conversations c ON c.address_id = a.id AND c.merged_into IS NULL AND NOT c.is_group
     WHERE a.resident_id = $1 AND a.id <> ALL ($2::uuid[]) AND a.merged_into IS NULL AND a.blocked_at IS NULL
       AND a.hidden_since IS NULL
     ORDER BY a.id, c.last_inbound_at DESC NULLS LAST`,
    [residentId, notAt],
  );
  return rows.map(({ id }) => id);
}

/** Ends the links by which an address joined others; answers where the other side is told: not where history is hidden. */
export async function endLinksOf(
  sql: Sql,
  addressId: string,
  now: Date,
): Promise<{ id: string; conversationId: string }[]> {
  const { rows } = await sql.query<{ id: string; conversationId: string | null }>(
    `UPDATE address_links l SET ended_at = $2 WHERE l.address_id = $1 AND l.ended_at IS NULL AND l.refused_at IS NULL
     RETURNING l.id, CASE WHEN l.confirmed_at IS NOT NULL THEN (
       SELECT c.id FROM conversations c JOIN addresses t ON t.id = c.address_id
       WHERE t.id = l.to_address_id AND t.hidden_since IS NULL AND c.merged_into IS NULL
       ORDER BY c.last_inbound_at DESC NULLS LAST LIMIT 1) END AS "conversationId"`,
    [addressId, now],
  );
  return rows.flatMap(({ id, conversationId }) => (conversationId === null ? [] : [{ id, conversationId }]));
}
