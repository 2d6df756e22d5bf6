import type { Call, Fault, FaultKind, Message, Somebody } from './state.js';

/** What a person's hand needs of the stand-in; the same in this process and over HTTP. */
export interface Hand {
  /** Makes somebody known. `key`: their number, or with `hidesNumber` whatever they are to be called. */
  open(key: string, name: string, hidesNumber: boolean): Promise<Somebody>;
  somebody(key: string): Promise<Somebody>;
  /** Puts a message of theirs into the chat and lets it wait for the webhook; answers with its id. */
  say(key: string, said: { [field: string]: unknown }, more?: Saying): Promise<string>;
  keepFile(bytes: Uint8Array, mime: string): Promise<{ id: string; sha256: string }>;
  /** Reports what became of a message. */
  report(key: string, id: string, status: Message['status'], code?: number): Promise<void>;
  unreachable(key: string, isUnreachable: boolean): Promise<void>;
  /** Their last message was so long ago. */
  wroteAgo(key: string, ms: number): Promise<void>;
  /** The number's owner answers by hand in the app. */
  ownerWrites(key: string, text: string): Promise<void>;
  bring(payload: unknown, more?: { times?: number; signature?: 'good' | 'bad' | 'none' }): Promise<number>;
  /** Says where the webhook is; true where the handshake went well. */
  webhook(url: string | null): Promise<boolean>;
  fault(fault: Fault): Promise<void>;
  hold(isHolding: boolean): Promise<void>;
  calls(): Promise<Call[]>;
  waiting(): Promise<number>;
}

export interface Saying {
  times?: number;
  at?: number;
  /** What is shown in the chat. */
  text?: string;
  photos?: string[];
}

export type { FaultKind };

/** Somebody with a phone: `await meta.person('62812…', 'Siti').writes('menu')`. Acts resolve with the message's id. */
export interface Person {
  readonly key: string;
  writes(text: string, more?: { times?: number; quotes?: string }): Promise<string>;
  /** Follows a wa.me link: its words are sent. */
  starts(payload: string): Promise<string>;
  /** Taps the button or row with that label in the newest message that has it. */
  taps(label: string, more?: { times?: number }): Promise<string>;
  sendsPhoto(bytes: Uint8Array, more?: { caption?: string }): Promise<string>;
  sendsDocument(
    bytes: Uint8Array,
    more?: { name?: string; mime?: string; caption?: string },
  ): Promise<string>;
  sendsVoice(bytes: Uint8Array): Promise<string>;
  sendsVideo(bytes: Uint8Array): Promise<string>;
  sendsSticker(): Promise<string>;
  /** A contact card: the number on it. */
  sharesContact(phone: string, name?: string): Promise<string>;
  sharesLocation(latitude: number, longitude: number): Promise<string>;
  reacts(emoji: string): Promise<string>;
  /** Changes the last text that this person wrote. */
  edits(text: string): Promise<string>;
  deletes(): Promise<string>;
  changesNumber(to: string): Promise<string>;
  /** Something that the API does not know. */
  sendsUnsupported(kind: string): Promise<string>;
  /** Opens the chat: all that came is reported as read. */
  reads(): Promise<void>;
  /** Nothing reaches them: the phone is off for good, or they blocked us. */
  isUnreachable(yes?: boolean): Promise<void>;
  wroteLast(ms: number): Promise<void>;
  messages(): Promise<Message[]>;
  /** What we sent here, in order. */
  ours(): Promise<Message[]>;
  hears(): Promise<string[]>;
  /** Resolves with the first message of ours after the last one waited for whose text fits. */
  waitsFor(pattern: string | RegExp, withinMs?: number): Promise<Message>;
}

