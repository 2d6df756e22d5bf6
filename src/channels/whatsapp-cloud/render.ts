import { CHANNEL_LIMITS } from '../../core/limits.js';
import type { Choice, Outgoing } from '../../core/outgoing.js';
import { numbered } from '../numbered.js';
import { splitText } from '../splitText.js';
import { isBsuid } from './address.js';

/** One `POST /messages`. `send` adds the address, and puts the id of the upload in. */
export interface CloudRequest {
  body: { type: string; [field: string]: unknown };
  /** An attachment whose media id goes into `body.image`, `body.document` or the header of `body.interactive`. */
  upload?: { attachmentId: string; name?: string };
}

const { text: TEXT, caption: CAPTION } = CHANNEL_LIMITS['whatsapp-cloud'];
/** Source: developers.facebook.com, "Interactive reply buttons", "Interactive list messages"; facts/channels.md §4. */
export const CLOUD_LIMITS = {
  body: 1024,
  buttons: 3,
  buttonTitle: 20,
  buttonId: 256,
  rows: 10,
  rowTitle: 24,
  rowDescription: 72,
  rowId: 200,
  listButton: 20,
  filename: 240,
  placeName: 200,
};
/** The channel's own words, where the platform wants some and the message has none. */
const WORDS = {
  choose: 'Pilih',
  more: 'Pilihan lainnya',
  chooseOne: 'Pilih salah satu:',
  orChoose: 'Atau pilih:',
  here: 'Kirim lokasi Bapak/Ibu lewat tombol ini.',
  number: 'Kirim nomor Bapak/Ibu lewat tombol ini.',
};

/**
 * A message of ours as requests of the Cloud API, in the order in which they are made. Pure.
 *
 * Up to three short choices are buttons, up to ten the rows of a list, more are several lists one after the other: a row
 * that led to a next page would have to be answered by the process that it happens to come to, which did not send the
 * list and knows nothing of it after a restart. Labels that do not fit stand whole as numbered lines in the text.
 */
export function render(chatId: string, message: Outgoing): CloudRequest[] {
  const choices = message.choices ?? [];
  const isNumbered = needsNumbers(choices);
  const given = message.text.trim();
  let text = (isNumbered ? numbered(given, choices) : given).trim();
  const requests: CloudRequest[] = [];

  const header = headerOf(message, choices, text, isNumbered);
  if (!header) {
    const isPlain = choices.length === 0 && !message.request;
    const files = uploadsOf(message);
    // With pictures to come, the words stand under the first of them, as on the other channels.
    const carrier = files.length > 1 && message.document ? 1 : 0;
    files.forEach((file, n) => {
      const carries = isPlain && n === carrier && text !== '' && text.length <= CAPTION;
      requests.push(fileRequest(file, carries ? text : ''));
      if (carries) text = '';
    });
  }
  requests.push(...spoken(chatId, message, choices, text, header, isNumbered));
  if (message.location) requests.push(placeRequest(message.location));
  return quoting(requests, message.quotes);
}

/** The words, with whatever may be tapped under their last part. */
function spoken(
  chatId: string,
  message: Outgoing,
  choices: Choice[],
  text: string,
  header: Header | null,
  isNumbered: boolean,
): CloudRequest[] {
  const asks = requestOf(chatId, message);
  if (asks) {
    const { before, last } = cutBody(text, message.request === 'location' ? WORDS.here : WORDS.number);
    const others = choices.length > 0 ? offered(choices, WORDS.orChoose, null, isNumbered) : [];
    return [
      ...before.map(textRequest),
      interactive(asks, last, { name: asks === 'location_request_message' ? 'send_location' : asks }),
      ...others,
    ];
  }
  if (choices.length === 0) return splitText(text, TEXT).map(textRequest);
  const { before, last } = cutBody(text, WORDS.chooseOne);
  return [...before.map(textRequest), ...offered(choices, last, header, isNumbered)];
}

/** The platform's own button for what is asked; the number is asked for only where we do not have it. */
function requestOf(
  chatId: string,
  message: Outgoing,
): 'location_request_message' | 'request_contact_info' | null {
  if (message.request === 'location') return 'location_request_message';
  return message.request === 'contact' && isBsuid(chatId) ? 'request_contact_info' : null;
}

/** What goes before the body of an interactive message, and the body: never empty, never too long. */
function cutBody(text: string, otherwise: string): { before: string[]; last: string } {
  if (text === '') return { before: [], last: otherwise };
  const last = splitText(text, CLOUD_LIMITS.body).at(-1)!;
  return { before: splitText(text.slice(0, text.length - last.length), TEXT), last };
}

