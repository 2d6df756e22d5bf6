import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import type { AddressIds } from '../../src/core/content.js';
import { loadFlows } from '../../src/flow/load.js';
import { createEngine } from '../../src/pipeline/engine.js';
import { recordingChannel } from '../support/recordingChannel.js';
import { aWorld, type World } from '../support/world.js';

/** One person, many chats; one chat, many people: the real flows on the real road, on two platforms. */
const flows = await loadFlows(FLOWS_FOLDER);
const LETTER = ['Warung Bu Siti', 'dagang', 'Krajan RT 02 RW 01', '2019', 'kur', 'lewati', 'kirim'];
const DAY = 24 * 60 * 60 * 1000;
let world: World;
let at: Date;
beforeEach(async () => {
  at = new Date();
  world = await aWorld({
    engine: createEngine(flows),
    services: flows.services,
    channels: [
      recordingChannel('whatsapp-web:desa', { platform: 'whatsapp', limits: { choices: 'numbers' } }),
      recordingChannel('telegram:7001', { platform: 'telegram' }),
    ],
    now: () => at,
  });
  await world.aVillage();
});
afterEach(async () => {
  await world.stop();
});

type Person = ReturnType<World['aPerson']>;
const onWhatsApp = (chatId: string): Person =>
  world.aPerson({ channel: world.channels[0]!, chatId, name: 'Siti' });
const onTelegram = (chatId: string): Person =>
  world.aPerson({ channel: world.channels[1]!, chatId, name: 'Siti A' });

/** Says lines one after the other; answers what was last said back. */
async function talks(person: Person, ...lines: string[]): Promise<string> {
  for (const line of lines) {
    at = new Date(at.getTime() + 1_000);
    await person.says(line);
    await world.settles();
  }
  return person.heard().at(-1) ?? '';
}
async function opensCase(person: Person, ...before: string[]): Promise<string> {
  let said = await talks(person, ...before);
  // Whoever had the letter before is offered it again.
  if (said.includes('Sama seperti dulu')) said = await talks(person, 'tidak');
  if (said.includes('Atas nama siapa')) said = await talks(person, 'Siti');
  said = await talks(person, ...LETTER);
  return /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]/u.exec(said)![0];
}
async function officer(role = 'kasi_pelayanan') {
  const { rows } = await world.pool.query<{ id: string; name: string; village: string }>(
    `SELECT o.id, o.name, r.village_id AS village FROM officers o JOIN officer_roles r ON r.officer_id = o.id
     WHERE r.role = $1`,
    [role],
  );
  const { id, name, village } = rows[0]!;
  return { id, name, roles: [{ role, village }] };
}
async function links(first: Person, second: Person): Promise<void> {
  const code = /[0-9A-Z]{4}-[0-9A-Z]{4}/u.exec(await talks(first, 'hubungkan'))![0];
  await talks(second, code, 'ya');
  await talks(first, 'ya');
}

