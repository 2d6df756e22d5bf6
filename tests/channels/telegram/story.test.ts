import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../../standins/botApi.js';
import { until } from '../intake.js';
import { aGateway, VILLAGE, type Gateway } from './gateway.js';
import { goesThePaperWay } from './paperLetter.js';

/**
 * The main road from end to end, on real parts: the real telegraf before a stand-in Bot API, the flows that people
 * read, a real Postgres, all roles. What happens at each stop has tests of its own; here it is one story.
 */
let gateway: Gateway;
let sri: Person;
let slamet: Person;
/** The secretary and the head of the village. */
let endah: Person;
let arifin: Person;

beforeAll(async () => {
  gateway = await aGateway();
  sri = await gateway.anOfficer(901, 'Bu Sri', 'kasi_pelayanan');
  slamet = await gateway.anOfficer(902, 'Pak Slamet', 'operator');
  endah = await gateway.anOfficer(903, 'Bu Endah', 'sekretaris');
  arifin = await gateway.anOfficer(904, 'Pak Arifin', 'kepala_desa');
}, 120_000);
afterAll(() => gateway?.stop());

/** What is asked on the way to a Surat Keterangan Usaha, and one answer to each. A `tap` is a button. */
const QUESTIONS: [question: string, answer: string, by?: 'tap'][] = [
  ['warga desa atau kelurahan mana', VILLAGE],
  ['Atas nama siapa', 'Siti'],
  ['Apa nama usahanya', 'Warung Bu Siti'],
  ['bidang apa', 'Warung / dagang', 'tap'],
  ['Di mana tempat usahanya', 'Krajan RT 02 RW 01'],
  ['mulai tahun berapa', '2019'],
  ['dipakai untuk apa', 'KUR / pinjaman bank', 'tap'],
  ['foto tempat usaha', 'Lewati', 'tap'],
];
const SUMMARY = 'Mohon diperiksa';
const RECEIPT = /Diterima\. Nomor (\S+?)[,.] /u;

type Answers = { [question: string]: string };

/** Answers question after question, up to the summary. */
async function fillIn(person: Person, answers: Answers = {}, times = 1): Promise<void> {
  await answerAllBut(0, person, answers, times);
  await person.waitsFor(SUMMARY);
}

/** Leaves the last few questions open. */
async function answerAllBut(open: number, person: Person, answers: Answers = {}, times = 1): Promise<void> {
  await person.writes('surat usaha', { times });
  for (const [question, usual, by] of QUESTIONS.slice(0, QUESTIONS.length - open)) {
    await person.waitsFor(question);
    const answer = answers[question] ?? usual;
    await (by === 'tap' ? person.taps(answer, { times }) : person.writes(answer, { times }));
  }
}
const codeIn = (text: string) => RECEIPT.exec(text)![1]!;
/** How often the bot said something that contains these words. */
const timesSaid = async (person: Person, words: string) =>
  (await person.hears()).filter((text) => text.includes(words)).length;
async function eachQuestionOnce(person: Person): Promise<void> {
  for (const [question] of QUESTIONS)
    expect([question, await timesSaid(person, question)]).toEqual([question, 1]);
  expect(await timesSaid(person, SUMMARY)).toBe(1);
  expect(await timesSaid(person, 'Diterima. Nomor')).toBe(1);
}

