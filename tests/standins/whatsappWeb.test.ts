import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import wweb from 'whatsapp-web.js';
import type { Message } from 'whatsapp-web.js';
import {
  aContext,
  accessibilityFaults,
  browserTitle,
  hasBrowser,
  shoot,
  testBrowser,
} from '../support/browser.js';
import { connectWhatsAppWeb } from './whatsappWeb.js';
import {
  aPicture,
  aRealClient,
  bytesOf,
  media,
  SENT,
  until,
  type RealClient,
} from './whatsappWeb/realClient.js';

const GROUP = '120363000000000001@g.us';

// A browser's start takes long where the machine is busy.
const BUSY = { timeout: 60_000 };

describe.skipIf(!hasBrowser)(
  `the stand-in for WhatsApp Web and the real client, ${browserTitle}`,
  BUSY,
  () => {
    let wa: RealClient['wa'];
    let client: RealClient['client'];
    let heard: RealClient['heard'];
    let happens: RealClient['happens'];
    let received: RealClient['received'];
    let end: RealClient['end'];

    beforeAll(async () => {
      ({ wa, client, heard, happens, received, end } = await aRealClient());
    });

    afterAll(() => end?.());

    test('a scanned QR code links the browser', async () => {
      await client.initialize();
      const first = await happens<string>('qr');
      expect(await wa.qr()).toBe(first);
      await wa.refreshesQr();
      const second = await happens<string>('qr', 0, (code) => code !== first);
      await expect(wa.scans(first)).rejects.toThrow('void');
      expect(await wa.isLinked()).toBe(false);
      await wa.scans(second);
      await happens('ready');
      expect(heard.map(({ name }) => name)).toEqual(['qr', 'qr', 'authenticated', 'ready']);
      expect(client.info.wid._serialized).toBe('6281299990000@c.us');
      expect(await client.getState()).toBe('CONNECTED');
    });

    test('what a resident sends arrives, with its files', async () => {
      const siti = wa.person('6281200000041', 'Siti');
      const from = heard.length;
      const photo = await aPicture();
      await siti.writes('halo');
      await siti.sendsPhoto(photo, 'jalan rusak');
      await siti.sendsDocument(Buffer.from('%PDF-1.7 kk'), 'kk.pdf');
      await siti.sharesLocation(-8.2192, 114.3691, 'Balai Desa\nJl. Raya 1');
      await siti.sendsVoice(Buffer.from('OggS suara'));
      await siti.sharesContact();
      await siti.sendsSticker();
      await siti.sends({ type: 'order' });
      await happens<Message>('message', from, (message) => message.type === wweb.MessageTypes.ORDER);
      const messages = heard.slice(from).filter((one) => one.name === 'message');
      // A chat opens with words of WhatsApp's own, told like any message.
      expect(messages.splice(0, 2).map((one) => (one.value as Message).type)).toEqual([
        'e2e_notification',
        'notification_template',
      ]);
      const [text, image, document, place, voice, contact, sticker] = messages.map(
        (one) => one.value as Message,
      );
      expect(messages.map((one) => (one.value as Message).type)).toEqual([
        'chat',
        'image',
        'document',
        'location',
        'ptt',
        'vcard',
        'sticker',
        'order',
      ]);
      expect(text).toMatchObject({
        from: '6281200000041@c.us',
        body: 'halo',
        hasMedia: false,
        fromMe: false,
      });
      expect(image).toMatchObject({ body: 'jalan rusak', hasMedia: true });
      expect(await bytesOf(image!)).toEqual(photo);
      expect(await document!.downloadMedia()).toMatchObject({
        filename: 'kk.pdf',
        mimetype: 'application/pdf',
        data: Buffer.from('%PDF-1.7 kk').toString('base64'),
      });
      expect(place!.location).toMatchObject({
        latitude: -8.2192,
        longitude: 114.3691,
        name: 'Balai Desa',
        address: 'Jl. Raya 1',
      });
      expect(await bytesOf(voice!)).toEqual(Buffer.from('OggS suara'));
      expect(contact!.vCards[0]).toContain('waid=6281200000041');
      expect(sticker!.hasMedia).toBe(true);
      expect(await text!.getContact()).toMatchObject({ pushname: 'Siti', number: '6281200000041' });
    });

    test('what the line sends reaches the resident in order', async () => {
      const budi = wa.person('6281200000042', 'Budi');
      const from = heard.length;
      const asked = await budi.writes('surat usaha?');
      const message = await received('surat usaha?', from);
      const photo = await aPicture();
      await client.sendMessage(message.from, 'Sebentar, kami siapkan.', SENT);
      await client.sendMessage(message.from, media('image/png', photo, 'peta.png'), {
        ...SENT,
        caption: 'Peta',
      });
      await client.sendMessage(message.from, media('application/pdf', Buffer.from('%PDF'), 'surat.pdf'), {
        ...SENT,
        sendMediaAsDocument: true,
        caption: 'Surat',
      });
      await client.sendMessage(message.from, new wweb.Location(-8.21, 114.36, { name: 'Balai Desa' }), SENT);
      await message.reply('Yang ini jawabannya.', undefined, SENT);
      expect(await budi.messages()).toMatchObject([
        { from: 'line', kind: 'text', text: 'Sebentar, kami siapkan.', ack: 1 },
        { kind: 'image', caption: 'Peta', file: { mime: 'image/png', bytes: photo } },
        {
          kind: 'document',
          caption: 'Surat',
          file: { name: 'surat.pdf', mime: 'application/pdf', bytes: Buffer.from('%PDF') },
        },
        { kind: 'location', location: { latitude: -8.21, longitude: 114.36, label: 'Balai Desa' } },
        { kind: 'text', text: 'Yang ini jawabannya.', quotes: asked },
      ]);
      // Sending marks the chat as read.
      expect((await budi.chat())[0]).toMatchObject({ id: asked, from: 'person', isSeen: true });
    });

    test('a quoted message is found again by the one who reads the answer', async () => {
      const budi = wa.person('6281200000042', 'Budi');
      const question = await client.sendMessage('6281200000042@c.us', 'Nama usahanya?', SENT);
      await budi.quotes((await budi.waitsFor('Nama usahanya?')).id, 'Warung Berkah');
      const answer = await received('Warung Berkah');
      expect(answer.hasQuotedMsg).toBe(true);
      expect((await answer.getQuotedMessage()).id._serialized).toBe(question.id._serialized);
    });

    test('the phone tells what became of a message, and who types', async () => {
      const budi = wa.person('6281200000042', 'Budi');
      const sent = await client.sendMessage('6281200000042@c.us', 'Sudah siap.', SENT);
      const acks = (): unknown[] =>
        heard
          .filter(({ name, value }) => name === 'message_ack' && (value as Message).id.id === sent.id.id)
          .map(({ more }) => more);
      await budi.receives(sent.id._serialized);
      await until('two reports', () => acks().length === 2);
      await budi.reads(sent.id._serialized);
      await until('three reports', () => acks().length === 3);
      expect(acks()).toEqual([1, 2, 3]);

      const chat = await client.getChatById('6281200000042@c.us');
      await chat.sendStateTyping();
      await until('typing is shown', async () => (await budi.sees()) === 'typing');
      await client.sendMessage('6281200000042@c.us', 'Selesai.', SENT);
      expect(await budi.sees()).toBeNull();
    });

    test('one person is seen under the lid, under the number, or under both in turn', async () => {
      const ayu = wa.person('6281200000043', 'Ayu', { lid: '70000000000043' });
      await ayu.writes('dari lid');
      const first = await received('dari lid');
      expect(first.from).toBe('70000000000043@lid');
      expect(await client.getContactLidAndPhone([first.from, '6281200000043@c.us'])).toEqual([
        { lid: '70000000000043@lid', pn: '6281200000043@c.us' },
        { lid: '70000000000043@lid', pn: '6281200000043@c.us' },
      ]);
      await client.sendMessage(first.from, 'ke lid', SENT);
      await ayu.appearsAs('phone');
      await ayu.writes('dari nomor');
      const second = await received('dari nomor');
      expect(second.from).toBe('6281200000043@c.us');
      await client.sendMessage(second.from, 'ke nomor', SENT);
      expect(await ayu.hears()).toEqual(['ke lid', 'ke nomor']);

      const hidden = wa.person('6281200000044', 'Tanpa Nomor', { lid: '70000000000044', hidesPhone: true });
      expect(await client.getContactLidAndPhone([await hidden.id()])).toEqual([
        { lid: '70000000000044@lid', pn: undefined },
      ]);
    });

    test('a number without WhatsApp is told apart', async () => {
      expect(await client.getNumberId('6281200009999')).toBeNull();
      expect(await client.getNumberId('6281200000042')).toMatchObject({ user: '6281200000042' });
      await expect(client.sendMessage('6281200009999@c.us', 'halo')).rejects.toThrow('No LID for user');
    });

    test('what the owner of the phone writes by hand comes as ours, with an id that we did not make', async () => {
      const id = await wa.owner.writes('6281200000042', 'Saya tangani sendiri.');
      const message = await happens<Message>('message_create', 0, (one) => one.id._serialized === id);
      expect(message).toMatchObject({
        fromMe: true,
        to: '6281200000042@c.us',
        body: 'Saya tangani sendiri.',
      });
      expect(heard.filter(({ name, value }) => name === 'message' && value === message)).toEqual([]);
      expect((await wa.person('6281200000042').chat()).at(-1)).toMatchObject({ id, from: 'owner' });
    });

    test('groups, statuses, broadcasts and changes come as the library knows them', async () => {
      const made = wa.person('6281200000045', 'Made', { lid: '70000000000045' });
      await made.writesInGroup(GROUP, 'rapat besok');
      expect(await received('rapat besok')).toMatchObject({ from: GROUP, author: '70000000000045@lid' });
      expect(await client.getChatById(GROUP)).toMatchObject({ isGroup: true, name: 'Warga Dusun' });
      await made.postsStatus('liburan');
      expect(await received('liburan')).toMatchObject({ from: 'status@broadcast', isStatus: true });
      await made.broadcasts('undangan');
      expect(await received('undangan')).toMatchObject({ from: '70000000000045@lid', broadcast: true });

      const from = heard.length;
      const wrong = await made.writes('jam 7');
      await made.edits('jam 8');
      const edited = await happens<Message>('message_edit', from);
      expect([edited.id._serialized, edited.body]).toEqual([wrong, 'jam 8']);
      await made.deletes();
      expect((await happens<Message>('message_revoke_everyone', from)).id._serialized).toBe(wrong);

      const late = await made.writesUnreadable();
      await happens<Message>('message_ciphertext', from);
      await made.decrypts(late, 'akhirnya terbaca');
      expect((await received('akhirnya terbaca', from)).id._serialized).toBe(late);
    });

    test('votes, reactions and calls are told', async () => {
      const made = wa.person('6281200000045', 'Made');
      const poll = await client.sendMessage(
        await made.id(),
        new wweb.Poll('Hari apa?', ['Senin', 'Rabu']),
        SENT,
      );
      await made.votes(poll.id._serialized, ['Rabu']);
      const vote = await happens<{ selectedOptions: { name: string }[] }>('vote_update');
      expect(vote.selectedOptions.map(({ name }) => name)).toEqual(['Rabu']);
      await made.reacts(poll.id._serialized, '👍');
      expect(await happens('message_reaction')).toMatchObject({ reaction: '👍' });
      await made.calls();
      expect(await happens('call')).toMatchObject({ from: '70000000000045@lid' });
    });

    test('a newcomer links the phone by one click, writes as a resident, and reads the answers', async () => {
      const { wa, client, happens, end } = await aRealClient();
      const browser = await testBrowser();
      try {
        client.on('message', (message) => {
          const answers: { [type: string]: string } = {
            chat: `Baik: ${message.body}`,
            image: 'Foto diterima.',
            location: 'Lokasi diterima.',
          };
          const answer = answers[message.type];
          if (answer) void message.reply(answer);
        });
        await client.initialize();
        // A profile of its own, so it is not linked yet.
        await happens('qr');
        const { context, faults } = await aContext(browser, 360);
        const page = await context.newPage();
        await page.goto(`${wa.url}/phone`);
        await page.getByRole('button', { name: 'Pindai kode QR' }).click();
        await happens('ready');
        await page.getByText('Tertaut').waitFor();
        await page.getByRole('textbox', { name: 'Pesan' }).fill('jalan depan SD berlubang');
        await page.getByRole('button', { name: 'Kirim' }).click();
        await page.getByText('Baik: jalan depan SD berlubang').waitFor();
        await page.getByRole('button', { name: 'Foto contoh' }).click();
        await page.getByText('Foto diterima.').waitFor();
        await page.getByRole('button', { name: 'Lokasi' }).click();
        await page.getByText('Lokasi diterima.').waitFor();
        expect(await accessibilityFaults(page)).toEqual([]);
        await shoot(page, 'standin-phone');
        expect(faults).toEqual([]);
      } finally {
        await browser.close();
        await end();
      }
    });
  },
);

test('standing in a process of its own, it is driven from outside', async () => {
  const script = join(import.meta.dirname, 'whatsappWeb.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
      child.once('exit', () => reject(new Error('the stand-in ended')));
    });
    const wa = connectWhatsAppWeb(url);
    const siti = wa.person('6281200000041', 'Siti', { lid: '70000000000041' });
    const photo = await siti.sendsPhoto(new Uint8Array([1, 2, 3]), 'jalan');
    expect(await siti.chat()).toMatchObject([
      { id: photo, from: 'person', kind: 'image', file: { bytes: new Uint8Array([1, 2, 3]) } },
    ]);
    expect(await wa.qr()).toBeNull();
    expect(await wa.isLinked()).toBe(false);
    expect((await fetch(`${url}/${wa.version}.html`)).status).toBe(200);
    // What is no page of ours may not drive it.
    const stranger = await fetch(`${url}/control`, {
      method: 'POST',
      headers: { origin: 'https://elsewhere.example' },
      body: JSON.stringify({ method: 'qr', args: [] }),
    });
    expect(stranger.status).toBe(403);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