describe('one person on two channels', () => {
  test('has one history: asked for on WhatsApp, seen on Telegram, told where it was asked', async () => {
    const [phone, telegram] = [onWhatsApp('6281211110001'), onTelegram('501')];
    const code = await opensCase(phone, 'surat usaha', 'Gintangan');
    expect(await talks(telegram, 'status')).not.toContain(code);
    await talks(telegram, 'batal');
    await talks(phone, 'bahasa', '2');
    await talks(phone, 'link my account');
    const typed = /[0-9A-Z]{4}-[0-9A-Z]{4}/u.exec(phone.heard().at(-1)!)![0];
    // What becomes visible is told on this side, too, before anything is asked on the other.
    const before = phone.heard().length;
    expect(await talks(telegram, `hubungkan ${typed.toLowerCase()}`)).toContain('terlihat juga');
    expect(phone.heard()).toHaveLength(before);
    expect(await talks(telegram, 'ya')).toContain('WhatsApp');
    expect(phone.heard().at(-1)).toContain('"Siti A"');
    // Nothing is seen before it was confirmed where the history is.
    expect(await talks(telegram, 'status')).not.toContain(code);
    await talks(telegram, 'batal');
    expect(await talks(phone, 'yes')).toContain('linked now');
    expect(telegram.heard().at(-1)).toContain('This account is linked now');
    const seen = await talks(telegram, 'status');
    expect(seen).toContain(code);
    expect(seen).toContain('in the queue');
    const [told, heard] = [phone.heard().length, telegram.heard().length];
    await world.perform(await officer(), [{ kind: 'act_on_case', code, act: 'verify' }]);
    await world.perform(await officer('sekretaris'), [{ kind: 'act_on_case', code, act: 'initial' }]);
    // Written elsewhere, with its number there.
    const elsewhere = '500.2/017/429.517.06/2026';
    await world.perform(await officer(), [{ kind: 'act_on_case', code, act: 'ready', to: elsewhere }]);
    await world.settles();
    expect(phone.heard().slice(told)).toEqual([
      expect.stringContaining('was checked'),
      expect.stringContaining('is ready to be picked up'),
    ]);
    expect(telegram.heard()).toHaveLength(heard);
    const ready = phone.heard().length;
    await world.perform(await officer(), [
      { kind: 'act_on_case', code, act: 'finish', text: 'Silakan diambil' },
    ]);
    await world.settles();
    expect(phone.heard().slice(ready)).toEqual([expect.stringContaining('Silakan diambil')]);
    expect(telegram.heard()).toHaveLength(heard);
  });

  test('asks for something on Telegram in the village that was named on WhatsApp, and consents for both', async () => {
    const [phone, telegram] = [onWhatsApp('6281211110002'), onTelegram('502')];
    await opensCase(phone, 'surat usaha', 'Gintangan');
    await links(phone, telegram);
    // Neither the village nor the name is asked for again.
    expect(await talks(telegram, 'surat usaha')).toContain('Sama seperti dulu');
    expect(await talks(telegram, 'tidak', ...LETTER)).toContain('Diterima');
    await talks(telegram, 'stop');
    const { rows } = await world.pool.query(
      `SELECT count(DISTINCT c.resident_id)::int AS residents, count(DISTINCT c.id)::int AS cases,
         count(DISTINCT n.resident_id)::int AS consenting FROM cases c LEFT JOIN consents n ON n.resident_id = c.resident_id`,
    );
    expect(rows).toEqual([{ residents: 1, cases: 2, consenting: 1 }]);
    await talks(phone, 'status');
    expect(phone.last()!.choices).toHaveLength(2);
    expect(await talks(phone, 'data saya')).toContain('Telegram (Siti A)');
  });

  test('parts from either side, and what one looked at is not to be looked at any more', async () => {
    const [phone, telegram] = [onWhatsApp('6281211110003'), onTelegram('503')];
    const first = await opensCase(phone, 'surat usaha', 'Gintangan');
    const second = await opensCase(phone, 'surat usaha');
    expect(second).not.toBe(first);
    await links(phone, telegram);
    const shown = await talks(telegram, 'status');
    expect(shown).toContain('Pilih satu');
    const buttons = telegram.last()!.choices!;
    expect(buttons.map(({ label }) => label).join()).toContain(first);
    await talks(phone, 'putuskan', 'ya');
    expect(telegram.heard().at(-1)).toContain('tidak tersambung lagi');
    const before = telegram.heard().length;
    await telegram.taps(buttons[0]!.payload);
    await world.settles();
    expect(await talks(telegram, 'ulangi')).not.toContain(first);
    await talks(telegram, 'status');
    const after = telegram.heard().slice(before).join('\n');
    expect(after).not.toContain(first);
    expect(after).not.toContain(second);
    expect(await talks(telegram, `status ${first}`)).toContain(
      'Rinciannya hanya ditunjukkan kepada pemohonnya',
    );
    expect(await talks(phone, 'status')).toContain('Pilih satu');
  });
});

