import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { SendError } from '../../../src/core/errors.js';
import type { Outgoing } from '../../../src/core/outgoing.js';
import type { MediaSource, SentReport } from '../../../src/channels/channel.js';
import type { Person } from '../../standins/whatsappWeb.js';
import { until } from '../intake.js';
import { aLine, type Line } from './line.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let line: Line;
let people = 0;
/** Somebody new for each test. */
let person: Person;
const reports: SentReport[] = [];
const picture = await sharp({ create: { width: 8, height: 6, channels: 3, background: '#765' } })
  .jpeg()
  .toBuffer();
const media: MediaSource = async (id) => ({ bytes: picture, mime: 'image/jpeg', name: `${id}.jpg` });
const send = async (message: Outgoing) => line.channel.send(await person.id(), message, media);
const begun = () => new Date();
/** Sends what gets no answer, so that the page is begun anew; answers how to look for it there. */
async function unanswered(message: Outgoing, meanwhile: () => Promise<unknown> = () => Promise.resolve()) {
  const chat = await person.id();
  const since = begun();
  const look = () => line.channel.findSent!(chat, message, since);
  await expect(send(message)).rejects.toMatchObject({ failure: 'unknown' });
  await meanwhile();
  const before = line.channel.running();
  await expect(look()).rejects.toThrow('still on its way');
  await line.comesBack(before);
  return look;
}
const sendsTo = async (): Promise<string[]> => {
  const chat = await person.id();
  return (await line.wa.sends())
    .filter((one) => one.chat === chat)
    .map(({ text, outcome }) => `${text}: ${String(outcome)}`);
};

beforeAll(async () => {
  line = await aLine({ sendMs: 6_000 });
  line.intake.reported = async (told) => void reports.push(...told);
  await line.starts();
});
beforeEach(async () => {
  people += 1;
  person = line.wa.person(`62812000010${String(people).padStart(2, '0')}`, `Warga ${people}`);
  await person.writes('halo');
  await until('it is stored', () => line.intake.stored.some((one) => one.ids.phone === person.phone));
});
afterEach(() => line.wa.heals());
afterAll(() => line?.stop());

describe('what goes out', () => {
  test('a document with its name and words', async () => {
    await send({ text: 'Suratnya.', document: { attachmentId: 'd1', name: 'Surat Keterangan.pdf' } });
    const [got] = await person.messages();
    expect(got).toMatchObject({
      kind: 'document',
      text: 'Suratnya.',
      file: { name: 'Surat Keterangan.pdf' },
    });
    expect(Buffer.from(got!.file!.bytes).equals(picture)).toBe(true);
  });

  test('photos, then a place', async () => {
    const { externalIds } = await send({
      text: 'Di sini:',
      photos: ['p1', 'p2'],
      location: { latitude: -8.2192, longitude: 114.3691, label: 'Balai desa' },
    });
    const got = await person.messages();
    expect(got.map(({ kind, text }) => [kind, text])).toEqual([
      ['image', 'Di sini:'],
      ['image', ''],
      ['location', ''],
    ]);
    expect(got[2]!.location).toEqual({ latitude: -8.2192, longitude: 114.3691, label: 'Balai desa' });
    expect(got.map(({ id }) => id)).toEqual(externalIds);
  });

  test('an answer shows what it answers', async () => {
    const asked = await person.writes('jam berapa buka?');
    await send({ text: 'Jam 8.', quotes: asked });
    expect((await person.messages()).at(-1)).toMatchObject({ text: 'Jam 8.', quotes: asked });
    await send({ text: 'Jam 8 ya.', quotes: 'false_62812@c.us_AC00' });
    expect((await person.messages()).at(-1)!.text).toBe('Jam 8 ya.');
  });

  test('a long text is several, in order', async () => {
    const text = Array.from({ length: 900 }, (_, n) => `kata${n}`).join(' ');
    const { externalIds } = await send({ text });
    expect(externalIds.length).toBeGreaterThan(1);
    expect((await person.hears()).join(' ')).toBe(text);
  });

  test('the person sees that we write, before and while', async () => {
    await line.channel.showTyping!(await person.id());
    expect(await person.sees()).toBe('typing');
    await send({ text: 'Baik.' });
    expect(await person.typings()).toBeGreaterThanOrEqual(2);
    await until('it is over', async () => (await person.sees()) === null);
  });

  test('a person who appears under an @lid is answered there', async () => {
    const lid = line.wa.person('6281200002000', 'Wati', { lid: '771200002000' });
    await lid.writes('halo');
    await until('it is stored', () => line.intake.stored.some((one) => one.chatId === '771200002000@lid'));
    const got = line.intake.stored.find((one) => one.chatId === '771200002000@lid')!;
    expect(got.ids).toEqual({ lid: '771200002000', phone: '6281200002000' });
    await line.channel.send(got.chatId, { text: 'Halo Bu Wati' }, media);
    expect(await lid.hears()).toEqual(['Halo Bu Wati']);
  });
});

