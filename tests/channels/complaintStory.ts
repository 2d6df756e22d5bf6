import type { Pool } from 'pg';
import sharp from 'sharp';
import { expect } from 'vitest';
import { until } from './intake.js';

/**
 * A phone as a story needs it, whatever the channel. Each channel's own test makes one of its stand-in's person; acts
 * resolve once the platform has them.
 */
export interface StoryPhone {
  writes(text: string): Promise<unknown>;
  /** Chooses what is offered under this label: a tap, or where choices are numbered lines, the number or the label. */
  answers(label: string): Promise<unknown>;
  sendsPhoto(bytes: Uint8Array, caption?: string): Promise<unknown>;
  sharesLocation(latitude: number, longitude: number): Promise<unknown>;
  /** The texts that we sent here, in order; a message that the platform needs several requests for is one text. */
  sees(): Promise<string[]>;
}

export interface ComplaintStory {
  resident: StoryPhone;
  /** Already linked (see telegram/gateway.ts `anOfficer`), with the role sekretaris or kepala_desa of `village`. */
  officer: StoryPhone;
  pool: Pool;
  /** A village that takes requests. */
  village: string;
  /** The officer's name, as the resident reads it. */
  officerName: string;
}

const PLACE = { latitude: -8.2192, longitude: 114.3691 };
/** Of a place that the wire may round: about ten centimetres. */
const DIGITS = 6;
const QUESTION = 'Lubangnya di jalan desa atau jalan kabupaten?';
const ANSWER = 'Jalan desa, dekat jembatan kecil';
const LAST_WORDS = 'Sudah ditambal hari ini';

/**
 * The story that every channel must be able to tell: a resident reports a broken road with a photo and a place, one case
 * comes of it, an officer takes it, asks, is answered, and finishes it. Holds each side's messages in their exact order,
 * the rows, and that nothing was said or stored twice. Answers with the case's code.
 */
export async function complaintStory(story: ComplaintStory): Promise<string> {
  const { pool, village, officerName } = story;
  const before = await caseIds(pool);
  const resident = await follow(story.resident);
  const officer = await follow(story.officer);

  await resident.does((phone) => phone.writes('lapor jalan'), 'warga desa atau kelurahan mana');
  await resident.does((phone) => phone.writes(village), 'Apa yang rusak');
  await resident.does((phone) => phone.answers('Jalan'), 'Di mana tepatnya');
  await resident.does((phone) => phone.writes('Krajan, depan musala'), 'Seperti apa kerusakannya');
  await resident.does((phone) => phone.writes('lubang dalam, motor sering jatuh'), 'Kirim 1 sampai 3 foto');
  const photo = await aPhoto();
  await resident.does((phone) => phone.sendsPhoto(photo), '1 sudah diterima');
  await resident.does((phone) => phone.writes('selesai'), 'Kirim lokasinya');
  const summary = await resident.does(
    (phone) => phone.sharesLocation(PLACE.latitude, PLACE.longitude),
    'Mohon diperiksa',
  );
  for (const told of ['Jalan', 'Krajan, depan musala', 'lubang dalam', '1 foto', 'lokasi terkirim'])
    expect(summary).toContain(told);
  const receipt = await resident.does((phone) => phone.answers('Kirim'), 'laporan diterima. Nomor');
  const code = /Nomor (\S+?)\. /u.exec(receipt)![1]!;

  const told = await officer.hears(`Permohonan baru ${code}`);
  expect(told).toContain(village);
  await officer.does((phone) => phone.answers('Ambil'), 'Diambil. Warga sudah diberi tahu');
  expect(await resident.hears('sedang diperiksa')).toContain(officerName);
  await officer.does((phone) => phone.answers('Tanya warga'), `Ke: warga (${code}`);
  await officer.does((phone) => phone.writes(QUESTION), 'Pertanyaan sudah dikirim');
  expect(await resident.hears('bertanya tentang')).toContain(QUESTION);
  await resident.does((phone) => phone.writes(ANSWER), 'jawabannya sudah kami sampaikan');
  expect(await officer.hears(`Warga menjawab untuk ${code}`)).toContain(ANSWER);
  await officer.does((phone) => phone.answers('Selesai'), 'selesai?');
  await officer.does((phone) => phone.writes(LAST_WORDS), 'Selesai. Warga sudah diberi tahu');
  expect(await resident.hears('Selesai!')).toContain(LAST_WORDS);

  await atRest(pool);
  await resident.heardNothingElse();
  await officer.heardNothingElse();
  await oneCase(pool, before, code);
  return code;
}

