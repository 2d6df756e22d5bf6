import { randomBytes } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGroupLink } from '../../../src/store/officerGroups.js';
import { inTransaction } from '../../../src/store/sql.js';
import type { Group, Person } from '../../standins/botApi.js';
import { until } from '../intake.js';
import { aGateway, VILLAGE, type Gateway } from './gateway.js';
import { goesThePaperWay } from './paperLetter.js';

/**
 * A village office's supergroup, on real parts: its link, a topic for each case, taps of many, and all that may happen to
 * a group.
 */
let gateway: Gateway;
let sri: Person;
let slamet: Person;
/** The secretary and the head of the village. */
let endah: Person;
let arifin: Person;
/** An officer of another village, and somebody of none, who read along. */
let stranger: Person;
let office: Group;
let people = 4100;

beforeAll(async () => {
  gateway = await aGateway();
  sri = await gateway.anOfficer(901, 'Bu Sri', 'kasi_pelayanan');
  slamet = await gateway.anOfficer(902, 'Pak Slamet', 'operator');
  endah = await gateway.anOfficer(903, 'Bu Endah', 'sekretaris');
  arifin = await gateway.anOfficer(904, 'Pak Arifin', 'kepala_desa');
  stranger = gateway.bot.person(950, 'Tamu');
  office = gateway.bot.group(-100_500, 'Kantor Desa Gintangan', { forum: true });
}, 120_000);
afterAll(() => gateway?.stop());

/** What the console's page of officers gives a keeper. */
async function aLink(): Promise<string> {
  return await inTransaction(gateway.pool, async (sql) => {
    const { rows } = await sql.query<{ village: string; officer: string }>(
      'SELECT v.id AS village, o.id AS officer FROM villages v, officers o WHERE v.name = $1 AND o.name = $2',
      [VILLAGE, 'Bu Endah'],
    );
    const given = { villageId: rows[0]!.village, officerId: rows[0]!.officer };
    const { payload } = await createGroupLink(sql, given, {
      newId,
      random: (size) => randomBytes(size),
      now: new Date(),
    });
    return payload;
  });
}

/** A business letter is asked for; answers with its code. */
async function aRequest(name: string): Promise<{ code: string; person: Person }> {
  const person = gateway.bot.person((people += 1), name);
  const answers = [
    ['surat usaha', 'warga desa atau kelurahan mana'],
    [VILLAGE, 'Atas nama siapa'],
    [`${name} Rahayu`, 'Apa nama usahanya'],
    ['Warung', 'bidang apa'],
    ['dagang', 'Di mana tempat usahanya'],
    ['Krajan RT 02 RW 01', 'mulai tahun berapa'],
    ['2019', 'dipakai untuk apa'],
    ['kur', 'foto tempat usaha'],
    ['lewati', 'Mohon diperiksa'],
    ['kirim', 'Diterima. Nomor'],
  ] as const;
  let heard = '';
  for (const [says, question] of answers) {
    await person.writes(says);
    heard = (await person.waitsFor(question)).text;
  }
  return { code: /Nomor (\S+?)[,.] /u.exec(heard)![1]!, person };
}

const topicOf = async (code: string) => (await office.topics()).find((topic) => topic.name.includes(code));
async function groupsOf() {
  const { rows } = await gateway.pool.query<{ title: string; isEnded: boolean }>(
    `SELECT a.display_name AS title, g.ended_at IS NOT NULL AS "isEnded" FROM officer_groups g
     JOIN conversations c ON c.id = g.conversation_id JOIN addresses a ON a.id = c.address_id ORDER BY g.linked_at`,
  );
  return rows;
}

