import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OGG } from '../../media/samples.js';
import type { Person } from '../../standins/botApi.js';
import { until } from '../intake.js';
import { aGateway, VILLAGE, type Gateway } from './gateway.js';

/** Whatever a chat of Telegram can carry, through the whole program: what becomes of it, and what its sender reads. */
let gateway: Gateway;
let slamet: Person;
let people = 4500;

beforeAll(async () => {
  gateway = await aGateway();
  slamet = await gateway.anOfficer(902, 'Pak Slamet', 'sekretaris');
}, 120_000);
afterAll(() => gateway?.stop());

const someone = (name: string) => gateway.bot.person((people += 1), name);
const aPhoto = (width = 320) =>
  sharp({ create: { width, height: 240, channels: 3, background: '#765' } })
    .jpeg()
    .toBuffer();
const timesSaid = async (person: Person, words: string) =>
  (await person.hears()).filter((text) => text.includes(words)).length;

const QUESTIONS = [
  ['lapor jalan', 'warga desa atau kelurahan mana'],
  [VILLAGE, 'Apa yang rusak'],
  ['jalan', 'Di mana tepatnya'],
  ['Krajan, depan musala', 'Seperti apa'],
  ['lewati', 'Kirim 1 sampai 3 foto'],
  ['lewati', 'Kirim lokasinya'],
  ['lewati', 'Mohon diperiksa'],
] as const;

/** A report of a broken road, up to the question that contains these words. */
async function asked(person: Person, upTo: string): Promise<void> {
  for (const [says, question] of QUESTIONS) {
    await person.writes(says);
    await person.waitsFor(question);
    if (question.includes(upTo)) return;
  }
}

async function filesOf(name: string) {
  const { rows } = await gateway.pool.query<{ kind: string; state: string; width: number | null }>(
    `SELECT f.kind, f.state, f.width FROM attachments f JOIN conversations c ON c.id = f.conversation_id
     JOIN addresses a ON a.id = c.address_id WHERE a.display_name = $1 ORDER BY f.created_at, f.position`,
    [name],
  );
  return rows;
}

test('an album that comes in two batches answers its question once, with all its pictures', async () => {
  const siti = someone('Siti Album');
  await asked(siti, 'foto');
  await gateway.bot.together(async () => {
    for (let n = 0; n < 2; n++) await siti.sendsPhoto(await aPhoto(), { album: 'A1' });
  });
  await siti.sendsPhoto(await aPhoto(), { album: 'A1' });
  await siti.waitsFor('Kirim lokasinya');
  await siti.writes('lewati');
  expect((await siti.waitsFor('Mohon diperiksa')).text).toContain('3 foto');
  expect(await timesSaid(siti, 'Kirim lokasinya')).toBe(1);
  await siti.taps('Kirim');
  await siti.waitsFor('laporan diterima');
  await until('all are stored', async () => {
    const files = await filesOf('Siti Album');
    return files.length === 3 && files.every(({ state }) => state === 'stored');
  });
});

test('what is left of an album when its question is full says nothing more', async () => {
  const dewi = someone('Dewi Album');
  await asked(dewi, 'foto');
  await gateway.bot.together(async () => {
    for (let n = 0; n < 5; n++) await dewi.sendsPhoto(await aPhoto(), { album: 'A2' });
  });
  await dewi.waitsFor('Kirim lokasinya');
  await gateway.rests();
  expect((await dewi.hears()).at(-1)).toContain('Kirim lokasinya');
  expect(await timesSaid(dewi, 'Kirim lokasinya')).toBe(1);
});

test('a picture sent as a file is a picture; another file is not, and its sender is told', async () => {
  const rini = someone('Rini Berkas');
  await asked(rini, 'foto');
  await rini.sendsDocument(Buffer.from('%PDF-1.4 bukan foto'), { name: 'surat.pdf' });
  await rini.waitsFor('Tolong kirim fotonya');
  await rini.sendsDocument(await aPhoto(400), { name: 'IMG_1.jpg', mime: 'image/jpeg' });
  await rini.waitsFor('1 sudah diterima');
  await rini.writes('selesai');
  await rini.waitsFor('Kirim lokasinya');
  await until('it is stored', async () =>
    (await filesOf('Rini Berkas')).some((file) => file.kind === 'photo' && file.width === 400),
  );
});