describe('a number that was silent for more than 90 days', () => {
  test('shows nothing from before, though the first message is "status"; the number of a request does', async () => {
    const phone = onWhatsApp('6281211110004');
    const code = await opensCase(phone, 'surat usaha', 'Gintangan');
    const shown = await talks(phone, 'status');
    expect(shown).toContain(code);
    at = new Date(at.getTime() + 91 * DAY);
    const before = phone.heard().length;
    // A notice on the way to whoever has the number now.
    await world.perform(await officer(), [{ kind: 'act_on_case', code, act: 'ask', text: 'Fotonya buram' }]);
    await world.settles();
    expect(phone.heard().at(-1)).toContain('Ada kabar');
    await talks(phone, 'status');
    expect(phone.heard().at(-1)).toContain('sembunyikan');
    await talks(phone, '1', 'B6H9-ZD2F-3');
    for (const text of phone.heard().slice(before)) {
      expect(text).not.toContain(code);
      expect(text).not.toContain('buram');
      expect(text).not.toContain('Usaha');
    }
    expect(await talks(phone, code.toLowerCase())).toContain('Fotonya buram');
    expect(await talks(phone, 'status')).toContain(code);
    const { rows } = await world.pool.query(
      'SELECT hidden_since, confirmed_at IS NOT NULL AS shown FROM addresses WHERE phone = $1',
      ['6281211110004'],
    );
    expect(rows).toEqual([{ hidden_since: null, shown: true }]);
  });

  test('stays hidden from then on, whatever is written, and asks whose request a new one is', async () => {
    const phone = onWhatsApp('6281211110005');
    const code = await opensCase(phone, 'surat usaha', 'Gintangan');
    await talks(phone, 'surat usaha', 'Toko Lama');
    at = new Date(at.getTime() + 91 * DAY);
    // Nothing of what was begun or looked at is told.
    const said = await talks(phone, 'ulangi');
    expect(said).not.toContain('Usaha');
    at = new Date(at.getTime() + 2 * DAY);
    expect(await talks(phone, 'surat usaha')).toContain('masih orang yang dulu');
    await talks(phone, 'tidak');
    const fresh = await opensCase(phone, 'Gintangan');
    expect(fresh).not.toBe(code);
    const { rows } = await world.pool.query<{ resident_id: string }>(
      'SELECT DISTINCT resident_id FROM cases',
    );
    expect(rows).toHaveLength(2);
    expect(await talks(phone, 'status')).toContain(fresh);
    expect(phone.heard().at(-1)).not.toContain(code);
  });

  test('is not hidden where there is nothing to hide, nor after 90 days to the hour', async () => {
    const [siti, wayan] = [onWhatsApp('6281211110006'), onWhatsApp('6281211110007')];
    const code = await opensCase(siti, 'surat usaha', 'Gintangan');
    await talks(wayan, 'halo');
    at = new Date(at.getTime() + 89 * DAY);
    expect(await talks(siti, 'status')).toContain(code);
    at = new Date(at.getTime() + 10 * DAY);
    expect(await talks(wayan, 'surat usaha')).not.toContain('masih orang');
  });

  test('shows it by a code on the other account', async () => {
    const [phone, telegram] = [onWhatsApp('6281211110008'), onTelegram('508')];
    const code = await opensCase(phone, 'surat usaha', 'Gintangan');
    await links(phone, telegram);
    at = new Date(at.getTime() + 60 * DAY);
    await talks(telegram, 'halo');
    at = new Date(at.getTime() + 40 * DAY);
    await talks(phone, 'status');
    expect(phone.last()!.choices!.map(({ label }) => label)).toContain('Kirim kode ke akun lain');
    await talks(phone, '2');
    const sent = /[0-9A-Z]{4}-[0-9A-Z]{4}/u.exec(telegram.heard().at(-1)!)![0];
    expect(await talks(phone, sent)).toContain(code);
  });
});

