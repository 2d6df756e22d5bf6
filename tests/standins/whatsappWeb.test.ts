import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import wweb from 'whatsapp-web.js';
import type { Chat, Client, Message, MessageMedia } from 'whatsapp-web.js';
import {
  BINARY,
  browserTitle,
  hasBrowser,
  testBrowser,
  aContext,
  shoot,
  accessibilityFaults,
} from '../support/browser.js';
import {
  connectWhatsAppWeb,
  STAND_IN_BROWSER_ARGS,
  startWhatsAppWeb,
  type WhatsAppWeb,
} from './whatsappWeb.js';

/** The wait for the outcome of a send; without it the library resolves before the send. */
const SENT = { waitUntilMsgSent: true };
const GROUP = '120363000000000001@g.us';

describe.skipIf(!hasBrowser)(`the stand-in for WhatsApp Web and the real client, ${browserTitle}`, () => {
  let wa: WhatsAppWeb;
  let profile: string;
  let client: Client;
  let heard: Heard;

  beforeAll(async () => {
    wa = await startWhatsAppWeb();
    profile = await mkdtemp(join(tmpdir(), 'kentongan-whatsapp-web-'));
    client = aClient(wa, profile);
    heard = listen(client);
  });

  afterAll(async () => {
    await client?.destroy();
    await wa?.stop();
    if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Lets the page come, and resolves once the client is ready, with all that it told meanwhile. */
  async function comesUp(): Promise<string[]> {
    const from = heard.length;
    await client.initialize();
    await happens('ready', from);
    return heard.slice(from).map(({ name }) => name);
  }

  /** Resolves with what the client tells under that name from `from` on. */
  async function happens<T = unknown>(name: string, from = 0, fits = (_: T) => true): Promise<T> {
    const told = await until(`the client tells: ${name}`, () =>
      heard.slice(from).find((one) => one.name === name && fits(one.value as T)),
    );
    return told.value as T;
  }

  const received = (body: string, from = 0) =>
    happens<Message>('message', from, (message) => message.body === body);

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
    expect(text).toMatchObject({ from: '6281200000041@c.us', body: 'halo', hasMedia: false, fromMe: false });
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
    expect(message).toMatchObject({ fromMe: true, to: '6281200000042@c.us', body: 'Saya tangani sendiri.' });
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

  test('a refused send resolves and is reported as failed', async () => {
    await wa.fails('send', 'refuse', { to: '6281200000042' });
    const sent = await client.sendMessage('6281200000042@c.us', 'ditolak', SENT);
    expect(sent.ack).toBe(-1);
    expect(heard.findLast(({ name }) => name === 'message_ack')?.more).toBe(-1);
    expect(await wa.person('6281200000042').hears()).not.toContain('ditolak');
    expect((await wa.sends()).at(-1)).toMatchObject({ text: 'ditolak', outcome: 'refuse' });
  });

  test('a send may hang, with the message gone out or not', async () => {
    const budi = wa.person('6281200000042');
    await wa.fails('send', 'hang', { to: '6281200000042' });
    await wa.fails('send', 'drop_after', { to: '6281200000042' });
    const outcomes: string[] = [];
    for (const text of ['tak sampai', 'sampai juga']) {
      // Neither resolves before the browser ends; then both fail.
      client.sendMessage('6281200000042@c.us', text, SENT).then(
        () => outcomes.push(`${text}: sent`),
        () => outcomes.push(`${text}: failed`),
      );
      await until('the server has it', async () => (await wa.sends()).some((one) => one.text === text));
    }
    await budi.waitsFor('sampai juga');
    expect(await budi.hears()).not.toContain('tak sampai');
    expect(outcomes).toEqual([]);
    await client.destroy();
    await until('both fail', () => outcomes.length === 2);
    expect(outcomes.sort()).toEqual(['sampai juga: failed', 'tak sampai: failed']);
  });

  test('what came while nobody was there is unread afterwards, and is told by no event', async () => {
    const budi = wa.person('6281200000042');
    await budi.writes('masih buka?');
    await budi.sendsPhoto(await aPicture(), 'ini KTP saya');
    const from = heard.length;
    // The profile is known: no QR code.
    expect(await comesUp()).toEqual(['authenticated', 'ready']);
    const unread = (await client.getChats()).filter(
      (chat) => chat.unreadCount > 0 && chat.id._serialized === '6281200000042@c.us',
    );
    expect(unread.map((chat) => chat.unreadCount)).toEqual([2]);
    // All of them: where the library must choose, it mixes up those of the same second.
    const messages = (await unread[0]!.fetchMessages({ limit: 100 })).slice(-3);
    // What went out without an answer is found in the history.
    expect(messages.map((message) => message.body)).toEqual(['sampai juga', 'masih buka?', 'ini KTP saya']);
    expect(await bytesOf(messages[2]!)).toEqual(await aPicture());
    await messages[1]!.reply('Buka sampai jam 3.', undefined, SENT);
    expect((await budi.messages()).at(-1)).toMatchObject({ quotes: messages[1]!.id._serialized });
    expect(heard.slice(from).filter(({ name }) => name === 'message')).toEqual([]);
  });

  test('a message may come without an event: the chat alone tells', async () => {
    const dewi = wa.person('6281200000046', 'Dewi');
    await wa.fails('message', 'silent', { to: '6281200000046' });
    const from = heard.length;
    await dewi.writes('ada orang?');
    const chat = await happens<Chat>(
      'unread_count',
      from,
      (one) => one.id._serialized === '6281200000046@c.us',
    );
    expect(chat.unreadCount).toBe(1);
    expect((await chat.fetchMessages({ limit: 10 })).map((message) => message.body)).toEqual(['ada orang?']);
    await dewi.writes('halo?');
    await received('halo?', from);
    expect(heard.slice(from).map(({ value }) => (value as Message).body)).not.toContain('ada orang?');
  });

  test('while the connection is lost, what is sent waits', async () => {
    await wa.state('TIMEOUT');
    await until('the client knows', async () => ((await client.getState()) as string) === 'TIMEOUT');
    const sent = client.sendMessage('6281200000042@c.us', 'menunggu sinyal', SENT);
    await happens<Message>('message_create', 0, (message) => message.body === 'menunggu sinyal');
    expect((await wa.sends()).map(({ text }) => text)).not.toContain('menunggu sinyal');
    await wa.state('CONNECTED');
    expect((await sent).ack).toBe(1);
  });

  test('files may be gone, or fail to load', async () => {
    const budi = wa.person('6281200000042');
    await budi.sendsPhoto(await aPicture(), 'foto hilang');
    const message = await received('foto hilang');
    await wa.fails('download', 'gone');
    expect(await message.downloadMedia()).toBeUndefined();
    await wa.fails('download', 'broken');
    await expect(message.downloadMedia()).rejects.toThrow('status 500');
    expect(await bytesOf(message)).toEqual(await aPicture());
    await budi.sendsPhoto(await aPicture(), 'foto rusak');
    await wa.fails('download', 'error');
    expect(await (await received('foto rusak')).downloadMedia()).toBeUndefined();
  });

  test('a reload makes the client ready anew', async () => {
    const from = heard.length;
    await wa.reloads();
    await happens('ready', from);
    expect(heard.slice(from).filter(({ name }) => name === 'authenticated')).toHaveLength(1);
    await wa.person('6281200000042').writes('setelah muat ulang');
    await received('setelah muat ulang');
  });

  test('a page that stands still answers nothing until its browser ends', async () => {
    await wa.freezes();
    let answer = 'none';
    client.getState().then(
      (state) => (answer = state),
      () => (answer = 'failed'),
    );
    await wa.person('6281200000042').writes('ada yang dengar?');
    expect(answer).toBe('none');
    await client.destroy();
    await until('the question fails', () => answer === 'failed');
    await comesUp();
  });

  test('a browser that is killed comes back linked', async () => {
    client.pupBrowser!.process()!.kill('SIGKILL');
    await until('the browser ends', () => !client.pupBrowser!.connected);
    expect(await comesUp()).toEqual(['authenticated', 'ready']);
  });

  test('a conflict disconnects for now, a ban until it is lifted', async () => {
    const from = heard.length;
    await wa.state('CONFLICT');
    expect(await happens('disconnected', from)).toBe('CONFLICT');
    await until('the browser ends', () => !client.pupBrowser!.connected);
    await comesUp();

    const again = heard.length;
    await wa.state('TOS_BLOCK');
    expect(await happens('disconnected', again)).toBe('TOS_BLOCK');
    await until('the browser ends', () => !client.pupBrowser!.connected);
    await client.initialize();
    expect(await client.getState()).toBe('TOS_BLOCK');
    await client.destroy();
    await wa.state('CONNECTED');
  });

  test('a page that synced too early needs a nudge; an unpaired one a new scan', async () => {
    await wa.fails('boot', 'synced_early');
    const from = heard.length;
    await client.initialize();
    expect(await client.getState()).toBe('CONNECTED');
    expect(heard.slice(from)).toEqual([]);
    await client.pupPage!.evaluate('void window.onAppStateHasSyncedEvent()');
    await happens('ready', from);

    await wa.fails('boot', 'never_syncs');
    const nudged = heard.length;
    await wa.reloads();
    await until('the client waits for the page', () =>
      client
        .pupPage!.evaluate(
          "!window.WWebJS && window.require('WAWebSocketModel').Socket.hears('change:hasSynced')",
        )
        .then(Boolean, () => false),
    );
    expect(await client.getState()).toBe('CONNECTED');
    expect(heard.slice(nudged).filter(({ name }) => name === 'ready')).toEqual([]);
    await client.pupPage!.evaluate('void window.onAppStateHasSyncedEvent()');
    await happens('ready', nudged);

    const again = heard.length;
    await wa.state('UNPAIRED');
    expect(await happens('disconnected', again)).toBe('UNPAIRED');
    await until('the browser ends', () => !client.pupBrowser!.connected);
    await client.initialize();
    await happens('qr', again);
    await wa.scans();
    await happens('ready', again);
    await client.destroy();
  });

  test('a module that the page lacks is named', async () => {
    await wa.lacks('WAWebSendMsgChatAction');
    await comesUp();
    await expect(client.sendMessage('6281200000042@c.us', 'x', SENT)).rejects.toThrow(
      'Requiring unknown module "WAWebSendMsgChatAction"',
    );
    await until('it is recorded', async () => (await wa.missing()).length > 0);
    // All else that the library asked for is there.
    expect(await wa.missing()).toEqual(['WAWebSendMsgChatAction']);
    expect(await wa.required()).toEqual(expect.arrayContaining(['WAWebSocketModel', 'WAWebCollections']));
    await wa.heals();
  });

  test('an unlinked phone logs the client out, and the page asks for a new scan', async () => {
    const from = heard.length;
    await wa.unlinks();
    expect(await happens('disconnected', from)).toBe('LOGOUT');
    await happens('qr', from);
    expect(await wa.isLinked()).toBe(false);
    await wa.scans();
    await happens('ready', from);
  });

  test('a page that leaves WhatsApp ends in the string that the library throws', async () => {
    // The library lets go of that promise: Node's own answer would be to end the process, vitest's to fail the run.
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    try {
      const rejected = once(process, 'unhandledRejection');
      await wa.leaves();
      expect((await rejected)[0]).toBe('auth timeout');
    } finally {
      for (const listener of listeners) process.on('unhandledRejection', listener);
    }
    await client.destroy();
  });

  test('a fresh profile asks for the QR code; a newcomer scans it by one click and chats', async () => {
    const fresh = await mkdtemp(join(tmpdir(), 'kentongan-whatsapp-web-'));
    const village = await startWhatsAppWeb();
    const other = aClient(village, fresh);
    const browser = await testBrowser();
    try {
      const codes: string[] = [];
      other.on('qr', (code) => codes.push(code));
      other.on('message', (message) => {
        const answers: { [type: string]: string } = {
          chat: `Baik: ${message.body}`,
          image: 'Foto diterima.',
          location: 'Lokasi diterima.',
        };
        const answer = answers[message.type];
        if (answer) void message.reply(answer);
      });
      await other.initialize();
      await until('a code is shown', () => codes.length === 1);
      const { context, faults } = await aContext(browser, 360);
      const page = await context.newPage();
      await page.goto(`${village.url}/phone`);
      const ready = once(other, 'ready');
      await page.getByRole('button', { name: 'Pindai kode QR' }).click();
      await ready;
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
      await other.destroy();
      await village.stop();
      await rm(fresh, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});

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

/** What a client told, in order: each event's first and second value. */
type Heard = { name: string; value: unknown; more: unknown }[];

const TOLD =
  'qr authenticated auth_failure ready disconnected change_state call vote_update message message_create ' +
  'message_ack message_edit message_revoke_everyone message_ciphertext message_reaction unread_count';

function listen(client: Client): Heard {
  const heard: Heard = [];
  for (const name of TOLD.split(' ')) {
    (client as NodeJS.EventEmitter).on(name, (value: unknown, more: unknown) => {
      heard.push({ name, value, more });
    });
  }
  return heard;
}

function aClient(wa: WhatsAppWeb, profile: string): Client {
  return new wweb.Client({
    authStrategy: new wweb.LocalAuth({ dataPath: profile }),
    // Only what a page that left WhatsApp waits for.
    authTimeoutMs: 2_000,
    webVersion: wa.version,
    webVersionCache: { type: 'remote', remotePath: `${wa.url}/{version}.html`, strict: true },
    puppeteer: {
      headless: true,
      executablePath: BINARY!,
      args: ['--no-sandbox', '--disable-gpu', ...STAND_IN_BROWSER_ARGS],
      protocolTimeout: 20_000,
    },
  });
}

function media(mime: string, bytes: Buffer, name: string): MessageMedia {
  return new wweb.MessageMedia(mime, bytes.toString('base64'), name);
}

async function bytesOf(message: Message): Promise<Buffer> {
  return Buffer.from((await message.downloadMedia()).data, 'base64');
}

async function aPicture(): Promise<Buffer> {
  return sharp({ create: { width: 8, height: 8, channels: 3, background: '#7a8b94' } })
    .png()
    .toBuffer();
}

/** Resolves with the first answer that is not undefined or false. */
async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + 15_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as T;
    if (Date.now() > end) throw new Error(`it did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