describe('what became of it', () => {
  test('delivered and read is reported, in order', async () => {
    const { externalIds } = await send({ text: 'Sudah selesai.' });
    await person.receives();
    await person.reads();
    const mine = () => reports.filter((one) => one.externalId === externalIds[0]).map(({ status }) => status);
    await until('it is read', () => mine().includes('read'));
    expect(mine()).toEqual(['sent', 'delivered', 'read']);
  });
});

describe('what fails', () => {
  test('the server refuses: it surely did not go out, and goes again', async () => {
    await line.wa.fails('send', 'refuse', { to: person.phone });
    await expect(send({ text: 'halo' })).rejects.toMatchObject({ failure: 'retry' });
    await send({ text: 'halo' });
    expect(await person.hears()).toEqual(['halo']);
    expect(await sendsTo()).toEqual(['halo: refuse', 'halo: sent']);
  });

  test('that it was refused is told until it is written down: WhatsApp does not say it twice', async () => {
    const before = reports.length;
    let tries = 0;
    line.intake.reported = async (given) => {
      if (given.some(({ status }) => status === 'failed') && ++tries < 3)
        throw new Error('the database is away');
      reports.push(...given);
    };
    await line.wa.fails('send', 'refuse', { to: person.phone });
    await send({ text: 'halo' }).catch(() => {});
    await until('it is written down', () => reports.slice(before).some((one) => one.status === 'failed'));
    expect(tries).toBe(3);
    line.intake.reported = async (given) => void reports.push(...given);
  });

  test('a message that is always refused is given up', async () => {
    await line.wa.fails('send', 'refuse', { to: person.phone, times: 9 });
    const failures: string[] = [];
    while (failures.at(-1) !== 'permanent' && failures.length < 9)
      await send({ text: 'halo' }).catch((cause: unknown) => failures.push((cause as SendError).failure));
    expect(failures).toEqual(['retry', 'retry', 'retry', 'retry', 'permanent']);
  });

  test('of several parts, those that are out do not go again', async () => {
    await line.wa.fails('send', { afterMs: 0 }, { to: person.phone });
    await line.wa.fails('send', 'refuse', { to: person.phone });
    const message = { text: 'Cabai', photos: ['p1', 'p2'] };
    await expect(send(message)).rejects.toMatchObject({ failure: 'retry' });
    const { externalIds } = await send(message);
    const got = await person.messages();
    expect(got.map(({ id }) => id)).toEqual(externalIds);
    expect(got).toHaveLength(2);
  });

  test.each(['drop_after', 'hang'] as const)(
    'no answer (%s): nobody knows; begun anew, the chat tells',
    async (fault) => {
      const message = { text: 'Nomor KTG-1' };
      await line.wa.fails('send', fault, { to: person.phone });
      const found = await (await unanswered(message))();
      expect(found).toEqual((await person.messages()).map(({ id }) => id));
      expect(found).toHaveLength(fault === 'hang' ? 0 : 1);
      if (fault === 'hang') await send(message);
      expect(await person.hears()).toEqual(['Nomor KTG-1']);
    },
  );

  test('of several parts, one whose outcome is unknown is found by itself, though the first went out long before', async () => {
    const message = { text: 'Cabai', photos: ['p1', 'p2'] };
    await line.wa.fails('send', { afterMs: 0 }, { to: person.phone });
    await line.wa.fails('send', 'refuse', { to: person.phone });
    await expect(send(message)).rejects.toMatchObject({ failure: 'retry' });
    await sleep(7_000);
    await line.wa.fails('send', 'drop_after', { to: person.phone });
    const found = await (await unanswered(message))();
    expect(found).toEqual((await person.messages()).map(({ id }) => id));
    expect(found).toHaveLength(2);
  });

  test('two who look into a chat at once both see all of it', async () => {
    await line.wa.fails('send', 'drop_after', { to: person.phone });
    // The newest is in sight; what is older the page loads when it is asked for.
    const look = await unanswered({ text: 'Nomor KTG-1' }, () => person.writes('sudah?'));
    const looks = [1, 2, 3].map(look);
    const ids = (await person.messages()).map(({ id }) => id);
    expect(await Promise.all(looks)).toEqual([ids, ids, ids]);
  });

  test('a file that goes up too slowly does not go out twice: the page that may yet send it ends first', async () => {
    const message = { text: 'Suratnya.', document: { attachmentId: 'd1', name: 'surat.pdf' } };
    await line.wa.fails('upload', { afterMs: 9_000 });
    const look = await unanswered(message);
    expect(await look()).toEqual([]);
    await send(message);
    await sleep(5_000);
    expect((await person.messages()).map(({ kind }) => kind)).toEqual(['document']);
  });

  test('what was not sent is not found', async () => {
    await send({ text: 'Nomor KTG-1' });
    expect(await line.channel.findSent!(await person.id(), { text: 'Nomor KTG-2' }, begun())).toEqual([]);
  });

  test('the same words of an earlier message are not taken for it', async () => {
    await send({ text: 'Menu' });
    expect(await line.channel.findSent!(await person.id(), { text: 'Menu' }, begun())).toEqual([]);
  });

  test('a number that is not on WhatsApp is given up', async () => {
    const chat = '6281200009999@c.us';
    await expect(line.channel.send(chat, { text: 'x' }, media)).rejects.toMatchObject({
      failure: 'permanent',
    });
  });

  test('a picture that is gone does not take the words with it; a document is the message', async () => {
    const gone: MediaSource = () =>
      import('../../../src/core/errors.js').then(({ MediaError }) => {
        throw new MediaError('lost', 'gone');
      });
    const chat = await person.id();
    await line.channel.send(chat, { text: 'Cabai', photos: ['p1'] }, gone);
    expect((await person.messages()).map(({ kind, text }) => [kind, text])).toEqual([['text', 'Cabai']]);
    const document = { attachmentId: 'd1', name: 'surat.pdf' };
    await expect(line.channel.send(chat, { text: '', document }, gone)).rejects.toMatchObject({
      failure: 'permanent',
    });
  });

  test('a browser that dies in the middle: nobody knows, and afterwards the chat tells', async () => {
    const since = begun();
    await line.wa.fails('send', { afterMs: 300 }, { to: person.phone });
    const sending = send({ text: 'Selesai!' });
    const outcome = sending.then(
      () => 'sent',
      (cause: unknown) => (cause as SendError).failure,
    );
    const chat = await person.id();
    await until('the page shows it', async () => (await line.wa.sends()).some((one) => one.chat === chat));
    const before = line.channel.running()!;
    process.kill(before.browserPid()!, 'SIGKILL');
    expect(await outcome).toBe('unknown');
    await line.comesBack(before);
    const found = await line.channel.findSent!(chat, { text: 'Selesai!' }, since);
    expect(found).toEqual((await person.messages()).map(({ id }) => id));
  });
});

