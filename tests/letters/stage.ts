import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { consoleAsker } from '../../src/core/asker.js';
import type { EffectKind, EffectOf, ResultOf } from '../../src/core/effect.js';
import type { JsonObject } from '../../src/core/json.js';
import { newCaseCode } from '../../src/core/code.js';
import type { Service } from '../../src/core/service.js';
import type { Applier, ApplyContext } from '../../src/effects/applier.js';
import { appliers } from '../../src/effects/index.js';
import { readFlows } from '../../src/flow/load.js';
import { makeLetters } from '../../src/letters/make.js';
import type { MakeDeps } from '../../src/letters/make.js';
import { createRenderer } from '../../src/letters/renderer.js';
import { createNumberKeeper } from '../../src/store/letters/numberList.js';
import { createSealer } from '../../src/store/sealer.js';
import { inTransaction } from '../../src/store/sql.js';
import { testDatabase } from '../support/database.js';

/** Gintangan, in Blimbingsari. */
export const VILLAGE = '35.10.25.2004';
export const NIK = '3510014507850001';
export const FAMILY_CARD = '3510011208100002';
/** What a Surat Keterangan Usaha is written from. */
export const ANSWERS = {
  business_name: 'Warung Bu Siti',
  business_kind: 'trade',
  business_address: 'Krajan RT 02 RW 01',
  since: 2019,
  purpose: 'kur',
};

