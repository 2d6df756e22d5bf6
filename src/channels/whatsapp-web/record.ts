import { z } from 'zod';

/** Seconds since 1970, within what a Date and Postgres hold. */
const Time = z.int().min(0).max(4_102_444_800);

/** Who said something where and when: enough to answer, though the rest be unreadable. */
export const Envelope = z.object({
  /** The message's id as the library spells it: `false_62…@c.us_3EB0…`. */
  id: z.string().min(1).max(300),
  /** The other side: `62…@c.us`, `…@lid`, `…@g.us`, `status@broadcast`, `…@newsletter`. An answer goes there. */
  chat: z.string().min(1).max(200),
  /** From our account: sent by us, or by the phone's owner by hand. */
  fromMe: z.boolean(),
  /** The library's name of the kind: 'chat', 'image', 'ptt' … */
  type: z.string().max(60),
  at: Time,
  /** Both names of the other side, as far as WhatsApp tells them: `…@lid` and `62…@c.us`. */
  lid: z.string().max(200).optional(),
  phone: z.string().max(200).optional(),
  /** What the person calls themself. */
  name: z.string().optional(),
  /** Sent to a list of many at once. */
  isBroadcast: z.boolean().optional(),
  /** Written on a phone, not in a browser like ours. */
  isByHand: z.boolean().optional(),
});
export type Envelope = z.infer<typeof Envelope>;

/**
 * What we read of a message of WhatsApp Web, as plain data: the process that holds the page makes it (`extract.ts`),
 * `toInbound` reads it. Everything else is dropped there.
 */
export const MessageRecord = Envelope.extend({
  /** The words, or the caption. */
  text: z.string().optional(),
  file: z
    .object({
      mime: z.string().max(200).optional(),
      bytes: z.int().min(0).optional(),
      name: z.string().optional(),
    })
    .optional(),
  location: z
    .object({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      label: z.string().optional(),
    })
    .optional(),
  /** Contact cards, in the vCard form. */
  cards: z.array(z.string().max(20_000)).max(100).optional(),
  /** The id of the message that it answers. */
  quotes: z.string().max(300).optional(),
  /** It was changed; names the change. */
  edit: z.string().max(100).optional(),
});
export type MessageRecord = z.infer<typeof MessageRecord>;
