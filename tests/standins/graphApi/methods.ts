import { find, keepFile, messageId, type Message, type Somebody, type State } from './state.js';
import { report } from './webhook.js';

/** What a call is refused with, as the Graph API words it. */
export class Refusal extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly http = 400,
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

type Fields = { [field: string]: unknown };

const DAY_MS = 24 * 60 * 60_000;

/** POST /messages: a send, or a mark as read. */
export function takeMessage(state: State, body: Fields): object {
  if (body['messaging_product'] !== 'whatsapp')
    throw new Refusal(100, 'The parameter messaging_product is required.');
  if (body['status'] !== undefined) return markRead(state, body);
  const address = (body['to'] ?? body['recipient']) as string | undefined;
  if (address === undefined) throw new Refusal(100, 'The parameter to is required.');
  const person = find(state, address);
  const message = read(state, body);
  if (person && message.kind !== 'template') checkWindow(person);
  person?.messages.push(message);
  // Meta takes what goes to a number without WhatsApp, and reports afterwards that it did not arrive.
  const reached = person && !person.isUnreachable;
  const stranger: Somebody = person ?? { ...NOBODY, phone: address, bsuid: '' };
  if (!reached) report(state, stranger, message, 'failed', 131026);
  else if (state.isReporting) {
    report(state, person, message, 'sent');
    report(state, person, message, 'delivered');
  }
  return {
    messaging_product: 'whatsapp',
    contacts: [{ input: address, wa_id: person?.phone ?? address }],
    messages: [{ id: message.id }],
  };
}

const NOBODY: Omit<Somebody, 'phone' | 'bsuid'> = {
  key: '',
  name: '',
  isUnreachable: true,
  lastWroteAt: null,
  messages: [],
};

function markRead(state: State, body: Fields): object {
  const id = String(body['message_id']);
  for (const person of state.people.values()) {
    const upTo = person.messages.findIndex((one) => one.id === id && one.from === 'person');
    if (upTo === -1) continue;
    for (const message of person.messages.slice(0, upTo + 1))
      if (message.from === 'person') message.isRead = true;
    person.messages[upTo]!.isAnswering = body['typing_indicator'] !== undefined;
    return { success: true };
  }
  throw new Refusal(131009, 'Parameter value is not valid: message_id');
}

function checkWindow(person: Somebody): void {
  if (person.lastWroteAt === null || Date.now() - person.lastWroteAt > DAY_MS)
    throw new Refusal(
      131047,
      'Message failed to send because more than 24 hours have passed since they last replied.',
    );
}

/** Holds the vendor's limits against what was sent. */
function read(state: State, body: Fields): Message {
  const kind = String(body['type']);
  const said = (body[kind] ?? {}) as Fields;
  const message: Message = {
    id: messageId(state),
    from: 'us',
    text: '',
    kind,
    buttons: [],
    isList: false,
    photos: [],
    document: null,
    location: null,
    request: null,
    template: null,
    quotes: ((body['context'] as Fields | undefined)?.['message_id'] as string | undefined) ?? null,
    status: 'accepted',
    isRead: false,
    isAnswering: false,
  };
  switch (kind) {
    case 'text':
      message.text = text(said['body'], 'text.body', 4096);
      return message;
    case 'image':
      message.photos = [file(state, said)];
      message.text = caption(said);
      return message;
    case 'document':
      message.document = { id: file(state, said), filename: String(said['filename'] ?? '') };
      message.text = caption(said);
      return message;
    case 'location':
      message.location = place(said);
      return message;
    case 'interactive':
      return readInteractive(state, said, message);
    case 'template':
      return readTemplate(state, said, message);
    default:
      throw new Refusal(100, `Invalid parameter: type ${kind}`);
  }
}

