import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { v7 as newId } from 'uuid';
import { readConfig } from '../../../src/config.js';
import { startGateway } from '../../../src/roles/gateway.js';
import { startWeb } from '../../../src/roles/web.js';
import { startWorker } from '../../../src/roles/worker.js';
import { createRuntime } from '../../../src/runtime.js';
import { createInvite, createOfficer } from '../../../src/store/officers.js';
import { inTransaction } from '../../../src/store/sql.js';
import { startGraphApi, type Person } from '../../standins/graphApi.js';
import { testDatabase } from '../../support/database.js';
import type { StoryPhone } from '../complaintStory.js';

export const VILLAGE = 'Gintangan';

export type Gateway = Awaited<ReturnType<typeof aGateway>>;

/** The whole program in this process — all roles, a database — before a stand-in Graph API that calls its webhook. */
export async function aGateway() {
  const [meta, database] = [await startGraphApi(), await testDatabase()];
  const dataDir = await mkdtemp(join(tmpdir(), 'kentongan-cloud-'));
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const { settings } = meta;
  const config = readConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    SECRET_KEY: randomBytes(32).toString('hex'),
    WHATSAPP_CLOUD_TOKEN: settings.token,
    WHATSAPP_CLOUD_PHONE_NUMBER_ID: settings.phoneNumberId,
    WHATSAPP_CLOUD_APP_SECRET: settings.appSecret,
    WHATSAPP_CLOUD_VERIFY_TOKEN: settings.verifyToken,
    WHATSAPP_CLOUD_API_ROOT: settings.apiRoot,
    WHATSAPP_CLOUD_TEMPLATES: 'id=kabar_layanan,en=service_news',
  });
  const runtime = await createRuntime(config, log);
  const gateway = await startGateway(runtime, null);
  const worker = await startWorker(runtime);
  const web = await startWeb(runtime, 'all', gateway, null);
  const webhook = `${web.address}/channels/whatsapp-cloud/webhook`;
  await meta.bringsTo(webhook);

  return {
    meta,
    runtime,
    pool: runtime.pool,
    webhook,

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
      const officer = meta.person(phone, name);
      await officer.starts(`inv-${invite.token}`);
      await officer.waitsFor('Undangan untuk');
      await officer.sharesContact(phone);
      await officer.waitsFor('Selamat bertugas');
      return officer;
    },

    async stop() {
      await gateway.stop();
      await worker.stop();
      await web.stop();
      await runtime.stop();
      await meta.stop();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What the channel adds where a list does not hold all, or something else may be chosen: part of what came before. */
const FOLLOWS = /^(?:Atau pilih:|Pilihan lainnya \()/u;

export function phoneOf(person: Person): StoryPhone {
  return {
    writes: (text) => person.writes(text),
    answers: (label) => person.taps(label),
    sendsPhoto: (bytes, caption) => person.sendsPhoto(bytes, caption === undefined ? {} : { caption }),
    sharesLocation: (latitude, longitude) => person.sharesLocation(latitude, longitude),
    async sees() {
      const texts: string[] = [];
      for (const text of await person.hears()) {
        if (FOLLOWS.test(text)) texts.push(`${texts.pop() ?? ''}\n${text}`);
        else texts.push(text);
      }
      return texts;
    },
  };
}
