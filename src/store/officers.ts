import type { OfficerRole } from '../core/asker.js';
import { isAskedOnly } from '../core/handlers.js';
import { readPhone } from '../core/invites.js';
import type { NewId, RandomBytes } from '../core/ports.js';
import { insertAudit } from './audit.js';
import { settleInvites } from './confirmInvites.js';
import { insertInvite, lockInvites, tokenHash } from './invites.js';
import { followLinkedOfficers } from './linkedOfficers.js';
import { findDistrict } from './rolePlaces.js';
import type { Sql } from './sql.js';

export const ROLES = [
  'kepala_desa',
  'sekretaris',
  'kasi_pelayanan',
  'kasi_pemerintahan',
  'kasi_kesejahteraan',
  'kaur_tu',
  'operator',
  'bidan',
  'kader',
  'kepala_dusun',
  'ketua_rt',
  'admin',
  'kecamatan',
  'kabupaten',
] as const;
export type Role = (typeof ROLES)[number];

export type OfficerFault =
  | 'bad_phone'
  | 'no_name'
  | 'unknown_role'
  | 'unknown_village'
  | 'ambiguous_village'
  | 'unknown_district'
  | 'keeper_is_admin'
  | 'unknown_officer'
  | 'inactive_officer'
  | 'nothing_to_confirm';

/** What cannot be done with an officer as asked; `detail` names the value at fault. */
export class OfficerError extends Error {
  override readonly name = 'OfficerError';
  constructor(
    readonly fault: OfficerFault,
    readonly detail: string,
  ) {
    super(`${fault}: ${detail}`);
  }
}

export interface NewOfficer {
  name: string;
  phone: string;
  role: string;
  /**
   * Village id or name ("Genteng Wetan", "Karangrejo, Blimbingsari"); for a kecamatan its code or name. null: every village,
   * for an admin alone, or the regency.
   */
  village: string | null;
}

/**
 * Adds an officer, or one more role to the officer with that phone (the name is then brought up to date). Answers the
 * officer's id. Throws OfficerError.
 */
export async function createOfficer(
  sql: Sql,
  given: NewOfficer,
  newId: NewId,
  now = new Date(),
): Promise<{ id: string; isNew: boolean; village: string | null }> {
  const phone = readPhone(given.phone);
  if (!phone) throw new OfficerError('bad_phone', given.phone);
  const name = given.name.replace(/\s+/gu, ' ').trim();
  if (name === '') throw new OfficerError('no_name', given.name);
  // The head of an RT has an area: they are added at the console.
  if (!ROLES.some((role) => role === given.role) || isAskedOnly(given.role))
    throw new OfficerError('unknown_role', given.role);
  const place = await placeOf(sql, given);
  const { rows } = await sql.query<{ id: string; isNew: boolean }>(
    `INSERT INTO officers (id, name, phone) VALUES ($1, $2, $3)
     ON CONFLICT (phone) DO UPDATE SET name = excluded.name, is_active = true
     RETURNING id, id = $1 AS "isNew"`,
    [newId(), name, phone],
  );
  const officer = rows[0]!;
  await sql.query(
    `INSERT INTO officer_roles (id, officer_id, village_id, role)
     SELECT id, $3, village_id, $4 FROM unnest($1::uuid[], $2::text[]) AS r (id, village_id) ON CONFLICT DO NOTHING`,
    [place.villages.map(() => newId()), place.villages, officer.id, given.role],
  );
  await followLinkedOfficers(sql, [officer.id], now);
  return { ...officer, village: place.name };
}

/** The villages of a role, null for all of them, and how the place is called. Throws OfficerError. */
async function placeOf(
  sql: Sql,
  { role, village }: NewOfficer,
): Promise<{ villages: (string | null)[]; name: string | null }> {
  if (role === 'kabupaten') return { villages: [null], name: null };
  if (role === 'kecamatan') {
    const district = await findDistrict(sql, village ?? '');
    if (!district) throw new OfficerError('unknown_district', village ?? '');
    return { villages: district.villages, name: `kecamatan ${district.name}` };
  }
  if (village === null) {
    if (role !== 'admin') throw new OfficerError('keeper_is_admin', role);
    return { villages: [null], name: null };
  }
  const found = await findVillageByName(sql, village);
  return { villages: [found.id], name: found.name };
}

/**
 * Makes a one-time invite for the officer with this phone; the token is answered once and kept as a digest only. Earlier
 * invites that linked nobody are withdrawn. `isConfirmed`: whoever makes it vouches for the officer, and acceptance
 * from the proven phone links at once. Throws OfficerError, or ClockBehindError.
 */