/** Keeps an exact account of what a phone sees: each text is waited for, and must be the very next one. */
async function follow(phone: StoryPhone) {
  let seen = (await phone.sees()).length;
  const heard: string[] = [];

  async function hears(words: string): Promise<string> {
    await until(
      `somebody is told "${words}"; they read ${JSON.stringify((await phone.sees()).slice(-3))}`,
      async () => (await phone.sees()).slice(seen).some((text) => text.includes(words)),
    );
    const text = (await phone.sees())[seen]!;
    expect(text).toContain(words);
    seen += 1;
    heard.push(words);
    return text;
  }

  return {
    hears,
    async does(act: (phone: StoryPhone) => Promise<unknown>, words: string): Promise<string> {
      await act(phone);
      return await hears(words);
    },
    async heardNothingElse(): Promise<void> {
      const texts = (await phone.sees()).slice(seen - heard.length);
      expect(texts.map((text, n) => (heard[n] && text.includes(heard[n]) ? heard[n] : text))).toEqual(heard);
    },
  };
}

/** Everything that came is handled, everything that was said is out, and whoever is to be told was. */
async function atRest(pool: Pool): Promise<void> {
  await until('nothing waits', async () => {
    const { rows } = await pool.query<{ n: number }>(
      `SELECT (SELECT count(*) FROM inbound_messages WHERE handled_at IS NULL)::int
         + (SELECT count(*) FROM outbound_messages WHERE state IN ('pending', 'sending'))::int
         + (SELECT count(*) FROM notifications WHERE told_at IS NULL)::int
         + (SELECT count(*) FROM attachments WHERE state = 'waiting')::int AS n`,
    );
    return rows[0]!.n === 0;
  });
}

async function caseIds(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM cases');
  return rows.map((row) => row.id);
}

async function oneCase(pool: Pool, before: string[], code: string): Promise<void> {
  const { rows: cases } = await pool.query<{
    id: string;
    code: string;
    service: string;
    status: string;
    answers: { location?: { latitude: number; longitude: number }; [name: string]: unknown };
  }>('SELECT id, code, service, status, answers FROM cases WHERE id <> ALL ($1::uuid[])', [before]);
  expect(cases).toMatchObject([
    {
      code,
      service: 'infrastruktur',
      status: 'finished',
      answers: {
        what: 'road',
        place: 'Krajan, depan musala',
        detail: 'lubang dalam, motor sering jatuh',
        location: {
          latitude: expect.closeTo(PLACE.latitude, DIGITS) as number,
          longitude: expect.closeTo(PLACE.longitude, DIGITS) as number,
        },
      },
    },
  ]);
  const { id } = cases[0]!;
  const { rows: events } = await pool.query<{ kind: string }>(
    'SELECT kind FROM case_events WHERE case_id = $1 ORDER BY number',
    [id],
  );
  expect(events.map((event) => event.kind)).toEqual([
    'case_opened',
    'case_taken',
    'case_asked',
    'case_answered',
    'case_finished',
  ]);
  const { rows: files } = await pool.query<object>(
    'SELECT kind, state, mime, width, height, bytes > 0 AS "isKept" FROM attachments WHERE case_id = $1',
    [id],
  );
  expect(files).toEqual([
    { kind: 'photo', state: 'stored', mime: 'image/jpeg', width: 640, height: 480, isKept: true },
  ]);
}

async function aPhoto(): Promise<Uint8Array> {
  const picture = { width: 640, height: 480, channels: 3 as const, background: '#765' };
  return await sharp({ create: picture }).jpeg().toBuffer();
}
