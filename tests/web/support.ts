import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { v7 as newId } from 'uuid';
import type { OfficerRole } from '../../src/core/asker.js';
import { isOpenCase } from '../../src/core/cases.js';
import type { CaseStatus } from '../../src/core/cases.js';
import { newCaseCode, newListingCode } from '../../src/core/code.js';
import type { FormField } from '../../src/core/formField.js';
import { formToken, formTokenHash } from '../../src/core/formLink.js';
import type { JsonObject } from '../../src/core/json.js';
import { nextStep, pathOf } from '../../src/core/path.js';
import { loadFlows } from '../../src/flow/load.js';
import { createFlowDesk, TRANSCRIPTS_FOLDER } from '../../src/roles/flowDesk.js';
import { createFlowKeeper, stampOf } from '../../src/roles/flowKeeper.js';
import { check } from '../../src/media/check.js';
import { createRenderer } from '../../src/letters/renderer.js';
import { createPerform } from '../../src/effects/perform.js';
import { insertForm, linkFormsToCases, markDone, saveText } from '../../src/store/forms.js';
import { createPrisma } from '../../src/store/prisma.js';
import { createSealer } from '../../src/store/sealer.js';
import { inTransaction } from '../../src/store/sql.js';
import { createApp } from '../../src/web/app.js';
import { createAuth } from '../../src/web/auth/auth.js';
import { createAccount } from '../../src/web/auth/accounts.js';
import { questionsOf } from '../../src/web/questions.js';
import type { Health, WebDeps } from '../../src/web/deps.js';
import { testDatabase } from '../support/database.js';

export const GINTANGAN = '35.10.25.2004';
export const GENTENG = '35.10.09.2001';
export const PASSWORD = 'ketuk tiga kali';

export type App = ReturnType<typeof createApp>;

