import type { NewId } from '../core/ports.js';
import { IS_LINKED } from './linkedOfficers.js';
import type { Sql } from './sql.js';

/** Gintangan in Blimbingsari: a real village, made active only where a demonstration was asked for. */
export const DEMONSTRATION_VILLAGE = '35.10.25.2004';

const OFFICERS = [
  { name: 'Bu Sri (contoh)', phone: '6280000000001', role: 'kasi_pelayanan' },
  { name: 'Pak Slamet (contoh)', phone: '6280000000002', role: 'sekretaris' },
  { name: 'Pak Kades (contoh)', phone: '6280000000003', role: 'kepala_desa' },
];

/** The demonstration village and its officers of three roles. Idempotent; numbers that no network gives out. */
export async function seedDemonstration(sql: Sql, newId: NewId): Promise<void> {
  const begun = await sql.query(
    `UPDATE villages SET state = 'active', office_code = 'GTG', signer_title = 'Kepala Desa Gintangan',
       office_address = 'Kantor Desa Gintangan, Kecamatan Blimbingsari'
     WHERE id = $1 AND state = 'listed'`,
    [DEMONSTRATION_VILLAGE],
  );
  // Begun anew after it was ended: its officers serve again.
  if (begun.rowCount === 1)
    await sql.query('UPDATE officers SET is_active = true WHERE phone = ANY ($1::text[])', [
      OFFICERS.map((o) => o.phone),
    ]);
  const columns = [OFFICERS.map(() => newId()), OFFICERS.map((o) => o.name), OFFICERS.map((o) => o.phone)];
  await sql.query(
    'INSERT INTO officers (id, name, phone) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) ON CONFLICT (phone) DO NOTHING',
    columns,
  );
  await sql.query(
    `INSERT INTO officer_roles (id, officer_id, village_id, role)
     SELECT given.id, officers.id, $4, given.role
     FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (id, phone, role) JOIN officers USING (phone)
     ON CONFLICT DO NOTHING`,
    [
      OFFICERS.map(() => newId()),
      OFFICERS.map((o) => o.phone),
      OFFICERS.map((o) => o.role),
      DEMONSTRATION_VILLAGE,
    ],
  );
}

/**
 * Where real residents write, nobody invented answers: the demonstration's officers stop and lose their chats, and its
 * village is as it was before, unless an officer of its own is linked. Does nothing where no demonstration was.
 */
export async function endDemonstration(sql: Sql): Promise<void> {
  const phones = OFFICERS.map((o) => o.phone);
  const ended = await sql.query(
    'UPDATE officers SET is_active = false WHERE phone = ANY ($1::text[]) AND is_active',
    [phones],
  );
  await sql.query(
    `UPDATE addresses SET officer_id = NULL, phone = CASE WHEN phone = ANY ($1::text[]) THEN NULL ELSE phone END
     WHERE officer_id IN (SELECT id FROM officers WHERE phone = ANY ($1::text[]))`,
    [phones],
  );
  if (ended.rowCount === 0) return;
  await sql.query(`UPDATE villages t SET state = 'listed' WHERE t.id = $1 AND NOT ${IS_LINKED}`, [
    DEMONSTRATION_VILLAGE,
  ]);
}