describe("a village office's group", () => {
  test('is brought by a link, which works once, and hears what will appear there and what never will', async () => {
    const payload = await aLink();
    await office.addsBot(slamet, payload);
    await office.promotesBot(slamet);
    const welcome = await office.waitsFor(`grup kantor ${VILLAGE}`);
    expect(welcome.text).toContain('Yang tidak pernah muncul di sini');
    expect(await groupsOf()).toEqual([{ title: 'Kantor Desa Gintangan', isEnded: false }]);
    const other = gateway.bot.group(-100_501, 'Grup lain', { forum: true });
    await other.addsBot(stranger, payload);
    await other.waitsFor('sudah dipakai');
    await other.says(stranger, '/start@desa_uji_bot grp-tidak-ada');
    await other.waitsFor('tidak berlaku lagi');
    expect(await groupsOf()).toHaveLength(1);
    const { rows } = await gateway.pool.query<{ body: object }>('SELECT body FROM inbound_messages');
    expect(JSON.stringify(rows)).not.toContain(payload.slice(4));
  });

  test('what officers say to each other there is neither stored nor answered', async () => {
    const before = await office.hears();
    await office.says(sri, 'Bu Siti yang KTP-nya hilang itu sudah datang belum?');
    await office.says(sri, '/menu@desa_uji_bot');
    await office.says(sri, 'rumah kebakaran');
    await gateway.rests();
    expect(await office.hears()).toEqual(before);
    const { rows } = await gateway.pool.query("SELECT 1 FROM inbound_messages WHERE body::text LIKE '%KTP%'");
    expect(rows).toEqual([]);
  });

  test('a new case gets a topic of its own: code, service and first name, with buttons', async () => {
    const { code } = await aRequest('Siti');
    const told = await office.waitsFor(`Permohonan baru ${code}`);
    expect(told.buttons).toEqual([['Ambil', 'Lihat']]);
    const topic = await topicOf(code);
    expect(topic).toMatchObject({ name: `${code} · Surat Keterangan Usaha · Siti`, isClosed: false });
    expect(topic!.texts.join(' ')).not.toContain('Rahayu');
    await office.taps(sri, 'Lihat');
    expect((await sri.waitsFor(`${code} · Surat Keterangan Usaha · Siti\nKeadaan`)).buttons.flat()).toContain(
      'Ambil',
    );
  });

  test('two tap at once: one has it, the other hears who, each in their own chat; the buttons go', async () => {
    const code = (await office.topics()).at(-1)!.name.split(' ')[0]!;
    await gateway.bot.together(() => Promise.all([office.taps(sri, 'Ambil'), office.taps(slamet, 'Ambil')]));
    const answers = await Promise.all(
      [sri, slamet].map((officer) => officer.waitsFor(/^Diambil\.|sudah ditangani/u)),
    );
    const winner = answers.findIndex((message) => message.text.startsWith('Diambil.'));
    const name = ['Bu Sri', 'Pak Slamet'][winner]!;
    expect(answers[1 - winner]!.text).toMatch(new RegExp(`^${code} .*: sudah ditangani ${name}`, 'u'));
    await office.waitsFor(`${code} dikerjakan, oleh ${name}`);
    await gateway.rests();
    expect((await topicOf(code))!.texts).toEqual([
      expect.stringContaining(`Permohonan baru ${code}`),
      `${code} dikerjakan, oleh ${name}.`,
    ]);
    await until('the buttons are gone', async () =>
      (await office.messages()).every((message) => message.buttons.length === 0),
    );
    const taps = (await gateway.bot.calls('answerCallbackQuery')).map((call) => call.params['text']);
    expect(taps).toContain(
      'Jawabannya masuk ke chat pribadi dengan @desa_uji_bot. Belum pernah membukanya? Buka @desa_uji_bot, lalu tekan Mulai.',
    );
    const officer = winner === 0 ? sri : slamet;
    await goesThePaperWay(gateway, { checks: officer, initials: endah, signs: arifin }, code);
    await office.waitsFor(`${code} selesai, oleh ${name}`);
    await until('the topic is closed', async () => (await topicOf(code))!.isClosed);
    expect((await topicOf(code))!.texts.slice(2)).toEqual([
      `${code} diperiksa: lengkap, oleh ${name}.`,
      `${code} diparaf, oleh Bu Endah.`,
      `${code} siap diambil, oleh Pak Arifin.`,
      `${code} selesai, oleh ${name}.`,
    ]);
  });

  test('who is no officer of the village gets a polite answer in their own chat, and changes nothing', async () => {
    const { code } = await aRequest('Rini');
    await office.waitsFor(`Permohonan baru ${code}`);
    await stranger.writes('halo');
    await office.taps(stranger, 'Ambil');
    await stranger.waitsFor('petugas');
    // Who never opened the chat cannot be written to: the tap itself was answered.
    const newcomer = gateway.bot.person(951, 'Baru');
    await office.taps(newcomer, 'Ambil');
    await gateway.rests();
    expect(await newcomer.hears()).toEqual([]);
    expect((await gateway.cases()).find((one) => one.code === code)).toMatchObject({ status: 'open' });
    expect((await topicOf(code))!.texts).toHaveLength(1);
    await newcomer.starts();
    await until(
      'they are answered once they have opened it',
      async () => (await newcomer.hears()).length > 0,
    );
  });

  test('a topic that somebody deleted is made again, and one that was closed by hand is spoken in', async () => {
    const { code } = await aRequest('Wati');
    await office.waitsFor(`Permohonan baru ${code}`);
    await gateway.rests();
    await office.deletesTopic(code);
    await office.taps(sri, 'Ambil');
    await office.waitsFor(`${code} dikerjakan, oleh Bu Sri`);
    expect(await topicOf(code)).toMatchObject({
      texts: [`${code} dikerjakan, oleh Bu Sri.`],
      isClosed: false,
    });
    await office.closesTopic(code);
    await sri.waitsFor('Diambil.');
    await sri.taps('Lainnya');
    await sri.waitsFor('pilih tindakannya');
    await sri.taps('Tolak');
    await sri.waitsFor('Apa alasan');
    await sri.writes('Usahanya di desa lain');
    await office.waitsFor(`${code} ditolak, oleh Bu Sri`);
    await until('it is closed at the end', async () => (await topicOf(code))!.isClosed);
  });

  test('a confidential case never appears there, and of a complaint not who made it', async () => {
    const before = await office.hears();
    const sumi = gateway.bot.person((people += 1), 'Sumi');
    for (const [says, question] of [
      ['/start f-poverty-statement', 'warga desa atau kelurahan mana'],
      [VILLAGE, 'Mau kami teruskan'],
      ['ya', 'Atas nama siapa'],
      ['Sumi', 'Siapa nama pasiennya'],
      ['Sumiati', 'Dirawat atau berobat di mana'],
      ['RSUD Blambangan', 'Mulai dirawat'],
      ['lewati', 'Mohon diperiksa'],
      ['kirim', 'Diterima. Nomor'],
    ] as const) {
      await sumi.writes(says);
      await sumi.waitsFor(question);
    }
    await gateway.rests();
    expect(await office.hears()).toEqual(before);
    const dewi = gateway.bot.person((people += 1), 'Dewi');
    for (const [says, question] of [
      ['lapor jalan', 'warga desa atau kelurahan mana'],
      [VILLAGE, 'Apa yang rusak'],
      ['jalan', 'Di mana tepatnya'],
      ['Krajan, depan musala', 'Seperti apa'],
      ['lewati', 'foto'],
      ['lewati', 'lokasinya'],
      ['lewati', 'Mohon diperiksa'],
      ['kirim', 'laporan diterima'],
    ] as const) {
      await dewi.writes(says);
      await dewi.waitsFor(question);
    }
    const told = await office.waitsFor('Laporan jalan atau lampu rusak');
    const code = /baru (\S+)/u.exec(told.text)![1]!;
    expect(await topicOf(code)).toMatchObject({ name: `${code} · Laporan jalan atau lampu rusak` });
    expect(told.text).not.toContain('Dewi');
  });

  test('another group takes its place: each is told, and only the new one hears of cases', async () => {
    const annex = gateway.bot.group(-800, 'Kantor Baru');
    await annex.addsBot(slamet, await aLink());
    await annex.waitsFor(`grup kantor ${VILLAGE}`);
    await office.waitsFor('tidak lagi menerima kabar');
    expect((await groupsOf()).map((group) => group.isEnded)).toEqual([true, false]);
    const before = await office.hears();
    const { code } = await aRequest('Tini');
    expect((await annex.waitsFor(`Permohonan baru ${code}`)).buttons).toEqual([['Ambil', 'Lihat']]);
    await annex.taps(sri, 'Ambil');
    await annex.waitsFor(`${code} dikerjakan, oleh Bu Sri`);
    await gateway.rests();
    // It has no topics: its messages stand in one row, and the newest of a case alone has buttons.
    expect((await annex.topics()).map(({ name }) => name)).toEqual(['']);
    await until('the buttons are gone', async () =>
      (await annex.messages()).every((message) => message.buttons.length === 0),
    );
    expect(await office.hears()).toEqual(before);
  });

  test('it becomes a supergroup, and is told there', async () => {
    const annex = gateway.bot.group(-800, 'Kantor Baru');
    const grown = await annex.becomes(-100_801, slamet);
    const { code } = await aRequest('Yuli');
    await grown.waitsFor(`Permohonan baru ${code}`);
    await grown.taps(slamet, 'Ambil');
    await grown.waitsFor(`${code} dikerjakan, oleh Pak Slamet`);
    expect((await groupsOf()).map((group) => group.isEnded)).toEqual([true, false]);
  });

  test('it puts us out: it ends, its officers hear of it, and it may be linked again', async () => {
    const grown = gateway.bot.group(-100_801, 'Kantor Baru');
    await grown.putsOut(slamet);
    for (const officer of [sri, slamet]) await officer.waitsFor('dikeluarkan dari grup kantor');
    expect((await groupsOf()).every((group) => group.isEnded)).toBe(true);
    await grown.addsBot(slamet, await aLink());
    await grown.waitsFor(`grup kantor ${VILLAGE}`);
    const { code } = await aRequest('Nur');
    await grown.waitsFor(`Permohonan baru ${code}`);
  });

  test('that it put us out, and nobody told: a send that is refused ends it as well', async () => {
    const grown = gateway.bot.group(-100_801, 'Kantor Baru');
    await gateway.bot.fails(
      'sendMessage',
      { status: 403, description: 'Forbidden: bot was kicked from the supergroup chat' },
      { chat: -100_801 },
    );
    await aRequest('Endang');
    for (const officer of [sri, slamet]) await officer.waitsFor('dikeluarkan dari grup kantor');
    expect((await groupsOf()).every((group) => group.isEnded)).toBe(true);
    await grown.addsBot(slamet, await aLink());
    await grown.waitsFor(`grup kantor ${VILLAGE}`);
  });

  test('/putus ends it', async () => {
    const grown = gateway.bot.group(-100_801, 'Kantor Baru');
    await grown.says(sri, '/putus@desa_uji_bot');
    await grown.waitsFor('Grup ini tidak lagi menerima kabar');
    const before = await grown.hears();
    await aRequest('Lilis');
    await gateway.rests();
    expect(await grown.hears()).toEqual(before);
    await grown.says(sri, '/putus');
    await grown.waitsFor('memang belum tersambung');
  });
});