/** A village whose letters can be issued, made and read, on a database of its own. */
export async function aLetterStage() {
  const database = await testDatabase();
  const { pool } = database;
  const { flows } = await readFlows('flows');
  const services = flows!.services as { [id: string]: Service };
  const sealer = createSealer([randomBytes(32)]);
  const files = new Map<string, Uint8Array>();
  const renderer = createRenderer('flows/letters');
  const folder = await mkdtemp(join(tmpdir(), 'letters-'));
  const numberList = join(folder, 'letter-numbers.jsonl');
  const clock = { now: new Date('2026-11-24T02:00:00Z') };
  const converse = { count: 0 };
  const logged: string[] = [];
  const log = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  await pool.query(
    `UPDATE villages SET office_code = '429.517.06', office_phone = '0333-410000' WHERE id = $1`,
    [VILLAGE],
  );
  const context = (): ApplyContext => ({
    now: clock.now,
    newId: v7,
    random: (size) => randomBytes(size),
    sealer,
    services,
    nudges: { converse: false, notify: false, send: new Set() },
  });
  const makeDeps: MakeDeps = {
    pool,
    sealer,
    storage: { write: async (key, bytes) => void files.set(key, bytes) },
    renderer,
    now: () => clock.now,
    log: { info: log, warn: log, error: log },
    publicUrl: 'https://desa.example.id',
    signPdf: null,
    keepNumbers: createNumberKeeper(numberList),
    converse: () => void (converse.count += 1),
  };

  async function officer(name: string, ...roles: string[]) {
    const id = v7();
    await pool.query('INSERT INTO officers (id, name) VALUES ($1, $2)', [id, name]);
    for (const role of roles)
      await pool.query(
        'INSERT INTO officer_roles (id, officer_id, village_id, role) VALUES ($1, $2, $3, $4)',
        [v7(), id, VILLAGE, role],
      );
    return { id, name, roles: roles.map((role) => ({ role, village: VILLAGE })) };
  }

  return {
    pool,
    sealer,
    services,
    files,
    numberList,
    clock,
    converse,
    logged,
    context,
    makeDeps,
    officer,
    make: (more: Partial<MakeDeps> = {}) => makeLetters({ ...makeDeps, ...more }),

    /** A case whose signature waits, of somebody who stands in the register and filled in the form. */
    async aCase(
      given: {
        service?: string;
        answers?: JsonObject;
        private?: JsonObject;
        isKnown?: boolean;
        status?: string;
      } = {},
    ) {
      const [residentId, addressId, conversationId, id, draftId] = [v7(), v7(), v7(), v7(), v7()];
      await pool.query(
        `INSERT INTO lines (id, platform, name) VALUES ('telegram:1', 'telegram', '@desa') ON CONFLICT DO NOTHING`,
      );
      await pool.query('INSERT INTO residents (id, village_id, name) VALUES ($1, $2, $3)', [
        residentId,
        VILLAGE,
        'Bu Siti',
      ]);
      await pool.query(`INSERT INTO addresses (id, platform, resident_id) VALUES ($1, 'telegram', $2)`, [
        addressId,
        residentId,
      ]);
      await pool.query(
        `INSERT INTO conversations (id, address_id, line_id, chat_id) VALUES ($1, $2, 'telegram:1', $3)`,
        [conversationId, addressId, conversationId],
      );
      const code = newCaseCode((size) => randomBytes(size));
      const status = given.status ?? 'signing';
      await pool.query(
        `INSERT INTO cases (id, code, draft_id, village_id, service, flow, status, step, resident_id, conversation_id, answers, private, opened_at, event_count)
         VALUES ($1, $2, $3, $4, $5, 'business-letter', $6, $7, $8, $9, $10, $11, $12, 1)`,
        [
          id,
          code,
          draftId,
          VILLAGE,
          given.service ?? 'usaha',
          status,
          status === 'signing' ? 'sign' : null,
          residentId,
          conversationId,
          given.answers ?? ANSWERS,
          given.private ? sealer.seal('case', id, given.private) : null,
          clock.now,
        ],
      );
      await pool.query(
        `INSERT INTO case_events (id, case_id, number, kind, at) VALUES ($1, $2, 1, 'case_opened', $3)`,
        [v7(), id, clock.now],
      );
      if (given.isKnown !== false) await know(id, draftId, residentId, conversationId);
      return { id, code, residentId, conversationId };
    },

    async apply<K extends EffectKind>(
      who: { id: string; name: string; roles: { role: string; village: string | null }[] },
      effect: EffectOf<K>,
    ): Promise<ResultOf<K>> {
      const applier = appliers[effect.kind] as unknown as Applier<K>;
      return (
        await inTransaction(pool, (sql) => applier(sql, [{ asker: consoleAsker(who), effect }], context()))
      )[0]!;
    },

    async letter(caseId: string) {
      const { rows } = await pool.query(
        'SELECT * FROM letters WHERE case_id = $1 ORDER BY issued_at DESC, id DESC',
        [caseId],
      );
      return rows[0] as { [column: string]: unknown } & {
        id: string;
        number: string;
        state: string;
        sha256: string | null;
        proof: string | null;
      };
    },

    async close() {
      await renderer.stop();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };

  /** The form with the numbers of the card, and the person of the village's register that it finds. */
  async function know(caseId: string, draftId: string, residentId: string, conversationId: string) {
    const formId = v7();
    await pool.query(
      `INSERT INTO forms (id, conversation_id, resident_id, village_id, draft_id, step, title, language, fields, state, token_hash, created_at, expires_at, done_at)
       VALUES ($1, $2, $3, $4, $5, 'identity.cards', 'Surat', 'id', '[]', 'done', $6, $7, $7, $7)`,
      [formId, conversationId, residentId, VILLAGE, draftId, formId, clock.now],
    );
    for (const [field, value] of Object.entries({
      nik: NIK,
      family_card: FAMILY_CARD,
      name: 'SITI AMINAH',
    })) {
      const id = v7();
      await pool.query(
        'INSERT INTO form_values (id, form_id, field, value, saved_at) VALUES ($1, $2, $3, $4, $5)',
        [id, formId, field, sealer.seal('form', id, { field, value }), clock.now],
      );
    }
    await pool.query('INSERT INTO form_uses (form_id, draft_id, case_id, used_at) VALUES ($1, $2, $3, $4)', [
      formId,
      draftId,
      caseId,
      clock.now,
    ]);
    const person = v7();
    await pool.query(
      `INSERT INTO residents_register (id, village_id, name, search_name, birth_date, sex, hamlet, rt, rw, private, nik_digest, row_digest, source, created_at, updated_at)
       VALUES ($1, $2, 'SITI AMINAH', 'siti aminah', '1985-07-05', 'P', 'KRAJAN', '002', '001', $3, $4, '', 'import', $5, $5)
       ON CONFLICT DO NOTHING`,
      [
        person,
        VILLAGE,
        sealer.seal('register', person, {
          nik: NIK,
          kk: FAMILY_CARD,
          birth_place: 'BANYUWANGI',
          religion: 'ISLAM',
          occupation: 'PEDAGANG',
          marital_status: 'KAWIN',
        }),
        sealer.lookUpKey(`nik:${NIK}`),
        clock.now,
      ],
    );
  }
}
export type LetterStage = Awaited<ReturnType<typeof aLetterStage>>;