describe('a request, from its first word to its end', () => {
  const siti = () => gateway.bot.person(41, 'Siti');
  let code: string;

  test('a resident files a Surat Keterangan Usaha in at most twelve turns: one case', async () => {
    await fillIn(siti());
    await siti().taps('Kirim');
    code = codeIn((await siti().waitsFor('Diterima. Nomor')).text);
    await eachQuestionOnce(siti());
    const turns =
      (await siti().messages()).filter((m) => m.from === 'person').length +
      (await gateway.bot.calls('answerCallbackQuery')).length;
    expect(turns).toBeLessThanOrEqual(12);
    expect(await gateway.cases()).toMatchObject([
      {
        code,
        service: 'usaha',
        status: 'open',
        answers: {
          name: 'Siti',
          business_name: 'Warung Bu Siti',
          business_kind: 'trade',
          business_address: 'Krajan RT 02 RW 01',
          since: 2019,
          purpose: 'kur',
        },
      },
    ]);
  });

  test('the officers who handle letters are told, by first name only, with buttons', async () => {
    for (const officer of [sri, slamet, endah, arifin]) {
      const told = await officer.waitsFor(`Permohonan baru ${code}`);
      expect(told.text).toContain(`Siti · ${VILLAGE}`);
      expect(told.buttons.flat()).toEqual([
        'Ambil',
        'Lihat',
        'Lengkap',
        'Minta berkas',
        'Lainnya',
        'Antrean',
      ]);
    }
  });

  test('both tap at once: one has it, the other hears who; the resident hears it once', async () => {
    await gateway.bot.together(() => Promise.all([sri.taps('Ambil'), slamet.taps('Ambil')]));
    const answers = await Promise.all(
      [sri, slamet].map((officer) => officer.waitsFor(/^Diambil\.|sudah ditangani/u)),
    );
    const has = answers.map((message) => message.text.startsWith('Diambil.'));
    expect(has.filter(Boolean)).toHaveLength(1);
    const [winner, loser] = has[0] ? ['Bu Sri', answers[1]!] : ['Pak Slamet', answers[0]!];
    expect(loser.text).toContain(`sudah ditangani ${winner}`);
    await siti().waitsFor('sedang diperiksa');
    expect(await gateway.cases()).toMatchObject([{ code, status: 'in_hand' }]);
    await until('the tapped buttons are gone', async () => {
      const told = await Promise.all(
        [sri, slamet].map(async (o) =>
          (await o.messages()).find((m) => m.text.startsWith(`Permohonan baru ${code}`)),
        ),
      );
      return told.every((message) => message!.buttons.length === 0);
    });
    if (!has[0]) [sri, slamet] = [slamet, sri];
  });

  test('the officer asks, the resident answers; checked, initialled, signed on paper, and handed out', async () => {
    await sri.taps('Tanya warga');
    await sri.waitsFor(code);
    await sri.writes('Jam berapa warungnya buka?');
    await siti().waitsFor('Jam berapa warungnya buka?');
    await siti().writes('Jam 7 pagi sampai 9 malam');
    await siti().waitsFor('jawabannya sudah kami sampaikan');
    const answered = await sri.waitsFor('Jam 7 pagi sampai 9 malam');
    expect(answered.text).toContain(code);
    // A letter is finished by nobody before it is signed.
    expect(answered.buttons.flat()).toEqual(['Lengkap', 'Lihat', 'Minta berkas', 'Tanya lagi', 'Lainnya']);
    await goesThePaperWay(gateway, { checks: sri, initials: endah, signs: arifin }, code);
    await siti().waitsFor('sudah diserahkan di kantor desa');
    expect(await gateway.cases()).toMatchObject([{ code, status: 'finished' }]);
    const { rows } = await gateway.pool.query(
      `SELECT l.state, l.way, l.signer_name AS signer FROM letters l JOIN cases c ON c.id = l.case_id WHERE c.code = $1`,
      [code],
    );
    expect(rows).toEqual([{ state: 'issued', way: 'wet', signer: 'Pak Arifin' }]);
  });

  test('the resident got each message, in order, and each once', async () => {
    const heard = await siti().hears();
    const order = [
      ...QUESTIONS.map(([question]) => question),
      SUMMARY,
      'Diterima. Nomor',
      'sedang diperiksa',
      'Jam berapa warungnya buka?',
      'jawabannya sudah kami sampaikan',
      'sudah diperiksa dan lengkap. Sekarang menunggu tanda tangan',
      'sudah siap diambil',
      'sudah diserahkan di kantor desa. Selesai.',
    ];
    const places = order.map((words) => heard.findIndex((text) => text.includes(words)));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    for (const words of order) expect([words, await timesSaid(siti(), words)]).toEqual([words, 1]);
  });

  test('someone who taps on what is long over hears so, and nothing happens', async () => {
    const before = await gateway.cases();
    await siti().taps('Kirim');
    await siti().waitsFor('sudah tidak berlaku');
    await slamet.taps('Ambil');
    await gateway.rests();
    expect(await gateway.cases()).toEqual(before);
  });
});