describe('files that came in', () => {
  const photo = async () => {
    const id = await person.sendsPhoto(picture, 'jalan rusak');
    await until('it is stored', () => line.intake.stored.some((one) => one.externalId === id));
    return id;
  };

  test('one that WhatsApp no longer has is lost', async () => {
    const remote = await photo();
    await line.wa.fails('download', 'gone');
    await expect(line.channel.fetchMedia({ remote })).rejects.toMatchObject({ failure: 'lost' });
  });

  test('one that cannot be had at the moment is tried again', async () => {
    const remote = await photo();
    await line.wa.fails('download', 'broken');
    await expect(line.channel.fetchMedia({ remote })).rejects.toMatchObject({ failure: 'retry' });
    const { bytes } = await line.channel.fetchMedia({ remote, mime: 'image/jpeg' });
    expect(Buffer.from(bytes).equals(picture)).toBe(true);
  });

  test('one that is too large is not fetched', async () => {
    const remote = await photo();
    await expect(line.channel.fetchMedia({ remote, bytes: 21 * 1024 * 1024 })).rejects.toMatchObject({
      failure: 'refused',
    });
  });

  test('a voice message keeps its kind', async () => {
    const remote = await person.sendsVoice(new Uint8Array([1, 2, 3]));
    await until('it is stored', () => line.intake.stored.some((one) => one.externalId === remote));
    const { content } = line.intake.stored.find((one) => one.externalId === remote)!;
    expect(content).toMatchObject({ kind: 'voice', file: { mime: 'audio/ogg' } });
    expect(await line.channel.fetchMedia(content.kind === 'voice' ? content.file : {})).toEqual({
      bytes: Buffer.from([1, 2, 3]),
      mime: 'audio/ogg',
    });
  });
});