describe('two people at one phone', () => {
  test('ask each for themselves, and neither sees the other’s', async () => {
    const phone = onWhatsApp('6281211110009');
    const hers = await opensCase(phone, 'surat usaha', 'Gintangan');
    await talks(phone, 'ganti orang', 'Bapak Slamet');
    expect(await talks(phone, 'surat usaha')).toContain('Untuk siapa');
    const his = await opensCase(phone, 'Bapak Slamet');
    expect(his).not.toBe(hers);
    const { rows } = await world.pool.query<{ code: string; name: string }>(
      'SELECT c.code, r.name FROM cases c JOIN residents r ON r.id = c.resident_id ORDER BY c.opened_at',
    );
    expect(rows).toEqual([
      { code: hers, name: 'Siti' },
      { code: his, name: 'Bapak Slamet' },
    ]);
    await talks(phone, 'status');
    const seen = await talks(phone, 'Bapak Slamet');
    expect(seen).toContain(his);
    expect(seen).not.toContain(hers);
    // News of hers comes while he has the word.
    await world.perform(await officer(), [{ kind: 'act_on_case', code: hers, act: 'take' }]);
    await world.settles();
    expect(phone.heard().at(-1)).not.toContain(hers);
    await talks(phone, 'status');
    expect(await talks(phone, 'Siti')).toContain('riwayat tiap orang kami jaga');
    expect(await talks(phone, '1', hers)).toContain(hers);
  });
});

describe('one person whom two gateways meet by two identities', () => {
  let other: World;
  beforeEach(async () => {
    other = await aWorld({
      engine: createEngine(flows),
      services: flows.services,
      database: world.database,
      channels: [
        recordingChannel('whatsapp-web:desa', { platform: 'whatsapp', limits: { choices: 'numbers' } }),
      ],
      owner: 'elsewhere~1/1/x',
      now: () => at,
    });
  });
  afterEach(async () => {
    await other.stop();
  });

  async function leftOver(): Promise<number> {
    const { rows } = await world.pool.query<{ n: number }>(
      `SELECT (SELECT count(*) FROM inbound_messages WHERE handled_at IS NULL)::int
         + (SELECT count(*) FROM outbound_messages WHERE state IN ('pending', 'sending'))::int AS n`,
    );
    return rows[0]!.n;
  }

  test('at once is one, with every message heard once and in one conversation', async () => {
    let n = 0;
    const receive = (on: World, ids: AddressIds, text: string): Promise<void> =>
      on.receiver.receive({
        lineId: 'whatsapp-web:desa',
        externalId: `m${++n}`,
        platform: 'whatsapp',
        ids,
        chatId: ids.phone ?? ids.lid!,
        sentAt: at,
        content: { kind: 'text', text },
      });
    for (let person = 0; person < 12; person++) {
      const [phone, lid] = [`62813000000${person}`, `88${person}@lid`];
      await Promise.all([
        receive(world, { phone }, 'halo'),
        receive(other, { lid }, 'surat usaha'),
        receive(world, { phone, lid }, 'status'),
        receive(other, { lid, phone }, 'menu'),
      ]);
      // One gateway still knows the other conversation by its id.
      await Promise.all([receive(world, { phone }, 'bantuan'), receive(other, { lid }, 'bantuan')]);
    }
    // What the other gateway thought through, the one that holds the line sends once a sweep wakes it.
    for (let round = 0; round < 50 && (await leftOver()) > 0; round++) {
      at = new Date(at.getTime() + 5_000);
      await Promise.all([world.converser.run(), other.converser.run()]);
      await world.sweeper.sweep();
      await setTimeout(20);
    }
    await world.settles();
    const { rows } = await world.pool.query<{
      addresses: number;
      live: number;
      waiting: number;
      astray: number;
    }>(
      `SELECT (SELECT count(DISTINCT address_id)::int FROM address_ids) AS addresses,
         (SELECT count(*)::int FROM conversations WHERE merged_into IS NULL AND line_id = 'whatsapp-web:desa') AS live,
         (SELECT count(*)::int FROM inbound_messages WHERE handled_at IS NULL) AS waiting,
         (SELECT count(*)::int FROM inbound_messages i JOIN conversations c ON c.id = i.conversation_id
          WHERE c.merged_into IS NOT NULL AND i.handled_at IS NULL) AS astray`,
    );
    expect(rows).toEqual([{ addresses: 12, live: 12, waiting: 0, astray: 0 }]);
    const { rows: handled } = await world.pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM inbound_messages WHERE handled_at IS NOT NULL AND error IS NULL',
    );
    expect(handled[0]!.n).toBe(n);
  });
});