export async function createInvite(
  sql: Sql,
  given: { phone: string; invitedBy: string | null; isConfirmed: boolean },
  { newId, random, now }: { newId: NewId; random: RandomBytes; now: Date },
): Promise<{ id: string; token: string; name: string; phone: string; expiresAt: Date }> {
  const officer = await officerByPhone(sql, given.phone);
  // 24 bytes: 32 characters of [A-Za-z0-9_-], so that `inv-…` fits a Telegram deep link (64).
  const token = Buffer.from(random(24)).toString('base64url');
  const invite = await insertInvite(
    sql,
    {
      officerId: officer.id,
      tokenHash: tokenHash(token),
      phone: officer.phone,
      invitedBy: given.invitedBy,
      isConfirmed: given.isConfirmed,
    },
    newId,
    now,
  );
  await insertAudit(
    sql,
    [
      {
        officerId: given.invitedBy,
        action: 'invite_made',
        subjectKind: 'invite',
        subjectId: invite.id,
        data: { officer: officer.id, confirmed: given.isConfirmed },
      },
    ],
    newId,
    now,
  );
  return { ...invite, token, name: officer.name, phone: officer.phone };
}

/** Confirms, at the command line, the accepted invite of the officer with this phone. Throws OfficerError. */
export async function confirmByPhone(
  sql: Sql,
  phone: string,
  newId: NewId,
  now: Date,
): Promise<{ name: string }> {
  const officer = await officerByPhone(sql, phone);
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM invites WHERE officer_id = $1 AND accepted_at IS NOT NULL AND confirmed_at IS NULL
       AND refused_at IS NULL AND invited_by IS NULL AND expires_at > $2 ORDER BY accepted_at DESC LIMIT 1`,
    [officer.id, now],
  );
  const invites = await lockInvites(
    sql,
    rows.map((row) => row.id),
  );
  const waiting = [...invites.values()].filter((invite) => !invite.confirmedAt && !invite.refusedAt);
  if (waiting.length === 0) throw new OfficerError('nothing_to_confirm', officer.phone);
  await settleInvites(
    sql,
    waiting.map((invite) => ({ invite, accept: true, by: null })),
    newId,
    now,
  );
  return { name: officer.name };
}

export interface OfficerSeen {
  id: string;
  name: string;
  phone: string | null;
  isActive: boolean;
  roles: (OfficerRole & { villageName: string | null })[];
  /** Platforms of the linked chats. */
  linked: string[];
  /** An invite that is accepted and waits for the inviter, or one that is still open. */
  invite: 'open' | 'waiting' | null;
}

/** Officers of these villages (null: all officers), by name. */
export async function listOfficers(sql: Sql, villages: string[] | null, now: Date): Promise<OfficerSeen[]> {
  const { rows } = await sql.query<OfficerSeen>(
    `SELECT o.id, o.name, o.phone, o.is_active AS "isActive",
       coalesce((SELECT jsonb_agg(jsonb_build_object('role', r.role, 'village', r.village_id, 'villageName', v.name)
           ORDER BY v.name, r.role)
         FROM officer_roles r LEFT JOIN villages v ON v.id = r.village_id
         WHERE r.officer_id = o.id AND ($1::text[] IS NULL OR r.village_id = ANY ($1))), '[]') AS roles,
       ARRAY(SELECT DISTINCT a.platform FROM addresses a WHERE a.officer_id = o.id ORDER BY a.platform) AS linked,
       (SELECT CASE WHEN i.accepted_at IS NULL THEN 'open' ELSE 'waiting' END FROM invites i
        WHERE i.officer_id = o.id AND i.refused_at IS NULL
          AND i.expires_at > $2 AND (i.accepted_at IS NULL OR i.confirmed_at IS NULL)
        ORDER BY i.created_at DESC LIMIT 1) AS invite
     FROM officers o
     WHERE $1::text[] IS NULL
       OR EXISTS (SELECT FROM officer_roles r WHERE r.officer_id = o.id AND r.village_id = ANY ($1))
     ORDER BY o.name, o.id`,
    [villages, now],
  );
  return rows;
}

async function officerByPhone(sql: Sql, typed: string): Promise<{ id: string; name: string; phone: string }> {
  const phone = readPhone(typed);
  if (!phone) throw new OfficerError('bad_phone', typed);
  const { rows } = await sql.query<{ id: string; name: string; phone: string; isActive: boolean }>(
    'SELECT id, name, phone, is_active AS "isActive" FROM officers WHERE phone = $1',
    [phone],
  );
  const officer = rows[0];
  if (!officer) throw new OfficerError('unknown_officer', phone);
  if (!officer.isActive) throw new OfficerError('inactive_officer', phone);
  return officer;
}

/** A village by id, or by its name as written, with the kecamatan after a comma where two bear it. Throws OfficerError. */
export async function findVillageByName(sql: Sql, typed: string): Promise<{ id: string; name: string }> {
  const [name, district] = typed.split(',').map((part) => part.toLowerCase().replace(/[^a-z]/gu, ''));
  const { rows } = await sql.query<{ id: string; name: string; district: string }>(
    `SELECT v.id, v.name, d.name AS district FROM villages v JOIN districts d ON d.code = v.district_code
     WHERE v.id = $1 OR v.search_name = $2 AND ($3::text IS NULL OR regexp_replace(lower(d.name), '[^a-z]', '', 'g') = $3)`,
    [typed.trim(), name, district ?? null],
  );
  if (rows.length > 1)
    throw new OfficerError(
      'ambiguous_village',
      rows.map((row) => `${row.name}, ${row.district} (${row.id})`).join('; '),
    );
  if (!rows[0]) throw new OfficerError('unknown_village', typed);
  return rows[0];
}