describe("the phone may be somebody's own", () => {
  const ofPerson = () =>
    line.intake.stored.filter((one) => one.ids.phone === person.phone).map(({ content }) => content);

  test('what its owner writes by hand is told; what we send is not taken for it', async () => {
    await send({ text: 'Ada yang bisa dibantu?' });
    await line.wa.owner.writes(person.phone, 'saya yang urus, Bu');
    await send({ text: 'Baik.' });
    await line.wa.owner.writes(person.phone, 'bot lanjut');
    await until('both are told', () => ofPerson().length >= 3);
    expect(ofPerson()).toEqual([
      { kind: 'text', text: 'halo' },
      { kind: 'owner_wrote', says: 'pause' },
      { kind: 'owner_wrote', says: 'resume' },
    ]);
    expect(JSON.stringify(line.intake.stored)).not.toContain('saya yang urus');
  });

  test('groups, statuses, lists of many and private chats are passed over, and stay unread', async () => {
    const wife = line.wa.person('6281200003000', 'Bu Kades');
    line.intake.isPrivate = (chat) => chat === '6281200003000@c.us';
    const before = line.intake.stored.length;
    await person.writesInGroup('120363041234567890@g.us', 'arisan?');
    await person.postsStatus('jalan-jalan');
    await wife.broadcasts('promo!');
    await wife.writes('nanti pulang jam berapa?');
    await until('the private chat is passed over', () =>
      line.log.lines.some((one) => one.includes('a private chat')),
    );
    await person.writes('surat usaha');
    await until('the last is stored', () => line.intake.texts().includes('surat usaha'));
    await until('it is shown as seen', async () => (await person.chat()).at(-1)!.isSeen);
    expect(line.intake.stored.slice(before).map(({ content }) => content)).toEqual([
      { kind: 'text', text: 'surat usaha' },
    ]);
    expect((await wife.chat()).map(({ isSeen }) => isSeen)).toEqual([false, false]);
    expect(line.log.lines.join('\n')).not.toMatch(/arisan|jalan-jalan|promo|pulang/u);
  });

  test('what nobody could decrypt is told as unreadable, and its words when they come', async () => {
    const id = await person.writesUnreadable();
    await person.decrypts(id, 'rahasia surat');
    await until('the words are stored', () => line.intake.texts().includes('rahasia surat'));
  });

  test('reactions and votes are nothing to answer', async () => {
    await send({ text: 'Baik.' });
    const [ours] = await person.messages();
    const before = line.intake.stored.length;
    await person.reacts(ours!, '👍');
    await person.writes('sudah');
    await until('the next is stored', () => line.intake.texts().includes('sudah'));
    expect(line.intake.stored.slice(before)).toHaveLength(1);
  });
});