function readInteractive(state: State, said: Fields, message: Message): Message {
  const action = (said['action'] ?? {}) as Fields;
  message.text = text((said['body'] as Fields | undefined)?.['text'], 'interactive.body.text', 1024);
  const header = said['header'] as Fields | undefined;
  switch (said['type']) {
    case 'button': {
      message.buttons = (action['buttons'] as { reply: { id: string; title: string } }[]).map(
        ({ reply }) => reply,
      );
      if (message.buttons.length < 1 || message.buttons.length > 3)
        throw new Refusal(131009, 'Invalid buttons count.');
      checkEach(message.buttons, 20, 256);
      if (new Set(message.buttons.map((one) => one.title)).size < message.buttons.length)
        throw new Refusal(131009, 'Duplicated button title');
      if (header?.['type'] === 'image') message.photos = [file(state, header['image'] as Fields)];
      if (header?.['type'] === 'document') {
        const named = header['document'] as Fields;
        message.document = { id: file(state, named), filename: String(named['filename'] ?? '') };
      }
      return message;
    }
    case 'list': {
      text(action['button'], 'action.button', 20);
      if (header) throw new Refusal(131009, 'A list has no such header here');
      const sections = action['sections'] as { title?: string; rows: Message['buttons'] }[];
      if (sections.length > 1 && sections.some((one) => !one.title))
        throw new Refusal(131009, 'Section title is required.');
      message.buttons = sections.flatMap((section) => section.rows);
      message.isList = true;
      if (message.buttons.length < 1 || message.buttons.length > 10)
        throw new Refusal(131009, 'Total row count exceed max allowed count: 10');
      checkEach(message.buttons, 24, 200);
      for (const row of message.buttons)
        if (row.description !== undefined) text(row.description, 'row.description', 72);
      return message;
    }
    case 'location_request_message':
      if (action['name'] !== 'send_location') throw new Refusal(131009, 'Invalid action name');
      message.request = 'location';
      return message;
    case 'request_contact_info':
      if (action['name'] !== 'request_contact_info') throw new Refusal(131009, 'Invalid action name');
      message.request = 'contact';
      return message;
    default:
      throw new Refusal(131009, `Invalid interactive type ${String(said['type'])}`);
  }
}

function readTemplate(state: State, said: Fields, message: Message): Message {
  const name = String(said['name']);
  const language = String((said['language'] as Fields | undefined)?.['code']);
  if (!state.templates[name]?.includes(language))
    throw new Refusal(132001, `Template name does not exist in the translation: ${name} ${language}`, 404);
  const components = (said['components'] ?? []) as {
    type: string;
    sub_type?: string;
    parameters: { payload?: string }[];
  }[];
  const button = components.find((one) => one.type === 'button' && one.sub_type === 'quick_reply');
  message.template = { name, language };
  message.text = `[${name}]`;
  message.buttons = button
    ? [{ id: button.parameters[0]!.payload!, title: language === 'en' ? 'Read' : 'Baca' }]
    : [];
  return message;
}

function checkEach(buttons: Message['buttons'], title: number, id: number): void {
  for (const button of buttons) {
    text(button.title, 'title', title);
    text(button.id, 'id', id);
    if (button.title !== button.title.trim() || /\n/u.test(button.title))
      throw new Refusal(131009, 'Invalid title');
  }
  if (new Set(buttons.map((one) => one.id)).size < buttons.length) throw new Refusal(131009, 'Duplicated id');
}

function text(value: unknown, name: string, most: number): string {
  if (typeof value !== 'string' || value.trim() === '')
    throw new Refusal(131008, `Required parameter is missing: ${name}`);
  if (value.length > most)
    throw new Refusal(100, `Invalid parameter: ${name} must be at most ${most} characters`);
  return value;
}

function caption(said: Fields): string {
  return said['caption'] === undefined ? '' : text(said['caption'], 'caption', 1024);
}

function file(state: State, said: Fields): string {
  const id = String(said['id']);
  if (!state.files.has(id)) throw new Refusal(131009, 'Parameter value is not valid: media id');
  return id;
}

function place(said: Fields): NonNullable<Message['location']> {
  const { latitude, longitude, name } = said;
  if (typeof latitude !== 'number' || typeof longitude !== 'number')
    throw new Refusal(131009, 'Invalid location');
  return { latitude, longitude, ...(typeof name === 'string' ? { name } : {}) };
}

/** POST /media: keeps what was handed over, by the limits of each kind. */
export async function takeUpload(state: State, form: FormData): Promise<object> {
  const given = form.get('file');
  if (!(given instanceof Blob) || form.get('messaging_product') !== 'whatsapp')
    throw new Refusal(100, 'Invalid parameter: file');
  const mime = given.type;
  const most = (mime.startsWith('image/') ? 5 : mime.startsWith('audio/') ? 16 : 100) * 1024 * 1024;
  if (given.size > most || given.size === 0) throw new Refusal(131053, 'Media upload error');
  return { id: keepFile(state, new Uint8Array(await given.arrayBuffer()), mime).id };
}
