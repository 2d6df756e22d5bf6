import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import type { Asker, OfficerRole } from '../../src/core/asker.js';
import type { EffectKind, EffectOf, ResultOf } from '../../src/core/effect.js';
import type { JsonObject } from '../../src/core/json.js';
import type { LookUpName, LookUps } from '../../src/core/lookup.js';
import type { Service } from '../../src/core/service.js';
import type { Applier, ApplyContext } from '../../src/effects/applier.js';
import { appliers } from '../../src/effects/index.js';
import type { LookUpAnswerer } from '../../src/store/lookUps/answerer.js';
import { lookUps } from '../../src/store/lookUps/index.js';
import { createSealer } from '../../src/store/sealer.js';
import { inTransaction } from '../../src/store/sql.js';
import { testDatabase } from '../support/database.js';

/** Two real villages: Gintangan and Genteng Wetan. */
export const HERE = '35.10.25.2004';
export const ELSEWHERE = '35.10.10.2003';

const SERVICE: Service = {
  title: '',
  kind: 'letter',
  promise_hours: 8,
  promise: '',
  signer: 'kepala_desa',
  checklist: [],
  confidential: false,
};
export const SERVICES: { [id: string]: Service } = {
  usaha: SERVICE,
  infrastruktur: { ...SERVICE, kind: 'complaint', promise_hours: 24 },
  'keluhan.petugas': { ...SERVICE, kind: 'complaint', promise_hours: 24, confidential: true, sealed: true },
  'data.hapus': { ...SERVICE, kind: 'rights', promise_hours: null, confidential: true, calendar_hours: 72 },
  spm: { ...SERVICE, kind: 'referral', promise_hours: null, confidential: true },
  // A letter that goes its whole path.
  sktm: {
    ...SERVICE,
    steps: [
      {
        act: 'verify',
        roles: ['operator', 'kasi_pelayanan', 'kasi_kesejahteraan'],
        otherwise: ['sekretaris', 'kepala_desa'],
      },
      { act: 'initial', roles: ['sekretaris'], otherwise: ['kasi_pelayanan', 'kepala_desa'] },
      { act: 'sign', roles: ['kepala_desa'], otherwise: ['sekretaris'] },
    ],
    checklist: [
      { id: 'foto', text: 'foto rumah', by: 'chat', kind: 'photo', optional: false },
      { id: 'surat', text: 'surat sekolah', by: 'chat', kind: 'document', optional: true },
      { id: 'ktp', text: 'KTP asli', by: 'counter', optional: false },
    ],
  },
  kematian: { ...SERVICE, urgent: true },
};

/** Monday 10 August 2026, 08:00 in the village. */
export const MONDAY = new Date('2026-08-10T01:00:00Z');

