import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Chat, Message } from 'whatsapp-web.js';
import { browserTitle, hasBrowser } from '../support/browser.js';
import { aPicture, aRealClient, bytesOf, SENT, until, type RealClient } from './whatsappWeb/realClient.js';

// A browser's start takes long where the machine is busy.
const BUSY = { timeout: 60_000 };

describe.skipIf(!hasBrowser)(
  `what goes wrong at the stand-in for WhatsApp Web, as the real client meets it, ${browserTitle}`,
  BUSY,
  () => {
    let wa: RealClient['wa'];
    let client: RealClient['client'];
    let heard: RealClient['heard'];
    let comesUp: RealClient['comesUp'];
    let happens: RealClient['happens'];
    let received: RealClient['received'];
    let end: RealClient['end'];

    beforeAll(async () => {
      ({ wa, client, heard, comesUp, happens, received, end } = await aRealClient());
      await client.initialize();
      await wa.scans();
      await happens('ready');
      await wa.person('6281200000042', 'Budi').writes('halo');
      await received('halo');
    });

    afterAll(() => end?.());

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
      expect((await chat.fetchMessages({ limit: 10 })).map((message) => message.body)).toEqual([
        'ada orang?',
      ]);
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
  },
);