export function createPerson(hand: Hand, key: string, name: string, hidesNumber: boolean): Person {
  let seen = 0;
  const say = async (said: { [field: string]: unknown }, more?: Saying) => {
    await hand.open(key, name, hidesNumber);
    return await hand.say(key, said, more);
  };
  const messages = async () => (await hand.open(key, name, hidesNumber)).messages;
  const media = async (bytes: Uint8Array, mime: string) => {
    const { id, sha256 } = await hand.keepFile(bytes, mime);
    return { id, mime_type: mime, sha256: Buffer.from(sha256, 'hex').toString('base64') };
  };
  const last = async () => {
    const own = (await messages()).findLast((one) => one.from === 'person');
    if (!own) throw new Error(`${name} has written nothing yet`);
    return own;
  };
  const person: Person = {
    key,
    writes: (text, more = {}) =>
      say(
        {
          type: 'text',
          text: { body: text },
          ...(more.quotes === undefined ? {} : { context: { id: more.quotes } }),
        },
        { text, ...(more.times === undefined ? {} : { times: more.times }) },
      ),
    starts: (payload) => person.writes(`/start ${payload}`),
    async taps(label, more = {}) {
      const all = await messages();
      const message = all.findLast(
        (one) => one.from === 'us' && one.buttons.some((b) => b.title === label || b.description === label),
      );
      const button = message?.buttons.find((b) => b.title === label || b.description === label);
      if (!message || !button)
        throw new Error(
          `no button "${label}" in the chat of ${name}; it shows: ${JSON.stringify(all.at(-1)?.buttons.map((b) => b.title))}`,
        );
      const context = { from: 'us', id: message.id };
      const saying = { text: label, ...more };
      if (message.template)
        return await say({ type: 'button', context, button: { payload: button.id, text: label } }, saying);
      const kind = message.isList ? 'list_reply' : 'button_reply';
      return await say({ type: 'interactive', context, interactive: { type: kind, [kind]: button } }, saying);
    },
    async sendsPhoto(bytes, more = {}) {
      const image = await media(bytes, 'image/jpeg');
      return await say(
        { type: 'image', image: { ...image, ...more } },
        { text: more.caption ?? '', photos: [image.id] },
      );
    },
    async sendsDocument(bytes, { name: filename = 'berkas.pdf', mime = 'application/pdf', caption } = {}) {
      const document = await media(bytes, mime);
      return await say(
        {
          type: 'document',
          document: { ...document, filename, ...(caption === undefined ? {} : { caption }) },
        },
        { text: filename },
      );
    },
    sendsVoice: async (bytes) =>
      await say({ type: 'audio', audio: { ...(await media(bytes, 'audio/ogg; codecs=opus')), voice: true } }),
    sendsVideo: async (bytes) => await say({ type: 'video', video: await media(bytes, 'video/mp4') }),
    sendsSticker: async () =>
      await say({
        type: 'sticker',
        sticker: { ...(await media(new Uint8Array([1]), 'image/webp')), animated: false },
      }),
    sharesContact: (phone, contactName = name) =>
      say({
        type: 'contacts',
        contacts: [
          {
            name: { formatted_name: contactName, first_name: contactName },
            phones: [{ phone: `+${phone}`, wa_id: phone, type: 'CELL' }],
          },
        ],
      }),
    // As the reference says: at times numbers, at times text.
    sharesLocation: (latitude, longitude) =>
      say({ type: 'location', location: { latitude: String(latitude), longitude } }),
    reacts: async (emoji) => {
      const ours = (await messages()).findLast((one) => one.from === 'us');
      return await say({ type: 'reaction', reaction: { message_id: ours?.id ?? 'wamid.none', emoji } });
    },
    edits: async (text) => {
      const own = await last();
      return await say(
        {
          type: 'edit',
          edit: { original_message_id: own.id, message: { type: 'text', text: { body: text } } },
        },
        { text },
      );
    },
    deletes: async () => await say({ type: 'revoke', revoke: { original_message_id: (await last()).id } }),
    changesNumber: (to) =>
      say({ type: 'system', system: { body: 'changed number', type: 'user_changed_number', wa_id: to } }),
    sendsUnsupported: (kind) =>
      say({
        type: 'unsupported',
        unsupported: { type: kind },
        errors: [{ code: 131051, title: 'Message type unknown', error_data: { details: 'not supported' } }],
      }),
    async reads() {
      for (const message of await messages())
        if (message.from === 'us' && ['accepted', 'sent', 'delivered'].includes(message.status))
          await hand.report(key, message.id, 'read');
    },
    isUnreachable: async (yes = true) => {
      await hand.open(key, name, hidesNumber);
      await hand.unreachable(key, yes);
    },
    wroteLast: (ms) => hand.wroteAgo(key, ms),
    messages,
    ours: async () => (await messages()).filter((one) => one.from === 'us'),
    hears: async () => (await person.ours()).map((one) => one.text),
    async waitsFor(pattern, withinMs = 15_000) {
      const end = Date.now() + withinMs;
      for (;;) {
        const all = await messages();
        const at = all.findIndex(
          (one, n) =>
            n >= seen &&
            one.from === 'us' &&
            (typeof pattern === 'string' ? one.text.includes(pattern) : pattern.test(one.text)),
        );
        if (at !== -1) {
          seen = at + 1;
          return all[at]!;
        }
        if (Date.now() > end)
          throw new Error(
            `${name} waited for ${String(pattern)}; the chat ends with:\n${all
              .slice(-6)
              .map((one) => `${one.from}: ${one.text} ${JSON.stringify(one.buttons.map((b) => b.title))}`)
              .join('\n')}`,
          );
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
  return person;
}
