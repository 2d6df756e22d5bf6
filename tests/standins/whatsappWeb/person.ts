import type { Hand, Where } from './hand.js';
import type { PersonRow, Raw } from './state.js';
import type { Message } from './view.js';

/**
 * Somebody with WhatsApp on the phone: `await wa.person('6281200000041', 'Siti').writes('menu')`.
 * Each thing said resolves with the id of the message, as whatsapp-web.js calls it (`id._serialized`).
 */
export interface Person {
  readonly phone: string;
  writes(text: string): Promise<string>;
  sendsPhoto(bytes: Uint8Array, caption?: string, more?: { mime?: string }): Promise<string>;
  sendsDocument(
    bytes: Uint8Array,
    name?: string,
    more?: { mime?: string; caption?: string },
  ): Promise<string>;
  sendsVoice(bytes: Uint8Array): Promise<string>;
  sendsVideo(bytes: Uint8Array, caption?: string): Promise<string>;
  sendsSticker(bytes?: Uint8Array): Promise<string>;
  sharesLocation(latitude: number, longitude: number, label?: string): Promise<string>;
  /** One's own number, or another's. */
  sharesContact(phone?: string, name?: string): Promise<string>;
  /** Answers a message, given by its id or as it stands in `messages()`. */
  quotes(message: string | Message, text: string): Promise<string>;
  sendsPoll(question: string, options: string[]): Promise<string>;
  /** Votes on a poll of the line. */
  votes(poll: string | Message, options: string[]): Promise<string>;
  reacts(message: string | Message, emoji: string): Promise<string>;
  /** Any kind: `{ type: 'groups_v4_invite' }`, `{ type: 'order' }` … */
  sends(raw: Raw): Promise<string>;
  /** A message that this browser cannot read yet; `decrypts` makes it readable. */
  writesUnreadable(): Promise<string>;
  decrypts(id: string, text: string): Promise<void>;
  /** Changes the last text that this person wrote. */
  edits(text: string): Promise<string>;
  /** Takes the last message back, for everyone. */
  deletes(): Promise<string>;
  calls(): Promise<void>;
  writesInGroup(group: string, text: string): Promise<string>;
  /** To many at once; it comes in the person's own chat, marked as broadcast. */
  broadcasts(text: string): Promise<string>;
  postsStatus(text: string): Promise<string>;

  /** From now on the line sees this person under the @lid, or under the number. */
  appearsAs(kind: 'lid' | 'phone'): Promise<void>;
  /** The account is gone: nobody finds the number any more. */
  leavesWhatsApp(): Promise<void>;
  /** The id under which the line sees this person now: 62…@c.us or …@lid. */
  id(): Promise<string>;

  /** What came from the line, or from the phone's owner by hand; in order. */
  messages(): Promise<Message[]>;
  /** Both sides, in order. */
  chat(): Promise<Message[]>;
  /** The texts that came, in order. */
  hears(): Promise<string[]>;
  /** Resolves with the first message that came after the last one waited for whose text fits. */
  waitsFor(pattern: string | RegExp, withinMs?: number): Promise<Message>;
  /** That, or all that came, reached the phone (ack 2), or was read (ack 3). */
  receives(message?: string | Message): Promise<void>;
  reads(message?: string | Message): Promise<void>;
  /** Whether the line is shown as typing or recording. */
  sees(): Promise<'typing' | 'recording' | null>;
  /** How often the line began to type. */
  typings(): Promise<number>;
}