test('a place with a name is a place', async () => {
  const tini = someone('Tini Tempat');
  await asked(tini, 'lokasinya');
  await tini.sharesLocation(-8.2192, 114.3691, { venue: 'Musala Al-Hikmah' });
  expect((await tini.waitsFor('Mohon diperiksa')).text).toContain('lokasi terkirim');
  await tini.taps('Kirim');
  await tini.waitsFor('laporan diterima');
  const answers = (await gateway.cases()).map((one) => (one.answers as { location?: object }).location);
  expect(answers).toContainEqual({ latitude: -8.2192, longitude: 114.3691 });
});

test('a voice note is stored, and handed to an officer', async () => {
  const wati = someone('Wati Suara');
  await asked(wati, 'Di mana');
  await wati.sendsVoice(OGG);
  await wati.waitsFor('sudah kami teruskan ke petugas');
  await slamet.waitsFor('mengirim pesan suara');
  await until('it is stored', async () => {
    const files = await filesOf('Wati Suara');
    return files.length === 1 && files[0]!.kind === 'voice' && files[0]!.state === 'stored';
  });
});

test('a message changed before it was heard is heard as changed; later, its sender is told', async () => {
  const yuli = someone('Yuli Ubah');
  await asked(yuli, 'Di mana');
  // Both lie in one batch, yet between the two rows a worker may already hear the first: it waits for the conversation.
  const sql = await gateway.pool.connect();
  try {
    await sql.query('BEGIN');
    await sql.query(
      `SELECT FROM conversations WHERE address_id IN (SELECT id FROM addresses WHERE display_name = $1)
       FOR NO KEY UPDATE`,
      ['Yuli Ubah'],
    );
    await gateway.bot.together(async () => {
      await yuli.writes('Krajan, depan sekolah');
      await yuli.edits('Krajan, depan balai desa');
    });
    await gateway.bot.settles();
  } finally {
    await sql.query('COMMIT');
    sql.release();
  }
  await yuli.waitsFor('Seperti apa');
  await yuli.edits('Sumber, depan masjid');
  await yuli.waitsFor('kirim lagi sebagai pesan baru');
  for (const question of ['foto', 'lokasinya', 'Mohon diperiksa']) {
    await yuli.writes('lewati');
    const { text } = await yuli.waitsFor(question);
    if (question === 'Mohon diperiksa') expect(text).toContain('Krajan, depan balai desa');
  }
});

test("another's contact proves nothing: who brings it is no officer, and the invite stays open", async () => {
  const impostor = someone('Bukan Petugas');
  const invite = await gateway.anInvite(904, 'Bu Nur', 'kasi_pelayanan');
  await impostor.starts(invite.payload);
  await impostor.waitsFor('Undangan untuk');
  await impostor.sharesContact(`+${invite.phone}`, { of: 904 });
  await impostor.waitsFor('Itu nomor orang lain');
  await impostor.sharesContact('+6281299999999');
  await impostor.waitsFor('bukan nomor yang diundang');
  const nur = gateway.bot.person(904, 'Bu Nur');
  await nur.starts(invite.payload);
  await nur.waitsFor('Undangan untuk');
  await nur.sharesContact(`+${invite.phone}`);
  await nur.waitsFor('Selamat bertugas');
});

test.each([
  ['video', 'video belum bisa kami buka'],
  ['video_note', 'video belum bisa kami buka'],
  ['animation', 'video belum bisa kami buka'],
  ['audio', 'rekaman itu belum bisa kami buka'],
  ['poll', 'jajak pendapat belum bisa kami baca'],
  ['dice', 'belum bisa kami baca'],
] as const)('%s: answered politely, and the question is asked again', async (what, words) => {
  const person = someone(`Warga ${what}`);
  await asked(person, 'Di mana');
  await person.sends(what);
  const { text } = await person.waitsFor(words);
  expect(text).toContain('Di mana tepatnya');
  expect(await filesOf(`Warga ${what}`)).toEqual([]);
});
