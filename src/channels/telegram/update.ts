import { z } from 'zod';

/**
 * What we read of Telegram's updates; everything else in them is dropped at this door.
 * Source: https://core.telegram.org/bots/api#update
 */
const User = z.object({
  id: z.int(),
  is_bot: z.boolean().optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
});

const Chat = z.object({
  id: z.int(),
  type: z.enum(['private', 'group', 'supergroup', 'channel']),
  title: z.string().optional(),
});

/** Seconds since 1970, within what a Date and Postgres hold. */
const Time = z.int().min(0).max(4_102_444_800);

/** Who said something where and when: enough to answer, though the rest be unreadable. */
export const Envelope = z.object({ message_id: z.int(), date: Time, chat: Chat, from: User.optional() });
export type Envelope = z.infer<typeof Envelope>;

const File = z.object({
  file_id: z.string().min(1).max(300),
  file_size: z.int().min(0).optional(),
  mime_type: z.string().max(200).optional(),
});

export const Message = Envelope.extend({
  text: z.string().optional(),
  caption: z.string().optional(),
  /** This group is a supergroup from now on, of another id. */
  migrate_to_chat_id: z.int().optional(),
  /** The same, told in the supergroup: what it was before. */
  migrate_from_chat_id: z.int().optional(),
  media_group_id: z.string().max(100).optional(),
  photo: z
    .array(File.extend({ width: z.int().min(0), height: z.int().min(0) }))
    .min(1)
    .optional(),
  document: File.extend({ file_name: z.string().optional() }).optional(),
  voice: File.optional(),
  location: z
    .object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
    .optional(),
  venue: z.object({ title: z.string().optional() }).optional(),
  contact: z
    .object({
      phone_number: z.string().max(40),
      first_name: z.string().optional(),
      last_name: z.string().optional(),
      user_id: z.int().optional(),
    })
    .optional(),
});
export type Message = z.infer<typeof Message>;

export const EditedMessage = Envelope.extend({
  edit_date: Time.optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
});

const Button = z.object({ text: z.string(), callback_data: z.string().optional() });

export const CallbackQuery = z.object({
  id: z.string().min(1).max(64),
  from: User,
  data: z.string().optional(),
  /** An old message is only named, with date 0. */
  message: z
    .object({
      message_id: z.int(),
      chat: Chat,
      reply_markup: z
        .object({ inline_keyboard: z.array(z.array(Button)) })
        .optional()
        .catch(undefined),
    })
    .optional(),
});

export const MemberChange = z.object({
  chat: Chat,
  from: User,
  date: Time,
  new_chat_member: z.object({ status: z.string() }),
});

export const UpdateId = z.object({ update_id: z.int().min(0) });

/** The kinds of update that we ask for: no others are sent to us. */
export const ALLOWED_UPDATES = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const;