/** `row`: what is to be known of the person from the first act on; nothing where the person is known already. */
export function createPerson(hand: Hand, phone: string, row?: Partial<PersonRow>): Person {
  // At once, so that the number is found from now on; whoever acts waits for it.
  const isMade = hand.person(phone, row ?? {});
  isMade.catch(() => {});
  const seen = new Set<string>();
  const made = async (): Promise<PersonRow> => {
    await isMade;
    return hand.person(phone, {});
  };
  const say = async (raw: Raw, where?: Where) => {
    await made();
    return hand.say(phone, raw, where);
  };
  const file = async (bytes: Uint8Array, mime: string) => {
    const directPath = await hand.keepFile(bytes, mime);
    return {
      directPath,
      mimetype: mime,
      size: bytes.length,
      mediaKey: Buffer.from(directPath).toString('base64'),
      mediaKeyTimestamp: Math.floor(Date.now() / 1000),
      filehash: directPath,
      encFilehash: directPath,
    };
  };
  const mine = async () => (await person.chat()).filter((message) => message.from === 'person');
  const last = async () => {
    const found = (await mine()).at(-1);
    if (!found) throw new Error(`${phone} has written nothing yet`);
    return found;
  };
  const ack = async (message: string | Message | undefined, value: number) => {
    const meant = message === undefined ? await person.messages() : [message];
    for (const one of meant) {
      const id = idOf(one);
      const now = (await person.messages()).find((m) => m.id === id);
      if (!now) throw new Error(`${phone} has no message ${id}`);
      if (now.ack >= 0 && now.ack < value) await hand.change(id, { ack: value });
    }
  };

  const person: Person = {
    phone,
    writes: (text) => say({ type: 'chat', body: text }),
    sendsPhoto: async (bytes, caption, more = {}) =>
      say({
        type: 'image',
        body: '/9j/4AAQSkZJRg==',
        ...(await file(bytes, more.mime ?? 'image/jpeg')),
        ...(caption === undefined ? {} : { caption }),
        width: 1280,
        height: 960,
      }),
    sendsDocument: async (bytes, name = 'berkas.pdf', more = {}) =>
      say({
        type: 'document',
        ...(await file(bytes, more.mime ?? 'application/pdf')),
        filename: name,
        ...(more.caption === undefined ? {} : { caption: more.caption }),
      }),
    sendsVoice: async (bytes) =>
      say({ type: 'ptt', ...(await file(bytes, 'audio/ogg; codecs=opus')), duration: '4' }),
    sendsVideo: async (bytes, caption) =>
      say({
        type: 'video',
        ...(await file(bytes, 'video/mp4')),
        duration: '7',
        ...(caption === undefined ? {} : { caption }),
      }),
    sendsSticker: async (bytes = new Uint8Array([1])) =>
      say({ type: 'sticker', ...(await file(bytes, 'image/webp')) }),
    sharesLocation: (latitude, longitude, label) =>
      say({
        type: 'location',
        body: '/9j/4AAQSkZJRg==',
        lat: latitude,
        lng: longitude,
        ...(label === undefined ? {} : { loc: label }),
      }),
    async sharesContact(number = phone, name) {
      const called = name ?? (await made()).name;
      return say({
        type: 'vcard',
        vcardFormattedName: called,
        body: `BEGIN:VCARD\nVERSION:3.0\nN:;${called};;;\nFN:${called}\nTEL;type=CELL;waid=${number}:+${number}\nEND:VCARD`,
      });
    },
    async quotes(message, text) {
      const id = idOf(message);
      const quoted = (await person.chat()).find((m) => m.id === id);
      if (!quoted) throw new Error(`no message ${id} in the chat of ${phone}`);
      return say({
        type: 'chat',
        body: text,
        quotedMsg: { type: quoted.raw['type'], body: quoted.text },
        quotedStanzaID: id.split('_')[2],
        quotedParticipant: quoted.raw['from'],
      });
    },
    sendsPoll: (question, options) =>
      say({
        type: 'poll_creation',
        pollName: question,
        pollOptions: options.map((name, localId) => ({ name, localId })),
        pollSelectableOptionsCount: 1,
      }),
    async votes(poll, options) {
      const found = (await person.chat()).find((m) => m.id === idOf(poll));
      const known = (found?.raw['pollOptions'] ?? []) as { name: string; localId: number }[];
      const id = `false_${await person.id()}_${Date.now().toString(16).toUpperCase()}`;
      const vote = {
        id,
        from: await person.id(),
        poll: idOf(poll),
        t: Date.now(),
        senderTimestampMs: Date.now(),
        selectedOptionLocalIds: known
          .filter((option) => options.includes(option.name))
          .map((option) => option.localId),
      };
      await hand.tell({ kind: 'vote', vote });
      return id;
    },
    async reacts(message, emoji) {
      const id = `false_${await person.id()}_${Date.now().toString(16).toUpperCase()}`;
      const reaction = {
        id,
        from: await person.id(),
        parent: idOf(message),
        reactionText: emoji,
        reactionTimestamp: Date.now(),
        ack: 1,
      };
      await hand.tell({ kind: 'reaction', reaction });
      return id;
    },
    sends: (raw) => say(raw),
    writesUnreadable: () => say({ type: 'ciphertext', body: '' }),
    decrypts: (id, text) => hand.change(id, { type: 'chat', body: text }),
    async edits(text) {
      const { id } = (await mine()).findLast((message) => message.kind === 'text') ?? (await last());
      await hand.change(id, {
        body: text,
        latestEditMsgKey: id,
        latestEditSenderTimestampMs: Date.now(),
      });
      return id;
    },
    async deletes() {
      const { id } = await last();
      await hand.change(id, { type: 'revoked', body: '' });
      return id;
    },
    async calls() {
      const id = Date.now().toString(16).toUpperCase();
      const value = { id, peerJid: await person.id(), isVideo: false, isGroup: false, outgoing: false };
      await hand.tell({ kind: 'call', value });
    },
    writesInGroup: (group, text) => say({ type: 'chat', body: text }, { group }),
    broadcasts: (text) => say({ type: 'chat', body: text, broadcast: true }),
    postsStatus: (text) => say({ type: 'chat', body: text }, { isStatus: true }),

    async appearsAs(kind) {
      const { lid } = await made();
      if (kind === 'lid' && !lid) throw new Error(`${phone} has no lid`);
      await hand.person(phone, { appearsAs: kind });
    },
    async leavesWhatsApp() {
      await made();
      await hand.person(phone, { isRegistered: false });
    },
    async id() {
      const { appearsAs, lid } = await made();
      return appearsAs === 'lid' ? `${lid}@lid` : `${phone}@c.us`;
    },

    messages: async () => (await person.chat()).filter((message) => message.from !== 'person'),
    async chat() {
      await made();
      return hand.messages(phone);
    },
    hears: async () => (await person.messages()).map((message) => message.text),
    async waitsFor(pattern, withinMs = 15_000) {
      const fits = (m: Message) =>
        !seen.has(m.id) && (typeof pattern === 'string' ? m.text.includes(pattern) : pattern.test(m.text));
      const end = Date.now() + withinMs;
      for (;;) {
        const all = await person.messages();
        const index = all.findIndex(fits);
        if (index >= 0) {
          for (const message of all.slice(0, index + 1)) seen.add(message.id);
          return all[index]!;
        }
        if (Date.now() > end) {
          const end = (await person.chat()).slice(-6).map((m) => `${m.from}: ${m.kind} ${m.text} (${m.ack})`);
          throw new Error(`${phone} waited for ${String(pattern)}; the chat ends with:\n${end.join('\n')}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    receives: (message) => ack(message, 2),
    reads: (message) => ack(message, 3),
    sees: async () => (await made()).typing,
    typings: async () => (await made()).typings,
  };
  return person;
}

function idOf(message: string | Message): string {
  return typeof message === 'string' ? message : message.id;
}
