import { readFile } from 'node:fs/promises';
import type { Pool, PoolClient } from 'pg';
import { v7 } from 'uuid';
import type { NewId } from '../core/ports.js';
import { linkDemonstration, SIMULATED_OFFICERS, type OfficerChat } from './linkDemonstration.js';
import { endDemonstration, seedDemonstration } from './seedDemonstration.js';
import type { Sql } from './sql.js';
import { inTransaction } from './sql.js';

export interface SeedOptions {
  /**
   * Also make the demonstration village active, with officers of three roles: never where real residents write. False:
   * end a demonstration that was there. Not given: leave it as it is.
   */
  demonstration?: boolean;
  /** Where the demonstration's officers are reached; the simulator's phones where not given. */
  officerChats?: OfficerChat[] | undefined;
  newId?: NewId;
}

const FOLDER = new URL('../../prisma/seed/', import.meta.url);

/**
 * Fills in what every installation of Banyuwangi needs: its 25 districts and 217 villages, the usual working hours, the
 * national holidays and replies that officers often need. Idempotent: what is there is left as people changed it.
 */
export async function seed(pool: Pool, options: SeedOptions = {}): Promise<void> {
  const newId = options.newId ?? v7;
  await inTransaction(pool, async (sql: PoolClient) => {
    await seedPlaces(sql);
    await seedWorkingHours(sql, newId);
    await seedHolidays(sql, newId);
    await seedCannedReplies(sql);
    if (options.demonstration === false) await endDemonstration(sql);
    if (!options.demonstration) return;
    await seedDemonstration(sql, newId);
    await linkDemonstration(sql, options.officerChats ?? SIMULATED_OFFICERS, newId, new Date());
  });
}

async function seedPlaces(sql: Sql): Promise<void> {
  const rows = await readRows('villages.csv');
  await sql.query(
    `INSERT INTO districts (code, name) SELECT DISTINCT code, name FROM unnest($1::text[], $2::text[]) AS d (code, name)
     ON CONFLICT (code) DO NOTHING`,
    [rows.map((r) => r.district_code), rows.map((r) => r.district)],
  );
  await sql.query(
    `INSERT INTO villages (id, district_code, name, search_name, type)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
     ON CONFLICT (id) DO NOTHING`,
    [
      rows.map((r) => r.code),
      rows.map((r) => r.district_code),
      rows.map((r) => r.name),
      rows.map((r) => r.name!.toLowerCase().replaceAll(/[^a-z0-9]/gu, '')),
      rows.map((r) => r.type),
    ],
  );
}

/** Monday to Thursday 07:30–15:30, Friday 07:00–14:30: the installation's default; a village may have its own. */
async function seedWorkingHours(sql: Sql, newId: NewId): Promise<void> {
  const hours = await readRows('working-hours.csv');
  await sql.query(
    `INSERT INTO working_hours (id, weekday, opens, closes)
     SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::time[], $4::time[])
     WHERE NOT EXISTS (SELECT FROM working_hours WHERE village_id IS NULL)`,
    [
      hours.map(() => newId()),
      hours.map((h) => h.weekday),
      hours.map((h) => h.opens),
      hours.map((h) => h.closes),
    ],
  );
}

async function seedHolidays(sql: Sql, newId: NewId): Promise<void> {
  const days = await readRows('holidays.csv');
  await sql.query(
    `INSERT INTO holidays (id, day, name) SELECT * FROM unnest($1::uuid[], $2::date[], $3::text[]) ON CONFLICT DO NOTHING`,
    [days.map(() => newId()), days.map((d) => d.day), days.map((d) => d.name)],
  );
}

/** One that was changed or taken away stays so: its id is in the file. */
async function seedCannedReplies(sql: Sql): Promise<void> {
  const replies = await readFile(new URL('canned-replies.json', FOLDER), 'utf8');
  await sql.query(
    `INSERT INTO canned_replies (id, title, text, changed_at)
     SELECT id, title, text, now() FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, title text, text text)
     ON CONFLICT (id) DO NOTHING`,
    [replies],
  );
}

/** A file of prisma/seed: a head line, then one row a line; no quoting. Lines that begin with # are remarks. */
async function readRows(file: string): Promise<{ [column: string]: string }[]> {
  const text = await readFile(new URL(file, FOLDER), 'utf8');
  const [head, ...lines] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const columns = head!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [columns[i]!, value])));
}
