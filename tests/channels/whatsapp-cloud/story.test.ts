import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../../standins/graphApi.js';
import { complaintStory } from '../complaintStory.js';
import { until } from '../intake.js';
import { aGateway, phoneOf, VILLAGE, type Gateway } from './gateway.js';

/** The main road from end to end on the Cloud API: all roles, a real Postgres, Meta's part played by a stand-in. */
let gateway: Gateway;
let slamet: Person;

beforeAll(async () => {
  gateway = await aGateway();
  slamet = await gateway.anOfficer('6281100000902', 'Pak Slamet', 'sekretaris');
}, 120_000);
afterAll(() => gateway?.stop());

describe('a complaint with photo and place becomes one case, which an officer asks about and finishes', () => {
  const story = (resident: Person) =>
    complaintStory({
      resident: phoneOf(resident),
      officer: phoneOf(slamet),
      pool: gateway.pool,
      village: VILLAGE,
      officerName: 'Pak Slamet',
    });

  test('of somebody whose number Meta tells', async () => {
    const siti = gateway.meta.person('6281200000041', 'Siti');
    await story(siti);
    // What they sent was marked as read, and they saw that we write.
    const own = (await siti.messages()).filter((one) => one.from === 'person');
    await until('all is marked as read', () => own.every((one) => one.isRead));
    expect(own.some((one) => one.isAnswering)).toBe(true);
  });

  test('of somebody who hides their number: only the BSUID is known, and answered', async () => {
    await story(gateway.meta.person('budi', 'Budi', { hidesNumber: true }));
    const { rows } = await gateway.pool.query<{ kind: string; value: string }>(
      `SELECT i.kind, i.value FROM address_ids i JOIN conversations c ON c.address_id = i.address_id
       WHERE c.chat_id LIKE 'ID.%'`,
    );
    expect(rows).toEqual([{ kind: 'bsuid', value: expect.stringMatching(/^ID\.\d+$/u) }]);
    const sent = (await gateway.meta.calls('messages')).filter(
      (call) => call.body['recipient'] === rows[0]!.value,
    );
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.every((call) => !('to' in call.body))).toBe(true);
  });
});

test('a payload without a good signature is refused, counted, and nothing of it is stored', async () => {
  const before = gateway.runtime.counters.webhooksRefused;
  const stored = async () =>
    (await gateway.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM inbound_messages')).rows[0]!.n;
  const count = await stored();
  const payload = {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '1',
        changes: [
          {
            field: 'messages',
            value: {
              metadata: { phone_number_id: gateway.meta.settings.phoneNumberId },
              messages: [
                {
                  from: '6281200000666',
                  id: 'wamid.bad',
                  timestamp: '1795000000',
                  type: 'text',
                  text: { body: 'halo' },
                },
              ],
            },
          },
        ],
      },
    ],
  };
  await gateway.meta.brings(payload, { signature: 'bad' });
  await gateway.meta.brings(payload, { signature: 'none' });
  await gateway.meta.settles();
  expect(gateway.runtime.counters.webhooksRefused).toBe(before + 2);
  expect(await stored()).toBe(count);
});

test('whatever is brought five times is answered once', async () => {
  const rini = gateway.meta.person('6281200000051', 'Rini');
  await rini.writes('menu', { times: 5 });
  const answer = await rini.waitsFor(/\p{L}/u);
  await gateway.meta.settles();
  await until('nothing waits', async () => {
    const { rows } = await gateway.pool.query('SELECT FROM inbound_messages WHERE handled_at IS NULL');
    return rows.length === 0;
  });
  expect((await rini.hears()).filter((text) => text === answer.text)).toHaveLength(1);
});

test('131056 delays that person only, while others go on', async () => {
  const tini = gateway.meta.person('6281200000054', 'Tini');
  const dodi = gateway.meta.person('6281200000055', 'Dodi');
  await gateway.meta.fails('messages', { code: 131056, retryAfter: 2 }, { to: tini.key });
  await tini.writes('menu');
  await until('the first try was refused', async () =>
    (await gateway.meta.calls('messages')).some((call) => call.outcome === 131056),
  );
  await dodi.writes('menu');
  await dodi.waitsFor(/\p{L}/u);
  expect(await tini.hears()).toEqual([]);
  await tini.waitsFor(/\p{L}/u);
});

test('131047 sends the template; what waits goes once the person writes', async () => {
  await slamet.wroteLast(25 * 60 * 60_000);
  const before = (await slamet.ours()).length;
  const lina = gateway.meta.person('6281200000056', 'Lina');
  await lina.writes('lapor jalan');
  for (const [question, answer] of [
    ['warga desa atau kelurahan mana', VILLAGE],
    ['Apa yang rusak', 'Jalan'],
    ['Di mana tepatnya', 'Krajan, depan musala'],
    ['Seperti apa kerusakannya', 'lubang dalam'],
    ['Kirim 1 sampai 3 foto', 'lewati'],
    ['Kirim lokasinya', 'lewati'],
    ['Mohon diperiksa', 'Kirim'],
  ] as const) {
    await lina.waitsFor(question);
    await lina.writes(answer);
  }
  const code = /Nomor (\S+?)\. /u.exec((await lina.waitsFor('laporan diterima. Nomor')).text)![1]!;
  await until('the template is there', async () => (await slamet.ours()).length > before);
  expect((await slamet.ours()).slice(before)).toMatchObject([
    { template: { name: 'kabar_layanan', language: 'id' }, buttons: [{ title: 'Baca' }] },
  ]);
  expect(JSON.stringify((await slamet.ours()).at(-1))).not.toContain(code);
  expect((await gateway.meta.calls('messages')).filter((call) => call.outcome === 131047)).toHaveLength(1);

  await slamet.taps('Baca');
  await slamet.waitsFor(`Permohonan baru ${code}`);
  expect((await slamet.ours()).slice(before).filter((one) => one.template)).toHaveLength(1);
});
