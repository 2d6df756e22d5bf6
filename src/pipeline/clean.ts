import type { Content, Inbound } from '../core/content.js';
import { withoutFormTokens } from '../core/formLink.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { isTokenDigest } from '../core/inviteToken.js';
import { withoutPasswordTokens } from '../core/passwordLink.js';

/** The longest text that is kept; no question wants more, and no platform's own limit is lower. */
export const LONGEST_TEXT = 8_000;
const CUT_MARK = ' […]';
/** A body of more bytes than this is no message of a person. */
export const LARGEST_BODY = 64_000;

/**
 * What the channel handed over, made fit for a row whatever the channel did: identity numbers masked, what Postgres
 * refuses taken out, texts cut to a sane length, what is beyond all measure kept as unreadable.
 */
export function cleanInbound(inbound: Inbound): Inbound {
  const content = cleanContent(inbound.content);
  const ids = Object.fromEntries(
    Object.entries(inbound.ids).flatMap(([kind, value]) =>
      value === undefined ? [] : [[kind, storable(value)]],
    ),
  );
  return {
    ...inbound,
    externalId: storable(inbound.externalId),
    ids,
    chatId: storable(inbound.chatId),
    displayName: inbound.displayName === undefined ? undefined : words(inbound.displayName).slice(0, 200),
    content: JSON.stringify(content).length > LARGEST_BODY ? unreadable('oversized') : content,
  };
}

/** What stands in for a message that could not be stored as it is. `what` names the reason for the log. */
export function unreadable(what: string): Content {
  return { kind: 'unreadable', what };
}

function cleanContent(content: Content): Content {
  switch (content.kind) {
    case 'text':
      return {
        ...content,
        text: words(content.text),
        ...(content.quotes === undefined ? {} : { quotes: storable(content.quotes) }),
      };
    case 'edit':
      return { ...content, externalId: storable(content.externalId), text: words(content.text) };
    case 'tap':
      return { ...content, payload: storable(content.payload), ...optional('label', content.label) };
    case 'start':
      return { ...content, payload: payload(storable(content.payload)) };
    case 'photo':
      return {
        ...content,
        file: file(content.file),
        ...optional('caption', content.caption),
        ...album(content),
      };
    case 'document':
      return {
        ...content,
        file: file(content.file),
        ...optional('caption', content.caption),
        ...optional('name', content.name),
        ...album(content),
      };
    case 'voice':
      return { ...content, file: file(content.file) };
    case 'location':
      return Number.isFinite(content.latitude) && Number.isFinite(content.longitude)
        ? { ...content, ...optional('label', content.label) }
        : unreadable('location');
    case 'contact':
      return { ...content, phone: storable(content.phone), ...optional('name', content.name) };
    case 'unreadable':
      return { ...content, what: storable(content.what).slice(0, 100) };
    case 'moved':
      return { ...content, to: storable(content.to) };
    case 'owner_wrote':
    case 'blocked':
    case 'unblocked':
      return content;
    default:
      return content satisfies never;
  }
}

/** Of a link; but "/start" may be typed, with anything behind it. A digest has long runs of digits, and is no number. */
function payload(text: string): string {
  return isTokenDigest(text) ? text : maskIdentityNumbers(text).text;
}

function words(text: string): string {
  const masked = maskIdentityNumbers(withoutPasswordTokens(withoutFormTokens(storable(text)))).text;
  return masked.length > LONGEST_TEXT ? masked.slice(0, LONGEST_TEXT).toWellFormed() + CUT_MARK : masked;
}

function optional<K extends string>(key: K, text: string | undefined): { [P in K]?: string } {
  return text === undefined ? {} : ({ [key]: words(text) } as { [P in K]?: string });
}

function album(content: { album?: string }): { album?: string } {
  return content.album === undefined ? {} : { album: storable(content.album) };
}

function file<F extends { remote?: string; mime?: string }>(ref: F): F {
  return {
    ...ref,
    ...(ref.remote === undefined ? {} : { remote: storable(ref.remote) }),
    ...(ref.mime === undefined ? {} : { mime: storable(ref.mime) }),
  };
}
