import { withoutToken } from '../../src/core/inviteToken.js';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MediaSource } from '../../src/channels/channel.js';
import type { Outgoing } from '../../src/core/outgoing.js';
import { testIntake, until, type TestIntake } from './intake.js';
import type { Rig } from './rigs.js';

/** What every channel owes: run against each by contract.test.ts. A new channel brings a rig, and passes. */
export function channelContract(
  name: string,
  open: () => Promise<Rig>,
  cannot: { [ability: string]: string } = {},
): void {
  describe(`channel ${name}`, () => {
    let rig: Rig;
    let intake: TestIntake;
    const photo = new Uint8Array([0xff, 0xd8, 0xff, 1, 2, 3]);
    // What goes out is a real picture: a browser opens it before it sends it.
    const media: MediaSource = async () => ({
      bytes: await sharp({ create: { width: 4, height: 3, channels: 3, background: '#765' } })
        .jpeg()
        .toBuffer(),
      mime: 'image/jpeg',
      name: 'foto.jpg',
    });
    const send = (message: Outgoing) => rig.channel.send(rig.chatId, message, media);
    const arrives = (count: number) =>
      until(`${count} messages are stored`, () => intake.stored.length >= count);
    /** A test of what not every platform can; the skip names the reason. */
    const ability = (key: string, title: string, run: () => Promise<void>) =>
      cannot[key] ? test.skip(`${title} (skipped: ${cannot[key]})`, run) : test(title, run);

    beforeEach(async () => {
      rig = await open();
      intake = testIntake();
      await rig.channel.start(intake);
    });
    afterEach(() => rig.close());

    test('a text arrives with who wrote it and where an answer goes', async () => {
      await rig.writes('mau urus surat');
      await arrives(1);
      expect(intake.stored[0]).toMatchObject({
        lineId: rig.channel.lineId,
        platform: rig.channel.platform,
        chatId: rig.chatId,
        displayName: 'Siti',
        content: { kind: 'text', text: 'mau urus surat' },
      });
      expect(Object.values(intake.stored[0]!.ids).filter(Boolean)).not.toEqual([]);
      expect(intake.stored[0]!.sentAt).toBeInstanceOf(Date);
      expect(intake.stored[0]!.isGroup ?? false).toBe(false);
    });

    test("a person's messages arrive in order", async () => {
      const texts = Array.from({ length: 12 }, (_, n) => `pesan ${n}`);
      for (const text of texts) await rig.writes(text);
      await arrives(12);
      expect(intake.texts()).toEqual(texts);
    });

    ability('redelivery', 'what is not stored comes again, in order, and once', async () => {
      intake.fails(2);
      for (const text of ['satu', 'dua', 'tiga', 'empat']) await rig.writes(text);
      await arrives(4);
      await until('the platform has its confirmation', () => rig.isSettled());
      expect(intake.texts()).toEqual(['satu', 'dua', 'tiga', 'empat']);
    });

    ability('refusal', 'what is not stored is refused to the person at once', async () => {
      intake.fails(1);
      await expect(rig.writes('satu')).rejects.toThrow('the store failed');
      await rig.writes('dua');
      expect(intake.texts()).toEqual(['dua']);
    });

    ability('redelivery', 'what is delivered twice carries the same external id', async () => {
      await rig.writesTwice!('halo');
      await until('it came twice', () => intake.tries.length >= 2);
      expect(new Set(intake.tries).size).toBe(1);
      expect(intake.texts()).toEqual(['halo']);
    });

    test('nothing is confirmed to the platform before it is stored', async () => {
      const release = intake.holds();
      const written = rig.writes('halo');
      await until('it is being stored', () => intake.tries.length > 0);
      if (!cannot['redelivery']) expect(await rig.isSettled()).toBe(false);
      expect(intake.stored).toEqual([]);
      release();
      await written;
      await arrives(1);
      await until('it is confirmed', () => rig.isSettled());
    });

    test('a text goes out, with its external id', async () => {
      await rig.writes('halo');
      await arrives(1);
      const { externalIds } = await send({ text: 'Selamat pagi.' });
      expect(externalIds).toHaveLength(1);
      expect(await rig.sees()).toEqual([{ text: 'Selamat pagi.', buttons: [], photos: 0 }]);
    });

    test('choices are buttons, or numbered lines', async () => {
      await rig.writes('halo');
      await arrives(1);
      await send({
        text: 'Benar?',
        choices: [
          { label: 'Ya', payload: 'a.k3.0' },
          { label: 'Tidak', payload: 'a.k3.1' },
        ],
      });
      expect(await rig.sees()).toEqual([
        rig.channel.limits.choices === 'buttons'
          ? { text: 'Benar?', buttons: ['Ya', 'Tidak'], photos: 0 }
          : { text: 'Benar?\n\n1. Ya\n2. Tidak', buttons: [], photos: 0 },
      ]);
    });

    ability('buttons', 'a tap comes back with our payload and its label', async () => {
      await rig.writes('halo');
      await arrives(1);
      await send({ text: 'Benar?', choices: [{ label: 'Ya', payload: 'a.k3.0' }] });
      await rig.taps('Ya');
      await arrives(2);
      expect(intake.stored[1]!.content).toEqual({ kind: 'tap', payload: 'a.k3.0', label: 'Ya' });
    });

    ability('closing', 'the answer takes the buttons off', async () => {
      await rig.writes('halo');
      await arrives(1);
      await send({ text: 'Benar?', choices: [{ label: 'Ya', payload: 'a.k3.0' }] });
      await rig.taps('Ya');
      await arrives(2);
      await send({ text: 'Baik.', closes: intake.stored[1]!.externalId });
      expect(await rig.sees()).toEqual([
        { text: 'Benar?', buttons: [], photos: 0 },
        { text: 'Baik.', buttons: [], photos: 0 },
      ]);
    });

    ability('buttons', 'two taps on one button are two messages', async () => {
      await rig.writes('halo');
      await arrives(1);
      await send({ text: 'Kirim?', choices: [{ label: 'Kirim', payload: 'a.k3.0' }] });
      await Promise.all([rig.taps('Kirim'), rig.taps('Kirim')]);
      await arrives(3);
      expect(new Set(intake.stored.map((inbound) => inbound.externalId)).size).toBe(3);
    });

    test('a photo goes out with its text', async () => {
      await rig.writes('halo');
      await arrives(1);
      await send({ text: 'Cabai rawit', photos: ['p1'] });
      expect(await rig.sees()).toEqual([{ text: 'Cabai rawit', buttons: [], photos: 1 }]);
    });

    test('a photo that came in can be fetched, as it was sent', async () => {
      await rig.sendsPhoto(photo, 'jalan rusak');
      await arrives(1);
      const content = intake.stored[0]!.content;
      expect(content).toMatchObject({ kind: 'photo', caption: 'jalan rusak' });
      if (!cannot['sizes']) expect(content).toMatchObject({ file: { bytes: photo.length } });
      const fetched = await rig.channel.fetchMedia(content.kind === 'photo' ? content.file : {});
      expect(new Uint8Array(fetched.bytes)).toEqual(photo);
    });

    test('a document that came in keeps its name, and can be fetched', async () => {
      await rig.sendsDocument(photo, 'pengantar.pdf');
      await arrives(1);
      const content = intake.stored[0]!.content;
      expect(content).toMatchObject({ kind: 'document', name: 'pengantar.pdf' });
      expect(
        (await rig.channel.fetchMedia(content.kind === 'document' ? content.file : {})).bytes,
      ).toHaveLength(photo.length);
    });

    test('a file that the platform does not have is lost, not tried for ever', async () => {
      await expect(rig.channel.fetchMedia({ remote: 'nowhere.jpg' })).rejects.toMatchObject({
        failure: 'lost',
      });
      await expect(rig.channel.fetchMedia({})).rejects.toMatchObject({ failure: 'lost' });
    });

    test("one's own contact proves the number, another's does not", async () => {
      await rig.sharesOwnContact();
      await rig.sharesOtherContact();
      await arrives(2);
      expect(intake.contents()).toMatchObject([
        { kind: 'contact', phone: '6281200000041', isOwn: true },
        { kind: 'contact', phone: '6281200000042', isOwn: false },
      ]);
    });

    test('a location arrives as its coordinates', async () => {
      await rig.sharesLocation(-8.2192, 114.3691);
      await arrives(1);
      expect(intake.contents()).toEqual([{ kind: 'location', latitude: -8.2192, longitude: 114.3691 }]);
    });

    test('an edit names the message that it changes', async () => {
      await rig.writes('satu');
      await arrives(1);
      await rig.edits('dua');
      await arrives(2);
      expect(intake.stored[1]!.content).toEqual({
        kind: 'edit',
        externalId: intake.stored[0]!.externalId,
        text: 'dua',
      });
    });

    test('a link opens the chat with its payload', async () => {
      await rig.opensLink('inv-Ab3');
      await arrives(1);
      expect(intake.contents()).toEqual([{ kind: 'start', payload: withoutToken('inv-Ab3') }]);
    });

    ability('blocks', 'who blocks us is not written to; who unblocks us is', async () => {
      await rig.writes('halo');
      await rig.blocks();
      await arrives(2);
      await expect(send({ text: 'x' })).rejects.toMatchObject({ name: 'SendError', failure: 'blocked' });
      await rig.unblocks();
      await arrives(3);
      await send({ text: 'Selamat datang kembali.' });
      expect(intake.contents().map((content) => content.kind)).toEqual(['text', 'blocked', 'unblocked']);
      expect(await rig.sees()).toHaveLength(1);
    });

    test('identity numbers, NUL and lone surrogates never come this far', async () => {
      await rig.writes('NIK 3510121708900001 \0 \ud83d');
      await rig.sendsPhoto(photo, 'KK 3510-1217-0890-0002');
      await arrives(2);
      const words = JSON.stringify(intake.contents());
      expect(words).toContain('351012******0001');
      expect(words).not.toMatch(/3510121708900001|3510-1217-0890-0002|\\u0000|\\ud83d/u);
    });

    test('a chat that does not exist is given up at once', async () => {
      await expect(rig.channel.send('999', { text: 'x' }, media)).rejects.toMatchObject({
        failure: 'permanent',
      });
    });

    test('a message of nothing is given up at once', async () => {
      await rig.writes('halo');
      await arrives(1);
      await expect(send({ text: '  ' })).rejects.toMatchObject({ failure: 'permanent' });
    });

    ability('groups', 'a group is marked, and is an address of its own', async () => {
      await rig.writesInGroup!('/start@desa_uji_bot grp-tautan');
      await rig.writes('halo');
      await arrives(2);
      const [group, person] = intake.stored.toSorted(
        (a, b) => Number(b.isGroup ?? false) - Number(a.isGroup ?? false),
      );
      expect(group!.isGroup).toBe(true);
      expect(group!.ids).not.toEqual(person!.ids);
      expect(group!.chatId).not.toBe(person!.chatId);
    });

    test('stopping lets what is in hand finish, and then nothing more is received', async () => {
      const release = intake.holds();
      const written = rig.writes('terakhir');
      await until('it is being stored', () => intake.tries.length > 0);
      let isStopped = false;
      const stopped = rig.channel.stop().then(() => (isStopped = true));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(isStopped).toBe(false);
      release();
      await stopped;
      await written;
      expect(intake.texts()).toEqual(['terakhir']);
      await Promise.resolve(rig.writes('terlambat')).catch(() => {});
      expect(intake.texts()).toEqual(['terakhir']);
      expect(rig.channel.health().state).toBe('stopped');
    });

    test('a line that was stopped can be started again', async () => {
      await rig.writes('satu');
      await arrives(1);
      await rig.channel.stop();
      await rig.channel.start(intake);
      await rig.writes('dua');
      await arrives(2);
      await send({ text: 'Baik.' });
      expect(intake.texts()).toEqual(['satu', 'dua']);
      expect((await rig.sees()).map(({ text }) => text)).toEqual(['Baik.']);
    });

    test('a line that listens says that it is up', async () => {
      await until('it is up', () => rig.channel.health().state === 'up');
      expect(intake.states.at(-1)).toMatchObject({ state: 'up' });
    });
  });
}