function offered(
  choices: Choice[],
  body: string,
  header: Header | null,
  isNumbered: boolean,
): CloudRequest[] {
  if (fitButtons(choices, isNumbered)) {
    const buttons = choices.map((choice, n) => ({
      type: 'reply',
      reply: { id: idOf(choices, n, CLOUD_LIMITS.buttonId), title: oneLine(choice.label) },
    }));
    const request = interactive('button', body, { buttons });
    if (!header) return [request];
    Object.assign(request.body['interactive'] as object, {
      header: { type: header.kind, [header.kind]: header.named },
    });
    return [{ ...request, upload: header.upload }];
  }
  const rows = choices.map((choice, n) => row(choices, choice, n, isNumbered));
  const pages = Array.from({ length: Math.ceil(rows.length / CLOUD_LIMITS.rows) }, (_, n) =>
    rows.slice(n * CLOUD_LIMITS.rows, (n + 1) * CLOUD_LIMITS.rows),
  );
  return pages.map((page, n) =>
    interactive('list', n === 0 ? body : `${WORDS.more} (${n + 1}/${pages.length}):`, {
      button: n === 0 ? WORDS.choose : WORDS.more,
      sections: [{ rows: page }],
    }),
  );
}

function row(choices: Choice[], choice: Choice, n: number, isNumbered: boolean): object {
  const label = oneLine(choice.label);
  const title = isNumbered ? `${n + 1}. ${label}` : label;
  const isCut = title.trim().length > CLOUD_LIMITS.rowTitle;
  return {
    id: idOf(choices, n, CLOUD_LIMITS.rowId),
    title: cut(title.trim(), CLOUD_LIMITS.rowTitle),
    ...(isCut ? { description: cut(label, CLOUD_LIMITS.rowDescription) } : {}),
  };
}

/** Labels that would be cut, that are the same, or of which nothing is left, are told apart by their numbers. */
function needsNumbers(choices: Choice[]): boolean {
  if (choices.length === 0) return false;
  const labels = choices.map((choice) => oneLine(choice.label));
  return (
    new Set(labels).size < labels.length ||
    labels.some((label) => label === '' || label.length > CLOUD_LIMITS.rowTitle)
  );
}

function fitButtons(choices: Choice[], isNumbered: boolean): boolean {
  return (
    !isNumbered &&
    choices.length <= CLOUD_LIMITS.buttons &&
    choices.every((choice) => oneLine(choice.label).length <= CLOUD_LIMITS.buttonTitle)
  );
}

/** Ids must differ: a payload that stands twice is numbered, and `toInbound` takes the number off. */
function idOf(choices: Choice[], n: number, most: number): string {
  const { payload } = choices[n]!;
  const isFirst = choices.findIndex((choice) => choice.payload === payload) === n;
  return isFirst ? payload.slice(0, most) : `${payload.slice(0, most - 4)}~${n}`;
}

interface Header {
  kind: 'image' | 'document';
  named: { filename?: string };
  upload: NonNullable<CloudRequest['upload']>;
}

/** One picture or document stands above the buttons in the same message. Lists carry none. */
function headerOf(message: Outgoing, choices: Choice[], text: string, isNumbered: boolean): Header | null {
  const files = uploadsOf(message);
  if (files.length !== 1 || choices.length === 0 || message.request) return null;
  if (!fitButtons(choices, isNumbered) || text === '' || text.length > CLOUD_LIMITS.body) return null;
  const { kind, named, upload } = files[0]!;
  return { kind, named, upload };
}

function uploadsOf(message: Outgoing): Header[] {
  const files: Header[] = (message.photos ?? []).map((attachmentId) => ({
    kind: 'image',
    named: {},
    upload: { attachmentId },
  }));
  if (!message.document) return files;
  const { attachmentId, name } = message.document;
  const filename = cut(oneLine(name), CLOUD_LIMITS.filename);
  return [{ kind: 'document', named: { filename }, upload: { attachmentId, name: filename } }, ...files];
}

function fileRequest(file: Header, caption: string): CloudRequest {
  return {
    body: { type: file.kind, [file.kind]: { ...file.named, ...(caption === '' ? {} : { caption }) } },
    upload: file.upload,
  };
}

function placeRequest(place: NonNullable<Outgoing['location']>): CloudRequest {
  const { latitude, longitude, label } = place;
  const name = label === undefined ? '' : cut(oneLine(label), CLOUD_LIMITS.placeName);
  return { body: { type: 'location', location: { latitude, longitude, ...(name === '' ? {} : { name }) } } };
}

function textRequest(text: string): CloudRequest {
  return { body: { type: 'text', text: { body: text, preview_url: false } } };
}

function interactive(type: string, text: string, action: object): CloudRequest {
  return { body: { type: 'interactive', interactive: { type, body: { text }, action } } };
}

/** The first thing that goes out answers the message. Ids of ours that are no message of WhatsApp quote nothing. */
function quoting(requests: CloudRequest[], quotes: string | undefined): CloudRequest[] {
  const [first, ...rest] = requests;
  if (!first || !quotes?.startsWith('wamid.')) return requests;
  return [{ ...first, body: { ...first.body, context: { message_id: quotes } } }, ...rest];
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}

/** Cut with an ellipsis, not within a character. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/u, '');
  return `${kept.trimEnd()}…`;
}