/** A web around a real database of its own, real appliers, and a clock that stands still until it is set. */
export async function aWeb(more: Partial<WebDeps> = {}) {
  const database = await testDatabase();
  const clock = { now: new Date() };
  const nudged = { converse: 0, notify: 0 };
  const health: Health = { ok: true, parts: { postgres: { ok: true } } };
  const folder = fileURLToPath(new URL('../../flows', import.meta.url));
  const [stamp, flows] = await Promise.all([stampOf(folder), loadFlows(folder)]);
  const { services } = flows;
  const sealer = createSealer([randomBytes(32)]);
  const random = (size: number) => randomBytes(size);
  const prisma = createPrisma(database.pool);
  const now = () => clock.now;
  const keeper = await createFlowKeeper({
    folder,
    shipped: flows,
    stamp,
    pool: database.pool,
    log: pino({ level: 'silent' }),
    now,
    everyMs: 0,
  });
  const letters = createRenderer(fileURLToPath(new URL('../../flows/letters', import.meta.url)));
  const files = new Map<string, { bytes: Uint8Array; mime: string }>();
  const deps: WebDeps = {
    settings: { publicUrl: null, authKeys: [randomBytes(32).toString('hex')] },
    pool: database.pool,
    prisma: async () => prisma,
    now,
    newId,
    random,
    sealer,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    services,
    questions: questionsOf(() => keeper.inUse.current),
    flowDesk: createFlowDesk({ folder, transcripts: TRANSCRIPTS_FOLDER, keeper, pool: database.pool }),
    perform: createPerform({
      pool: database.pool,
      now,
      newId,
      random,
      sealer,
      services,
      nudge: {
        converse: () => void (nudged.converse += 1),
        letters: () => {},
        notify: () => void (nudged.notify += 1),
        send: () => {},
      },
    }),
    readMedia: async (id) => files.get(id) ?? null,
    keepPhoto: async (id, bytes) => {
      const checked = await check('photo', bytes);
      files.set(id, checked);
      const { mime, width, height } = checked;
      return {
        mime,
        width,
        height,
        bytes: checked.bytes.length,
        sha256: '0',
        storageKey: `${id}.jpg.sealed`,
      };
    },
    dropPhoto: async () => {},
    letterPicture: (setting) => letters.picture(setting),
    health: async () => health,
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', body: '# HELP up\nup 1\n' }),
    environmentLines: new Map([['telegram:1', 'TELEGRAM_BOT_TOKEN']]),
    startLinks: (payload) => [`https://t.me/contoh_bot?start=${payload}`],
    groupLinks: (payload) => [`https://t.me/contoh_bot?startgroup=${payload}`],
    simulator: null,
    ...more,
  };
  const app = createApp(deps);
  const { pool } = database;
  const auth = await createAuth(deps);

  return {
    app,
    deps,
    pool,
    clock,
    nudged,
    health,
    files,
    url: database.url,
    async drop() {
      await letters.stop();
      await database.drop();
    },

    /** An officer with roles, and, where a username is given, an account of the console with PASSWORD. */
    async officer(given: { name?: string; roles?: OfficerRole[]; username?: string; phone?: string } = {}) {
      const id = newId();
      const name = given.name ?? 'Petugas Uji';
      await pool.query('INSERT INTO officers (id, name, phone) VALUES ($1, $2, $3)', [
        id,
        name,
        given.phone ?? null,
      ]);
      const roles = given.roles ?? [{ role: 'operator', village: GINTANGAN }];
      for (const { role, village } of roles)
        await pool.query(
          'INSERT INTO officer_roles (id, officer_id, village_id, role) VALUES ($1, $2, $3, $4)',
          [newId(), id, village, role],
        );
      if (given.username) {
        const userId = await createAccount(auth, deps, {
          name,
          username: given.username,
          password: PASSWORD,
        });
        await pool.query('UPDATE officers SET user_id = $2 WHERE id = $1', [id, userId]);
      }
      return { id, name, roles };
    },

    /** A resident with a conversation, whom cases and listings need. */
    async resident(name = 'Siti Aminah', village = GINTANGAN) {
      const residentId = newId();
      const addressId = newId();
      const conversationId = newId();
      await pool.query(
        `INSERT INTO lines (id, platform, name) VALUES ('telegram:1', 'telegram', '@desa_gintangan_bot') ON CONFLICT DO NOTHING`,
      );
      await pool.query('INSERT INTO residents (id, village_id, name) VALUES ($1, $2, $3)', [
        residentId,
        village,
        name,
      ]);
      await pool.query(`INSERT INTO addresses (id, platform, resident_id) VALUES ($1, 'telegram', $2)`, [
        addressId,
        residentId,
      ]);
      await pool.query(
        `INSERT INTO conversations (id, address_id, line_id, chat_id) VALUES ($1, $2, 'telegram:1', $3)`,
        [conversationId, addressId, conversationId],
      );
      return { residentId, conversationId };
    },

    /** A case with its first fact. */
    async case(
      given: {
        village?: string;
        service?: string;
        status?: string;
        isConfidential?: boolean;
        answers?: JsonObject;
        private?: JsonObject;
        openedAt?: Date;
        dueAt?: Date;
        resident?: string;
      } = {},
    ) {
      const { residentId, conversationId } = await this.resident(given.resident, given.village);
      const id = newId();
      const code = newCaseCode(random);
      const openedAt = given.openedAt ?? clock.now;
      // As open_case begins it; what is closed waits for no step.
      const step = isOpenCase((given.status ?? 'open') as CaseStatus)
        ? nextStep(pathOf(services[given.service ?? 'usaha']), null)
        : null;
      await pool.query(
        `INSERT INTO cases (id, code, draft_id, village_id, service, flow, status, resident_id, conversation_id, answers,
           private, is_confidential, opened_at, due_at, event_count, step)
         VALUES ($1, $2, $3, $4, $5, 'business-letter', $6, $7, $8, $9, $10, $11, $12, $13, 1, $14)`,
        [
          id,
          code,
          newId(),
          given.village ?? GINTANGAN,
          given.service ?? 'usaha',
          given.status ?? 'open',
          residentId,
          conversationId,
          given.answers ?? { business_name: 'Warung Bu Siti' },
          given.private ? sealer.seal('case', id, given.private) : null,
          given.isConfidential ?? false,
          openedAt,
          given.dueAt ?? null,
          step,
        ],
      );
      await pool.query(
        `INSERT INTO case_events (id, case_id, number, kind, data, at) VALUES ($1, $2, 1, 'case_opened', $3, $4)`,
        [newId(), id, { step }, openedAt],
      );
      return { id, code, residentId, conversationId };
    },

    async listing(
      given: {
        village?: string;
        status?: string;
        title?: string;
        contact?: string | null;
        price?: number | null;
      } = {},
    ) {
      const { residentId, conversationId } = await this.resident('Untung Riyadi', given.village);
      const id = newId();
      const code = newListingCode(random);
      const title = given.title ?? 'Buah naga merah';
      await pool.query(
        `INSERT INTO listings (id, code, draft_id, village_id, resident_id, conversation_id, status, title, category,
           quantity, unit, price, contact, seller, search_text, created_at, published_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'produce', 50, 'kg', $9, $10, 'Untung', lower($8), $11, $11, $12)`,
        [
          id,
          code,
          newId(),
          given.village ?? GINTANGAN,
          residentId,
          conversationId,
          given.status ?? 'published',
          title,
          given.price === undefined ? 12_000 : given.price,
          given.contact === undefined ? '6281234567890' : given.contact,
          clock.now,
          new Date(clock.now.getTime() + 7 * 86_400_000),
        ],
      );
      return { id, code, title };
    },

    /** A stored file of a case, a listing, or a conversation alone. */
    async file(of: {
      kind?: 'photo' | 'document' | 'voice';
      conversationId?: string;
      caseId?: string;
      listingId?: string;
      isRestricted?: boolean;
      bytes?: Uint8Array;
      mime?: string;
    }) {
      const id = newId();
      await pool.query(
        `INSERT INTO attachments (id, kind, state, mime, is_restricted, case_id, listing_id, conversation_id)
         VALUES ($1, $6, 'stored', $2, $3, $4, $5, $7)`,
        [
          id,
          of.mime ?? 'image/jpeg',
          of.isRestricted ?? false,
          of.caseId ?? null,
          of.listingId ?? null,
          of.kind ?? 'photo',
          of.conversationId ?? null,
        ],
      );
      files.set(id, { bytes: of.bytes ?? new Uint8Array([0xff, 0xd8, 0xff]), mime: of.mime ?? 'image/jpeg' });
      return id;
    },

    /**
     * An open form of a resident with its link's path; `values` are entered. Of a case: finished, and given to it.
     */
    async form(
      given: {
        caseId?: string;
        fields?: FormField[];
        values?: { [field: string]: string };
        language?: string;
        title?: string;
      } = {},
    ) {
      const { residentId, conversationId } = await this.resident('Siti Aminah');
      const [id, draftId] = [newId(), newId()];
      const token = formToken(sealer, id, 1);
      const expiresAt = new Date(clock.now.getTime() + 7_200_000);
      const context = { newId, now: clock.now, sealer };
      await inTransaction(pool, async (sql) => {
        await insertForm(
          sql,
          {
            id,
            conversationId,
            residentId,
            villageId: GINTANGAN,
            draftId,
            step: 'identity.cards',
            title: given.title ?? 'Surat Keterangan Usaha',
            language: given.language ?? 'id',
            fields: given.fields ?? [
              { id: 'nik', type: 'nik', label: 'NIK', hint: null, optional: false },
              { id: 'ktp', type: 'photo', label: 'Foto KTP', hint: null, optional: true },
            ],
            tokenHash: formTokenHash(token),
            expiresAt,
          },
          clock.now,
        );
        for (const [field, value] of Object.entries(given.values ?? {}))
          await saveText(sql, id, field, value, context);
        if (given.caseId === undefined) return;
        await markDone(sql, id, clock.now);
        await linkFormsToCases(sql, [{ draftId, caseId: given.caseId }]);
      });
      const { rows } = await pool.query<{ id: string }>('SELECT id FROM form_values WHERE form_id = $1', [
        id,
      ]);
      return { id, token, path: `/isi/${token}`, conversationId, valueIds: rows.map((row) => row.id) };
    },

    /** The cookies of somebody who signed in. */
    async signIn(username: string): Promise<string> {
      const response = await app.request('/console/masuk', form({ username, password: PASSWORD }));
      if (response.status !== 303) throw new Error(`sign-in of ${username} answered ${response.status}`);
      return cookiesOf(response);
    },
  };
}

export type Web = Awaited<ReturnType<typeof aWeb>>;

/** A request that a form of our own page sends. */
export function form(fields: { [name: string]: string } = {}, cookie?: string): RequestInit {
  return {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { Origin: 'http://localhost', Host: 'localhost', ...(cookie && { Cookie: cookie }) },
  };
}

export function withCookie(cookie: string): RequestInit {
  return { headers: { Cookie: cookie } };
}

export function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0]!)
    .join('; ');
}

/** A socket's other end, as @hono/node-server hands it to `app.request(path, init, env)`. */
export function from(remoteAddress: string) {
  return { incoming: { socket: { remoteAddress } } } as never;
}
