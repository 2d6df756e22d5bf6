import { insertAudit } from '../audit.js';
import type { NewId } from '../../core/ports.js';
import { wakeClocks } from '../wakeClocks.js';
import type { Sql } from '../sql.js';
import type { Scope } from './scope.js';

/** A village's office as its page shows it. */
export interface Office {
  id: string;
  name: string;
  district: string;
  type: 'desa' | 'kelurahan';
  state: string;
  zone: string;
  officeCode: string | null;
  /** No letter can be numbered before it is set. */
  lacksCode: boolean;
  officeAddress: string | null;
  officePhone: string | null;
  midwifePhone: string | null;
  signerTitle: string | null;
  letterWay: 'wet' | 'electronic';
  escalates: boolean;
  introduction: string;
  rtHeads: number;
}

/** What can be changed there; null: empty. */
export type OfficeChange = Pick<
  Office,
  | 'officeCode'
  | 'officeAddress'
  | 'officePhone'
  | 'midwifePhone'
  | 'signerTitle'
  | 'letterWay'
  | 'escalates'
  | 'introduction'
>;

/** The offices of a scope; of all villages those alone that take requests, or have been invited to. */
export async function officesInScope(sql: Sql, scope: Scope): Promise<Office[]> {
  const { rows } = await sql.query<Office>(
    `${OFFICE} WHERE CASE WHEN $1::text[] IS NULL THEN v.state <> 'listed' ELSE v.id = ANY ($1) END ORDER BY v.name`,
    [scope.villages],
  );
  return rows;
}

/** One office of a scope; null where there is none. */
export async function officeInScope(sql: Sql, scope: Scope, id: string): Promise<Office | null> {
  const { rows } = await sql.query<Office>(
    `${OFFICE} WHERE v.id = $2 AND ($1::text[] IS NULL OR v.id = ANY ($1))`,
    [scope.villages, id],
  );
  return rows[0] ?? null;
}

/**
 * Whether no letter of the village `v` can be numbered: its numbers hold the office's code (all do, unless its letterhead says
 * otherwise), and nobody has said which that is.
 */
export const LACKS_CODE = `(coalesce(v.office_code, '') = '' AND position('{office_code}' IN coalesce(
    (SELECT nullif(h.content ->> 'number_format', '') FROM letter_templates h WHERE h.village_id = v.id AND h.service = ''
     ORDER BY h.version DESC LIMIT 1), '{office_code}')) > 0)`;

/** The same of one village. */
export async function lacksOfficeCode(sql: Sql, villageId: string): Promise<boolean> {
  const { rows } = await sql.query<{ lacks: boolean }>(
    `SELECT ${LACKS_CODE} AS lacks FROM villages v WHERE v.id = $1`,
    [villageId],
  );
  return rows[0]?.lacks ?? false;
}

const OFFICE = `SELECT v.id, v.name, d.name AS district, v.type, v.state, v.zone, v.office_code AS "officeCode",
    v.office_address AS "officeAddress", v.office_phone AS "officePhone", v.midwife_phone AS "midwifePhone",
    v.signer_title AS "signerTitle", v.letter_way AS "letterWay", ${LACKS_CODE} AS "lacksCode", v.escalates, v.introduction,
    (SELECT count(DISTINCT o.id)::int FROM officer_roles r JOIN officers o ON o.id = r.officer_id
     JOIN addresses a ON a.officer_id = o.id WHERE r.village_id = v.id AND r.role = 'ketua_rt' AND o.is_active) AS "rtHeads"
  FROM villages v JOIN districts d ON d.code = v.district_code`;

/** In a transaction. The caller has found the office within its scope. */
export async function changeOffice(
  sql: Sql,
  office: Office,
  to: OfficeChange,
  officerId: string,
  newId: NewId,
  now: Date,
): Promise<void> {
  await sql.query(
    `UPDATE villages SET office_code = $2, office_address = $3, office_phone = $4, midwife_phone = $5, signer_title = $6,
       letter_way = $7, escalates = $8, introduction = $9 WHERE id = $1`,
    [
      office.id,
      to.officeCode,
      to.officeAddress,
      to.officePhone,
      to.midwifePhone,
      to.signerTitle,
      to.letterWay,
      to.escalates,
      to.introduction,
    ],
  );
  const changed = (Object.keys(to) as (keyof OfficeChange)[]).filter((key) => to[key] !== office[key]);
  await insertAudit(
    sql,
    [
      {
        officerId,
        action: 'village.changed',
        subjectKind: 'village',
        subjectId: office.id,
        data: Object.fromEntries(changed.map((key) => [key, { from: office[key], to: to[key] }])),
      },
    ],
    newId,
    now,
  );
  // Whether somebody outside is told, their clocks ask as they ring.
  if (changed.includes('escalates')) await wakeClocks(sql, [office.id], newId, now);
}

/** How a village has a service: null where it follows the catalogue. */
export interface OwnService {
  service: string;
  isOffered: boolean;
  offReason: string | null;
  promiseHours: number | null;
  classification: string | null;
  counter: string | null;
  changedBy: string | null;
  changedAt: Date;
}

export async function ownServices(sql: Sql, villageId: string): Promise<Map<string, OwnService>> {
  const { rows } = await sql.query<OwnService>(
    `SELECT s.service, s.is_offered AS "isOffered", s.off_reason AS "offReason", s.promise_hours AS "promiseHours",
       s.classification, s.counter, o.name AS "changedBy", s.changed_at AS "changedAt"
     FROM village_services s LEFT JOIN officers o ON o.id = s.changed_by WHERE s.village_id = $1`,
    [villageId],
  );
  return new Map(rows.map((row) => [row.service, row]));
}

/** Sets how a village has a service, in a transaction. The caller has held the village to its scope. */
export async function setOwnService(
  sql: Sql,
  villageId: string,
  own: Omit<OwnService, 'changedBy' | 'changedAt'>,
  officerId: string,
  newId: NewId,
  now: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO village_services (village_id, service, is_offered, off_reason, promise_hours, classification, counter,
       changed_by, changed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (village_id, service) DO UPDATE SET is_offered = excluded.is_offered, off_reason = excluded.off_reason,
       promise_hours = excluded.promise_hours, classification = excluded.classification, counter = excluded.counter,
       changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
    [
      villageId,
      own.service,
      own.isOffered,
      own.offReason,
      own.promiseHours,
      own.classification,
      own.counter,
      officerId,
      now,
    ],
  );
  await insertAudit(
    sql,
    [
      {
        officerId,
        action: 'village.service',
        subjectKind: 'village',
        subjectId: villageId,
        data: {
          service: own.service,
          offered: own.isOffered,
          reason: own.offReason,
          hours: own.promiseHours,
          classification: own.classification,
        },
      },
    ],
    newId,
    now,
  );
  // What the village promises may have changed.
  await wakeClocks(sql, [villageId], newId, now);
}
