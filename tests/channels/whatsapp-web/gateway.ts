import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { v7 as newId } from 'uuid';
import type { WhatsAppWeb as Line } from '../../../src/channels/whatsapp-web/client.js';
import { TIMING } from '../../../src/channels/whatsapp-web/supervisor.js';
import { readConfig } from '../../../src/config.js';
import { CHANNEL_LIMITS } from '../../../src/core/limits.js';
import { startGateway } from '../../../src/roles/gateway.js';
import { startWeb } from '../../../src/roles/web.js';
import { startWorker } from '../../../src/roles/worker.js';
import { createRuntime } from '../../../src/runtime.js';
import { createInvite, createOfficer } from '../../../src/store/officers.js';
import { inTransaction } from '../../../src/store/sql.js';
import { startWhatsAppWeb, type Person } from '../../standins/whatsappWeb.js';
import { testDatabase } from '../../support/database.js';
import type { StoryPhone } from '../complaintStory.js';
import { until } from '../intake.js';
import { FAST, PATIENCE_MS, processesOf } from './line.js';

export const VILLAGE = 'Gintangan';

export type Gateway = Awaited<ReturnType<typeof aGateway>>;

/**
 * The whole program in this process — all roles, a database — with the real whatsapp-web.js in a real Chromium before a
 * stand-in for WhatsApp Web. It waits to be linked.
 */
export async function aGateway() {
  // At this channel's pace (a message in three seconds for each chat) a story would take minutes.
  Object.assign(CHANNEL_LIMITS['whatsapp-web'], { perChatMs: 0, perSecond: 50 });
  // Failures are found within seconds, as in the line's own tests.
  Object.assign(TIMING, FAST);
  const [wa, database] = [await startWhatsAppWeb(), await testDatabase()];
  const dataDir = await mkdtemp(join(tmpdir(), 'kentongan-story-'));
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const config = readConfig({
    PATH: '/usr/local/bin:/usr/bin:/bin',
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    SECRET_KEY: randomBytes(32).toString('hex'),
    WHATSAPP_WEB: 'true',
    WHATSAPP_WEB_PAGE: wa.url,
  });
  const runtime = await createRuntime(config, log);
  const gateway = await startGateway(runtime, null);
  const worker = await startWorker(runtime);
  const web = await startWeb(runtime, 'all', gateway, null);
  const line = () => gateway.channels.find((one) => one.lineId === 'whatsapp-web:desa') as Line;

  return {
    wa,
    pool: runtime.pool,
    line,

    /** Until the line's row says so. */
    async linked(): Promise<void> {
      await until('the code is on its row', async () => (await row()).linking !== null, PATIENCE_MS);
      await wa.scans((await row()).linking!);
      await until('the line is up', async () => (await row()).state === 'up', PATIENCE_MS);
    },
    row,
    async incidents(): Promise<{ kind: string; isOpen: boolean }[]> {
      const { rows } = await runtime.pool.query<{ kind: string; isOpen: boolean }>(
        'SELECT kind, closed_at IS NULL AS "isOpen" FROM incidents ORDER BY opened_at',
      );
      return rows;
    },

    /** An officer of the village whose chat is linked: added, invited, and accepted by the officer's own contact. */
    async anOfficer(phone: string, name: string, role: string): Promise<Person> {
      const invite = await inTransaction(runtime.pool, async (sql) => {
        await createOfficer(sql, { name, phone, role, village: VILLAGE }, newId);
        return createInvite(
          sql,
          { phone, invitedBy: null, isConfirmed: true },
          { newId, random: (size) => randomBytes(size), now: new Date() },
        );
      });
      const officer = wa.person(phone, name);
      const link = new URL(line().startLink!(`inv-${invite.token}`)!);
      await officer.writes(link.searchParams.get('text')!);
      await officer.waitsFor('Undangan untuk');
      await officer.sharesContact();
      await officer.waitsFor('Selamat bertugas');
      return officer;
    },

    async stop() {
      await gateway.stop();
      await worker.stop();
      await web.stop();
      await runtime.stop();
      await wa.stop();
      await database.drop();
      await until('no browser is left', () => processesOf(dataDir).length === 0);
      await rm(dataDir, { recursive: true, force: true });
    },
  };

  async function row() {
    const { rows } = await runtime.pool.query<{
      state: string;
      linking: string | null;
      reason: string | null;
    }>("SELECT state, linking, state_reason AS reason FROM lines WHERE id = 'whatsapp-web:desa'");
    return rows[0] ?? { state: 'unknown', linking: null, reason: null };
  }
}

/** A person's phone, as the story needs it: what is offered is answered by its number. */
export function storyPhone(person: Person): StoryPhone {
  return {
    writes: (text) => person.writes(text),
    async answers(label) {
      const offered = (await person.hears()).findLast((text) => text.includes(`. ${label}`)) ?? '';
      const number = offered.split('\n').find((line) => /^\d+\. /u.test(line) && line.endsWith(`. ${label}`));
      return person.writes(number?.split('.')[0] ?? label);
    },
    sendsPhoto: (bytes, caption) => person.sendsPhoto(bytes, caption),
    sharesLocation: (latitude, longitude) => person.sharesLocation(latitude, longitude),
    sees: () => person.hears(),
  };
}