test("a farmer's product with a photo is on /pasar, once an officer has seen it", async () => {
  const untung = gateway.bot.person(42, 'Untung');
  const photo = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#b22' } })
    .jpeg()
    .toBuffer();
  await untung.writes('jual buah naga');
  await untung.waitsFor('warga desa atau kelurahan mana');
  await untung.writes(VILLAGE);
  await untung.waitsFor('Apa yang dijual');
  await untung.writes('Buah naga merah segar');
  await untung.waitsFor('Termasuk apa');
  await untung.taps('Hasil tani / kebun');
  await untung.waitsFor('Ada berapa');
  await untung.writes('2 kuintal');
  await untung.waitsFor('Berapa harga untuk satu kuintal');
  await untung.writes('800rb');
  await untung.waitsFor('Barangnya ada di mana');
  await untung.writes('Dusun Krajan');
  await untung.waitsFor('Ada keterangan lain');
  await untung.writes('Mutu A, bisa diantar');
  await untung.waitsFor('foto barangnya');
  await untung.sendsPhoto(photo);
  await untung.waitsFor('1 sudah diterima');
  await untung.writes('selesai');
  await untung.waitsFor('Nomor HP berapa');
  await untung.writes('081200000042');
  await untung.waitsFor('Nama penjual');
  await untung.writes('Untung');
  const preview = await untung.waitsFor('Beginilah dagangan');
  expect(preview.photos).toHaveLength(1);
  await untung.taps('Kirim');
  await untung.waitsFor('Petugas melihatnya dulu');
  expect(await (await fetch(`${gateway.address}/pasar`)).text()).not.toContain('Buah naga merah segar');

  const shown = await slamet.waitsFor('Dagangan menunggu persetujuan');
  expect(shown.text).toContain('Buah naga merah segar');
  expect(shown.photos).toHaveLength(1);
  await slamet.taps('Tampilkan');
  await untung.waitsFor('sudah tampil di pasar warga');

  const page = await (await fetch(`${gateway.address}/pasar`)).text();
  expect(page).toContain('Buah naga merah segar');
  const source = /<img[^>]+src="([^"]+)"/u.exec(page.slice(page.indexOf('<main')))![1]!;
  const picture = await fetch(new URL(source.replaceAll('&amp;', '&'), gateway.address));
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  expect(await sharp(await picture.arrayBuffer()).metadata()).toMatchObject({
    format: 'jpeg',
    width: 640,
    height: 480,
  });
});

test('an identity card that is sent anyway lies sealed, and is gone once the case is closed', async () => {
  const wati = gateway.bot.person(43, 'Wati');
  const card = await sharp({ create: { width: 320, height: 200, channels: 3, background: '#27b' } })
    .jpeg()
    .toBuffer();
  const photoOf = async () => {
    const { rows } = await gateway.pool.query<{
      id: string;
      state: string;
      is_restricted: boolean;
      storage_key: string | null;
    }>(
      "SELECT a.id, a.state, a.is_restricted, a.storage_key FROM attachments a JOIN cases c ON c.id = a.case_id WHERE c.answers->>'name' = 'Wati'",
    );
    return rows[0]!;
  };
  await answerAllBut(1, wati, { 'Atas nama siapa': 'Wati' });
  await wati.waitsFor('foto tempat usaha');
  await wati.sendsPhoto(card, { caption: 'ini KTP saya 3510121708900001' });
  await wati.waitsFor(SUMMARY);
  await wati.taps('Kirim');
  const code = codeIn((await wati.waitsFor('Diterima. Nomor')).text);
  await until('the photo is stored', async () => (await photoOf()).state === 'stored');
  const kept = await photoOf();
  expect(kept).toMatchObject({ is_restricted: true, storage_key: expect.stringMatching(/\.sealed$/u) });
  await expect(sharp(join(gateway.mediaFolder, kept.storage_key!)).metadata()).rejects.toThrow();
  expect(await sharp((await gateway.media.read(kept.id))!.bytes).metadata()).toMatchObject({
    width: 320,
    height: 200,
  });

  await slamet.waitsFor(`Permohonan baru ${code}`);
  await slamet.taps('Ambil');
  await slamet.waitsFor('Diambil.');
  await goesThePaperWay(gateway, { checks: slamet, initials: endah, signs: arifin }, code);
  await wati.waitsFor('sudah diserahkan di kantor desa');
  await gateway.media.deleteErased();
  expect(await photoOf()).toMatchObject({ state: 'erased', storage_key: null });
  expect(await gateway.media.read(kept.id)).toBeNull();
  await expect(stat(join(gateway.mediaFolder, kept.storage_key!))).rejects.toThrow('ENOENT');
});

