import { z } from 'zod';

/**
 * What the gateway and the process of a WhatsApp Web line say to each other. Both sides parse what they hear; bytes go
 * as they are (`serialization: 'advanced'`).
 */
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const quotes = z.string().optional();
const caption = z.string().optional();

/** One message of WhatsApp, with its bytes. */
export const SendPart = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string(), quotes }),
  z.object({ kind: z.literal('photo'), bytes, mime: z.string(), name: z.string(), caption, quotes }),
  z.object({ kind: z.literal('document'), bytes, mime: z.string(), name: z.string(), caption, quotes }),
  z.object({
    kind: z.literal('location'),
    latitude: z.number(),
    longitude: z.number(),
    label: z.string().optional(),
    quotes,
  }),
]);
export type SendPart = z.infer<typeof SendPart>;

/** What the gateway asks for; each ask is answered, or fails. */
export const Ask = z.discriminatedUnion('do', [
  /** The connection's state: 'CONNECTED' where all is well. */
  z.object({ do: z.literal('state') }),
  /** Tells the page's hooks that it is in sync: it may have been so before they were there. */
  z.object({ do: z.literal('nudge') }),
  /** Closes the browser, and begins anew. */
  z.object({ do: z.literal('again') }),
  z.object({ do: z.literal('send'), chat: z.string(), part: SendPart }),
  /** The file of a message; `most`: bytes. */
  z.object({ do: z.literal('media'), message: z.string(), most: z.int() }),
  /** Our messages in a chat since a time (seconds). */
  z.object({ do: z.literal('own'), chat: z.string(), since: z.int() }),
  /** Everything in the chats of people since a time (seconds), oldest first; `most` messages of a chat. */
  z.object({ do: z.literal('history'), since: z.int(), most: z.int() }),
  z.object({ do: z.literal('typing'), chat: z.string(), isOn: z.boolean() }),
  z.object({ do: z.literal('seen'), chat: z.string() }),
  /** Unlinks this device from the account. */
  z.object({ do: z.literal('logout') }),
]);
export type Ask = z.infer<typeof Ask>;

export const ToProcess = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('open'),
    profileFolder: z.string(),
    browser: z.object({
      path: z.string(),
      /** Its name tells: it knows no other mode. */
      isHeadlessShell: z.boolean(),
      args: z.array(z.string()),
      env: z.record(z.string(), z.string()),
    }),
    /** A stand-in's address instead of WhatsApp's own page. */
    page: z.string().nullable(),
    /** How long a single call into the browser may take. */
    protocolMs: z.int(),
    /** How long the page may take to show itself. */
    bootMs: z.int(),
  }),
  z.object({ kind: z.literal('ask'), id: z.int(), ask: Ask }),
  z.object({ kind: z.literal('close') }),
]);
export type ToProcess = z.infer<typeof ToProcess>;

/** What became of one message that was sent. `ack`: -1 refused, 0 not known yet, 1 at the server, 2 delivered, 3, 4 read. */
export const Sent = z.object({ id: z.string().nullable(), ack: z.int() });
export const Media = z.union([
  z.object({ bytes, mime: z.string() }),
  z.object({ failure: z.enum(['lost', 'refused']), why: z.string() }),
]);
/** What our own messages are told apart by. */
export const OwnMessage = z.object({
  id: z.string(),
  type: z.string(),
  at: z.int(),
  ack: z.int(),
  text: z.string(),
  name: z.string().optional(),
});
export type OwnMessage = z.infer<typeof OwnMessage>;

export const FromProcess = z.discriminatedUnion('kind', [
  /** There is a browser: to be ended by its id where we die, and its folder of passing files to be removed. */
  z.object({ kind: z.literal('opened'), browserPid: z.int(), folder: z.string() }),
  z.object({ kind: z.literal('qr'), qr: z.string() }),
  /** A phone linked this account, or the profile still knew it. */
  z.object({ kind: z.literal('linked') }),
  z.object({ kind: z.literal('ready'), number: z.string().nullable() }),
  /** A MessageRecord, parsed where it is read: a strange one must not end the talk. */
  z.object({ kind: z.literal('message'), record: z.unknown() }),
  z.object({ kind: z.literal('ack'), id: z.string(), ack: z.int() }),
  /** The connection's state changed. */
  z.object({ kind: z.literal('state'), state: z.string() }),
  z.object({
    kind: z.literal('trouble'),
    /** `unlinked`, `refused`: a person must act. All else: begin anew. */
    what: z.enum(['browser', 'tab', 'page', 'disconnected', 'unlinked', 'refused']),
    why: z.string(),
  }),
  z.object({ kind: z.literal('answer'), id: z.int(), value: z.unknown() }),
  z.object({ kind: z.literal('failed'), id: z.int(), why: z.string() }),
]);
export type FromProcess = z.infer<typeof FromProcess>;
