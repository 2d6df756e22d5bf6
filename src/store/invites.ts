import { tokenHash } from '../core/inviteToken.js';
import type { NewId } from '../core/ports.js';
import { refuseUnderWrongClock } from './clockGuard.js';
import { followLinkedOfficers } from './linkedOfficers.js';
import type { Sql } from './sql.js';

/** An invite with what decides over it, locked. */
export interface LockedInvite {
  id: string;
  tokenHash: string;
  officerId: string;
  officerName: string;
  officerIsActive: boolean;
  /** The village that the invited officer will serve; null for a keeper of the installation. */
  village: string | null;
  villageIds: (string | null)[];
  phone: string;
  invitedBy: string | null;
  expiresAt: Date;
  acceptedAt: Date | null;
  addressId: string | null;
  confirmedAt: Date | null;
  refusedAt: Date | null;
}

export { tokenHash };

const COLUMNS = `
  i.id, i.token_hash AS "tokenHash", i.officer_id AS "officerId", o.name AS "officerName",
  o.is_active AS "officerIsActive", i.phone, i.invited_by AS "invitedBy", i.expires_at AS "expiresAt",
  i.accepted_at AS "acceptedAt", i.address_id AS "addressId", i.confirmed_at AS "confirmedAt",
  i.refused_at AS "refusedAt",
  (SELECT string_agg(DISTINCT v.name, ', ') FROM officer_roles r JOIN villages v ON v.id = r.village_id
   WHERE r.officer_id = o.id) AS village,
  ARRAY(SELECT DISTINCT r.village_id FROM officer_roles r WHERE r.officer_id = o.id) AS "villageIds"
  FROM invites i JOIN officers o ON o.id = i.officer_id`;

/** Invites by the hashes of their tokens, locked where `isLocking`. */
export async function invitesByToken(
  sql: Sql,
  hashes: string[],
  isLocking: boolean,
): Promise<Map<string, LockedInvite>> {
  if (isLocking)
    await sql.query('SELECT FROM invites WHERE token_hash = ANY ($1::text[]) ORDER BY id FOR UPDATE', [
      hashes,
    ]);
  const { rows } = await sql.query<LockedInvite>(`SELECT ${COLUMNS} WHERE i.token_hash = ANY ($1::text[])`, [
    hashes,
  ]);
  return new Map(rows.map((row) => [row.tokenHash, row]));
}

/** Invites by their ids, locked. */
export async function lockInvites(sql: Sql, ids: string[]): Promise<Map<string, LockedInvite>> {
  await sql.query('SELECT FROM invites WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE', [ids]);
  const { rows } = await sql.query<LockedInvite>(`SELECT ${COLUMNS} WHERE i.id = ANY ($1::uuid[])`, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The proven phone's owner has brought the link: once. */
export async function markAccepted(
  sql: Sql,
  accepted: { id: string; addressId: string }[],
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE invites i SET accepted_at = $3, address_id = n.address_id
     FROM unnest($1::uuid[], $2::uuid[]) AS n (id, address_id) WHERE i.id = n.id`,
    [accepted.map((a) => a.id), accepted.map((a) => a.addressId), now],
  );
}

/** The inviter has spoken. */
export async function markDecided(
  sql: Sql,
  decided: { id: string; accept: boolean }[],
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE invites i SET confirmed_at = CASE WHEN n.accept THEN $3::timestamptz END,
       refused_at = CASE WHEN NOT n.accept THEN $3::timestamptz END
     FROM unnest($1::uuid[], $2::boolean[]) AS n (id, accept) WHERE i.id = n.id`,
    [decided.map((d) => d.id), decided.map((d) => d.accept), now],
  );
}

/**
 * Links officers to the addresses from which they proved themselves: an older address of the same platform is let go,
 * the phone is kept with the address, their villages take requests from now on, and what could not be told them for
 * want of a chat within the last week is told now.
 */
export async function linkOfficers(
  sql: Sql,
  links: { officerId: string; addressId: string; phone: string }[],
  now: Date,
): Promise<void> {
  if (links.length === 0) return;
  const officers = links.map((l) => l.officerId);
  const addresses = links.map((l) => l.addressId);
  const { rows: before } = await sql.query<{ id: string }>(
    'SELECT DISTINCT officer_id AS id FROM addresses WHERE id = ANY ($1::uuid[]) AND officer_id IS NOT NULL',
    [addresses],
  );
  await sql.query(
    `UPDATE addresses old SET officer_id = NULL
     FROM unnest($1::uuid[], $2::uuid[]) AS n (officer_id, address_id) JOIN addresses fresh ON fresh.id = n.address_id
     WHERE old.officer_id = n.officer_id AND old.id <> fresh.id AND old.platform = fresh.platform`,
    [officers, addresses],
  );
  await sql.query(
    `UPDATE addresses a SET officer_id = n.officer_id, phone = coalesce(a.phone, n.phone)
     FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS n (officer_id, address_id, phone) WHERE a.id = n.address_id`,
    [officers, addresses, links.map((l) => l.phone)],
  );
  await followLinkedOfficers(sql, [...officers, ...before.map(({ id }) => id)], now);
  await sql.query(
    `UPDATE notifications SET told_at = NULL, error = NULL
     WHERE officer_id = ANY ($1::uuid[]) AND error = 'no_address' AND created_at > $2::timestamptz - interval '7 days'`,
    [officers, now],
  );
}

/** How long an invite may be accepted. */
export const INVITE_HOURS = 24;

/** Stores an invite; earlier ones of the officer that linked nobody are withdrawn. Throws ClockBehindError. */
export async function insertInvite(
  sql: Sql,
  invite: {
    officerId: string;
    tokenHash: string;
    phone: string;
    invitedBy: string | null;
    isConfirmed: boolean;
  },
  newId: NewId,
  now: Date,
): Promise<{ id: string; expiresAt: Date }> {
  await refuseUnderWrongClock(sql, now);
  await sql.query(
    `UPDATE invites SET refused_at = $2
     WHERE officer_id = $1 AND refused_at IS NULL AND (accepted_at IS NULL OR confirmed_at IS NULL)`,
    [invite.officerId, now],
  );
  const id = newId();
  const expiresAt = new Date(now.getTime() + INVITE_HOURS * 60 * 60 * 1000);
  await sql.query(
    `INSERT INTO invites (id, officer_id, token_hash, phone, invited_by, created_at, expires_at, confirmed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      id,
      invite.officerId,
      invite.tokenHash,
      invite.phone,
      invite.invitedBy,
      now,
      expiresAt,
      invite.isConfirmed ? now : null,
    ],
  );
  await sql.query(
    `UPDATE villages SET state = 'invited' WHERE state = 'listed'
       AND id IN (SELECT village_id FROM officer_roles WHERE officer_id = $1)`,
    [invite.officerId],
  );
  return { id, expiresAt };
}