export interface Stage {
  pool: Pool;
  url: string;
  /** The clock; a test may move it. */
  now: Date;
  /** Applies one effect in a transaction of its own; the nudges that it asked for are in `nudges`. */
  apply<K extends EffectKind>(asker: Asker, effect: EffectOf<K>): Promise<ResultOf<K>>;
  /** Applies effects of one kind as one batch. */
  applyAll<K extends EffectKind>(requests: { asker: Asker; effect: EffectOf<K> }[]): Promise<ResultOf<K>[]>;
  look<K extends LookUpName>(asker: Asker, name: K, args: LookUps[K]['args']): Promise<LookUps[K]['result']>;
  nudges: ApplyContext['nudges'];
  context(): ApplyContext;
  aResident(more?: {
    name?: string | null;
    village?: string | null;
    platform?: string;
    phone?: string;
  }): Promise<Asker>;
  /** `chat: false`: nothing is linked. */
  anOfficer(name: string, roles: OfficerRole[], more?: { chat?: boolean; phone?: string }): Promise<Asker>;
  aCase(
    resident: Asker,
    more?: { service?: string; private?: JsonObject; attachments?: string[]; draft?: string },
  ): Promise<{ id: string; code: string }>;
  aListing(seller: Asker, fields?: JsonObject): Promise<{ id: string; code: string; status: string }>;
  aPhoto(owner: Asker, more?: { restricted?: boolean; storageKey?: string }): Promise<string>;
  rows<R extends object = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<R[]>;
  /** Internal rows of a conversation, in order. */
  told(asker: Asker): Promise<{ flow: string; vars: JsonObject }[]>;
  /** Notifications of an officer, in order. */
  notified(asker: Asker): Promise<{ kind: string; vars: JsonObject; number: number }[]>;
  /** Takes all people and what they did away: a fresh stage in a tenth of the time of a fresh database. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** A village with its tables, and people to be put on it. */
export async function aStage(): Promise<Stage> {
  const database = await testDatabase();
  const { pool } = database;
  const sealer = createSealer([randomBytes(32)]);
  const nudges: ApplyContext['nudges'] = { converse: false, notify: false, send: new Set() };
  const rows: Stage['rows'] = async (sql, values) => (await pool.query(sql, values)).rows;

  const stage: Stage = {
    pool,
    url: database.url,
    now: MONDAY,
    nudges,
    rows,
    context: () => ({
      now: stage.now,
      newId: v7,
      random: (size) => randomBytes(size),
      sealer,
      services: SERVICES,
      nudges,
    }),
    applyAll: async <K extends EffectKind>(requests: { asker: Asker; effect: EffectOf<K> }[]) => {
      const applier = appliers[requests[0]!.effect.kind] as unknown as Applier<K>;
      return await inTransaction(pool, (sql) => applier(sql, requests, stage.context()));
    },
    apply: async (asker, effect) => (await stage.applyAll([{ asker, effect }]))[0]!,
    look: async <K extends LookUpName>(asker: Asker, name: K, args: LookUps[K]['args']) => {
      const answerer = lookUps[name] as unknown as LookUpAnswerer<K>;
      return (await inTransaction(pool, (sql) => answerer(sql, [{ asker, args }], stage.context())))[0]!;
    },
    aResident: async (more = {}) => {
      const platform = more.platform ?? 'telegram';
      const [residentId, addressId, conversationId] = [v7(), v7(), v7()];
      const lineId = `${platform}:1`;
      const villageId = more.village === undefined ? HERE : more.village;
      const name = more.name === undefined ? 'Bu Siti Aminah' : more.name;
      await pool.query('INSERT INTO lines (id, platform, name) VALUES ($1, $2, $1) ON CONFLICT DO NOTHING', [
        lineId,
        platform,
      ]);
      await pool.query('INSERT INTO residents (id, village_id, name) VALUES ($1, $2, $3)', [
        residentId,
        villageId,
        name,
      ]);
      await pool.query('INSERT INTO addresses (id, platform, resident_id, phone) VALUES ($1, $2, $3, $4)', [
        addressId,
        platform,
        residentId,
        more.phone ?? null,
      ]);
      await pool.query(
        'INSERT INTO conversations (id, address_id, line_id, chat_id, last_inbound_at) VALUES ($1, $2, $3, $4, $5)',
        [conversationId, addressId, lineId, conversationId, stage.now],
      );
      return {
        conversationId,
        addressId,
        lineId,
        platform,
        residentId,
        villageId,
        language: 'id',
        officer: null,
      };
    },
    anOfficer: async (name, roles, more = {}) => {
      const id = v7();
      const phone = more.phone ?? `62811${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
      await pool.query('INSERT INTO officers (id, name, phone) VALUES ($1, $2, $3)', [id, name, phone]);
      for (const { role, village } of roles)
        await pool.query(
          'INSERT INTO officer_roles (id, officer_id, village_id, role) VALUES ($1, $2, $3, $4)',
          [v7(), id, village, role],
        );
      const asker = await stage.aResident({ name });
      if (more.chat !== false)
        await pool.query('UPDATE addresses SET officer_id = $2 WHERE id = $1', [asker.addressId, id]);
      return { ...asker, officer: { id, name, roles } };
    },
    aCase: async (resident, more = {}) => {
      const draft = more.draft ?? v7();
      const { code } = await stage.apply(resident, {
        kind: 'open_case',
        draft,
        service: more.service ?? 'usaha',
        flow: 'business-letter',
        answers: { business_name: 'Warung Bu Siti' },
        ...(more.private ? { private: more.private } : {}),
        ...(more.attachments ? { attachments: { photo: more.attachments } } : {}),
      });
      const [row] = await rows<{ id: string }>('SELECT id FROM cases WHERE code = $1', [code]);
      return { id: row!.id, code };
    },
    aListing: async (seller, fields = {}) => {
      const made = await stage.apply(seller, {
        kind: 'publish_listing',
        draft: v7(),
        fields: {
          title: 'Buah naga merah',
          category: 'produce',
          quantity: { amount: 10, unit: 'kg' },
          price: 8000,
          ...fields,
        },
        photos: [],
      });
      const [row] = await rows<{ id: string }>('SELECT id FROM listings WHERE code = $1', [made.code]);
      return { id: row!.id, code: made.code, status: made.status };
    },
    aPhoto: async (owner, more = {}) => {
      const id = v7();
      await pool.query(
        `INSERT INTO attachments (id, conversation_id, kind, state, name, storage_key, is_restricted) VALUES ($1, $2, 'photo', 'stored', 'ktp.jpg', $3, $4)`,
        [id, owner.conversationId, more.storageKey ?? `${id}.jpg`, more.restricted === true],
      );
      return id;
    },
    told: async (asker) =>
      (
        await rows<{ body: { flow: string; vars: JsonObject } }>(
          `SELECT body FROM inbound_messages WHERE conversation_id = $1 AND kind = 'internal' ORDER BY seq`,
          [asker.conversationId],
        )
      ).map((row) => row.body),
    notified: (asker) =>
      rows('SELECT kind, vars, number FROM notifications WHERE officer_id = $1 ORDER BY created_at, id', [
        asker.officer!.id,
      ]),
    clear: async () => {
      stage.now = MONDAY;
      Object.assign(nudges, { converse: false, notify: false, send: new Set() });
      await pool.query(
        `ALTER TABLE audit_log DISABLE TRIGGER audit_log_grows;
         TRUNCATE residents, officers, lines, code_attempts, incidents, audit_log, erasures, timers, settings CASCADE;
         ALTER TABLE audit_log ENABLE TRIGGER audit_log_grows;
         DELETE FROM working_hours WHERE village_id IS NOT NULL;
         DELETE FROM holidays WHERE village_id IS NOT NULL;
         UPDATE villages SET state = CASE WHEN id IN ('${HERE}', '${ELSEWHERE}') THEN 'active' ELSE 'listed' END`,
      );
    },
    close: () => database.drop(),
  };
  return stage;
}
