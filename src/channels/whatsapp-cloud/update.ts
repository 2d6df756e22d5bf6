import { z } from 'zod';

/**
 * What we read of the webhook's payloads; everything else in them is dropped at this door.
 * Source: developers.facebook.com, WhatsApp Business Platform, "Webhooks: messages" and its page for each kind.
 */
const Text = z.string();
const Id = z.string().min(1).max(300);

/** A number, or one written as text; never what JavaScript merely takes for one (null, '', true). */
const Numeric = z.union([z.number(), z.string().regex(/^-?\d{1,20}(?:\.\d{1,20})?$/u)]).transform(Number);

/** Seconds since 1970, within what a Date and Postgres hold. */
const Time = Numeric.pipe(z.int().min(0).max(4_102_444_800));

export const Payload = z.object({
  object: z.literal('whatsapp_business_account'),
  entry: z.array(z.object({ changes: z.array(z.unknown()).default([]) })),
});

export const Change = z.object({
  field: z.string(),
  value: z.object({
    metadata: z.object({ phone_number_id: Id }),
    contacts: z.array(z.unknown()).optional().catch(undefined),
    messages: z.array(z.unknown()).optional(),
    message_echoes: z.array(z.unknown()).optional(),
    statuses: z.array(z.unknown()).optional(),
    errors: z.array(z.unknown()).optional().catch(undefined),
  }),
});
export type Change = z.infer<typeof Change>;

/** Who writes. `wa_id` may be missing: people with a username come with `user_id` alone. */
export const Sender = z.object({
  wa_id: Text.optional(),
  user_id: Text.optional(),
  profile: z
    .object({ name: Text.optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
export type Sender = z.infer<typeof Sender>;

/** Who said something when: enough to answer, though the rest be unreadable. */
export const Envelope = z.object({
  id: Id,
  timestamp: Time,
  type: Text.default('unknown'),
  from: Text.optional(),
  from_user_id: Text.optional(),
  /** Written in a group of the Groups API. */
  group_id: Text.optional(),
});
export type Envelope = z.infer<typeof Envelope>;

const Context = z.object({ context: z.object({ id: Id.optional() }).optional().catch(undefined) });

const File = z.object({
  id: Id,
  mime_type: z.string().max(200).optional(),
  sha256: z.string().max(200).optional(),
});
export type File = z.infer<typeof File>;
const Captioned = File.extend({ caption: Text.optional() });

const Reply = z.object({ id: z.string().max(256), title: Text.optional() });

/** Coordinates come as numbers or as text. */
const Degrees = (most: number) => Numeric.pipe(z.number().min(-most).max(most));

const Person = z.object({
  name: z
    .object({ formatted_name: Text.optional(), first_name: Text.optional(), last_name: Text.optional() })
    .optional()
    .catch(undefined),
  phones: z
    .array(z.object({ phone: Text.optional(), wa_id: Text.optional() }))
    .optional()
    .catch(undefined),
  /** `contact_request`: the person tapped our button that asks for their own number. */
  origin: Text.optional().catch(undefined),
});

/** The bodies of the kinds that say something to us, by `type`. */
export const Body = {
  text: Context.extend({ text: z.object({ body: Text }) }),
  interactive: z.object({
    interactive: z.object({
      type: Text,
      button_reply: Reply.optional(),
      list_reply: Reply.optional(),
    }),
  }),
  button: z.object({ button: z.object({ payload: z.string().max(256).optional(), text: Text.optional() }) }),
  image: z.object({ image: Captioned }),
  document: z.object({ document: Captioned.extend({ filename: Text.optional() }) }),
  audio: z.object({ audio: File }),
  location: z.object({
    location: z.object({
      latitude: Degrees(90),
      longitude: Degrees(180),
      name: Text.optional(),
      address: Text.optional(),
    }),
  }),
  contacts: z.object({ contacts: z.array(Person).min(1), origin: Text.optional().catch(undefined) }),
  edit: z.object({
    edit: z.object({ original_message_id: Id, message: z.record(z.string(), z.unknown()) }),
  }),
  unsupported: z.object({ unsupported: z.object({ type: Text.optional() }).optional().catch(undefined) }),
  system: z.object({
    system: z.object({
      type: Text,
      wa_id: Text.optional(),
      user_id: Text.optional(),
      previous_user_id: Text.optional(),
    }),
  }),
};

/** What the number's owner wrote by hand, in the WhatsApp Business app on the same number. */
export const Echo = z.object({
  id: Id,
  timestamp: Time,
  type: Text.default('unknown'),
  to: Text.optional(),
  to_user_id: Text.optional(),
  text: z.object({ body: Text }).optional().catch(undefined),
});

export const Status = z.object({
  id: Id,
  status: Text,
  timestamp: Time,
  errors: z
    .array(z.object({ code: Numeric, title: Text.optional() }))
    .optional()
    .catch(undefined),
});