test('a program that calls itself a photo is refused, and its sender is told', async () => {
  const dodi = gateway.bot.person(44, 'Dodi');
  await answerAllBut(1, dodi, { 'Atas nama siapa': 'Dodi' });
  await dodi.waitsFor('foto tempat usaha');
  const apk = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, 20, 0]), Buffer.alloc(300)]);
  await dodi.sendsDocument(apk, { name: 'undangan.jpg.apk', mime: 'image/jpeg' });
  await dodi.waitsFor(/tidak kami simpan|bukan jenis/u);
  await dodi.waitsFor(SUMMARY);
});

describe('whatever the network does: one case each, no answer in a wrong slot, no question twice', () => {
  const casesOf = async (name: string) =>
    (await gateway.cases()).filter((one) => (one.answers as { name?: string }).name === name);

  test('every update delivered five times', async () => {
    const rini = gateway.bot.person(51, 'Rini');
    await fillIn(rini, { 'Atas nama siapa': 'Rini', 'Apa nama usahanya': 'Toko Rini' }, 5);
    await rini.taps('Kirim', { times: 5 });
    await rini.waitsFor('Diterima. Nomor');
    await gateway.rests();
    await eachQuestionOnce(rini);
    expect(await casesOf('Rini')).toMatchObject([
      { answers: { business_name: 'Toko Rini', business_kind: 'trade', since: 2019 } },
    ]);
  });

  test('all answers in one batch, before their questions were seen', async () => {
    const dewi = gateway.bot.person(52, 'Dewi');
    await gateway.bot.together(async () => {
      for (const text of [
        'surat usaha',
        VILLAGE,
        'Dewi',
        'Kopi Dewi',
        'makanan',
        'Sumber RT 01 RW 03',
        '2021',
        'npwp',
        'lewati',
      ])
        await dewi.writes(text);
    });
    await dewi.waitsFor(SUMMARY);
    await dewi.taps('Kirim');
    await dewi.waitsFor('Diterima. Nomor');
    await eachQuestionOnce(dewi);
    expect(await casesOf('Dewi')).toMatchObject([
      {
        answers: {
          business_name: 'Kopi Dewi',
          business_kind: 'food',
          business_address: 'Sumber RT 01 RW 03',
          since: 2021,
          purpose: 'tax',
        },
      },
    ]);
  });

  test('a double tap on send, in one batch and once more later', async () => {
    const joko = gateway.bot.person(53, 'Joko');
    await fillIn(joko, { 'Atas nama siapa': 'Joko' });
    await gateway.bot.together(() => Promise.all([joko.taps('Kirim'), joko.taps('Kirim')]));
    await joko.waitsFor('Diterima. Nomor');
    await joko.taps('Kirim');
    await gateway.rests();
    expect(await casesOf('Joko')).toHaveLength(1);
    expect(await timesSaid(joko, 'Diterima. Nomor')).toBe(1);
  });

  test('ten people at once', async () => {
    const people = Array.from({ length: 10 }, (_, n) => ({
      person: gateway.bot.person(61 + n, `Warga${n}`),
      name: `Warga ${'ABCDEFGHIJ'.charAt(n)}`,
      shop: `Toko ${n + 1}`,
    }));
    await Promise.all(
      people.map(async ({ person, name, shop }) => {
        await fillIn(person, { 'Atas nama siapa': name, 'Apa nama usahanya': shop });
        await person.taps('Kirim');
        await person.waitsFor('Diterima. Nomor');
      }),
    );
    await gateway.rests();
    for (const { person, name, shop } of people) {
      await eachQuestionOnce(person);
      expect(await casesOf(name)).toMatchObject([{ answers: { name, business_name: shop, purpose: 'kur' } }]);
    }
    const codes = (await gateway.cases()).map((one) => one.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('a store, a network and a Telegram that fail in between', async () => {
    const tini = gateway.bot.person(54, 'Tini');
    for (const fault of ['drop_before', { status: 500 }, { status: 429, retryAfter: 1 }] as const)
      await gateway.bot.fails('sendMessage', fault, { chat: 54 });
    await gateway.bot.fails('getUpdates', 'drop_after');
    await gateway.bot.fails('getUpdates', { status: 502 });
    await fillIn(tini, { 'Atas nama siapa': 'Tini' });
    await tini.taps('Kirim');
    await tini.waitsFor('Diterima. Nomor');
    await eachQuestionOnce(tini);
    expect(await casesOf('Tini')).toHaveLength(1);
  });
});
