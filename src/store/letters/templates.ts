import { Letterhead, VillageTemplate } from '../../core/letterTemplate.js';
import type { NewId } from '../../core/ports.js';
import type { Sql } from '../sql.js';
import type { Scope } from '../web/scope.js';
import { LETTER_OFFICE } from './office.js';
import type { LetterOffice } from './office.js';

/** A village whose templates can be changed, as they stand. */
export interface TemplateVillage extends LetterOffice {
  id: string;
  letterhead: Letterhead;
  logo: Buffer | null;
}

/** Villages within a scope that serve, or this one. */
export async function templateVillages(
  sql: Sql,
  scope: Scope,
  id: string | null = null,
): Promise<TemplateVillage[]> {
  const { rows } = await sql.query<Omit<TemplateVillage, 'letterhead'> & { letterhead: unknown }>(
    `SELECT v.id, ${LETTER_OFFICE},
       h.content AS letterhead, h.logo
     FROM villages v JOIN districts d ON d.code = v.district_code
     LEFT JOIN LATERAL (SELECT content, logo FROM letter_templates WHERE village_id = v.id AND service = ''
       ORDER BY version DESC LIMIT 1) h ON true
     WHERE ($1::text[] IS NULL OR v.id = ANY ($1)) AND ($2::text IS NULL OR v.id = $2)
       AND ($2::text IS NOT NULL OR $1::text[] IS NOT NULL OR v.state <> 'listed') ORDER BY v.name, v.id LIMIT 300`,
    [scope.villages, id],
  );
  return rows.map((row) => ({ ...row, letterhead: Letterhead.parse(row.letterhead ?? {}) }));
}

export interface TemplateVersion {
  version: number;
  /** null: as shipped. */
  content: unknown;
  logo: Buffer | null;
  officer: string | null;
  createdAt: Date;
}

/** All versions of a village's template, the newest first; service '' is the letterhead. */
export async function templateVersions(
  sql: Sql,
  villageId: string,
  service: string,
): Promise<TemplateVersion[]> {
  const { rows } = await sql.query<TemplateVersion>(
    `SELECT t.version, t.content, t.logo, o.name AS officer, t.created_at AS "createdAt"
     FROM letter_templates t LEFT JOIN officers o ON o.id = t.officer_id
     WHERE t.village_id = $1 AND t.service = $2 ORDER BY t.version DESC LIMIT 50`,
    [villageId, service],
  );
  return rows;
}

/** The village's own versions that are in use, by service. */
export async function ownTemplates(sql: Sql, villageId: string): Promise<Map<string, VillageTemplate>> {
  const { rows } = await sql.query<{ service: string; content: unknown }>(
    `SELECT DISTINCT ON (service) service, content FROM letter_templates
     WHERE village_id = $1 AND service <> '' ORDER BY service, version DESC`,
    [villageId],
  );
  return new Map(
    rows.flatMap(({ service, content }): [string, VillageTemplate][] =>
      content === null ? [] : [[service, VillageTemplate.parse(content)]],
    ),
  );
}

/** Adds a version; the next letter is written by it. `content` null: as shipped again. */
export async function saveTemplate(
  sql: Sql,
  to: {
    villageId: string;
    service: string;
    content: Letterhead | VillageTemplate | null;
    logo: Uint8Array | null;
    officerId: string;
  },
  { newId, now }: { newId: NewId; now: Date },
): Promise<number> {
  // Of two who save at once the second is the newer one.
  await sql.query('SELECT FROM villages WHERE id = $1 FOR NO KEY UPDATE', [to.villageId]);
  const { rows } = await sql.query<{ version: number }>(
    `INSERT INTO letter_templates (id, village_id, service, version, content, logo, officer_id, created_at)
     SELECT $1, $2, $3, coalesce(max(version), 0) + 1, $4::jsonb, $5, $6, $7 FROM letter_templates
     WHERE village_id = $2 AND service = $3 RETURNING version`,
    [
      newId(),
      to.villageId,
      to.service,
      JSON.stringify(to.content),
      to.logo && Buffer.from(to.logo),
      to.officerId,
      now,
    ],
  );
  return rows[0]!.version;
}

/** The number a sequence goes on from, where a village's paper agenda is further; never back. */
export async function advanceCounter(
  sql: Sql,
  of: { villageId: string; counter: string; year: number; last: number },
): Promise<void> {
  await sql.query(
    `INSERT INTO letter_counters (village_id, classification, year, last) VALUES ($1, $2, $3, $4)
     ON CONFLICT (village_id, classification, year) DO UPDATE SET last = greatest(letter_counters.last, EXCLUDED.last)`,
    [of.villageId, of.counter, of.year, of.last],
  );
}
