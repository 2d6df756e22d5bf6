/**
 * What a person sent, freed from the platform it came by. Channels make it (`toInbound`), the row
 * `inbound_messages.body` holds it, the flow engine reads it. Identity numbers are masked before it exists.
 */
export type Content =
  /** `quotes`: the external id of the message that it answers, where the person said so. */
  | { kind: 'text'; text: string; quotes?: string }
  /**
   * A button of ours. `payload` is what we put there; `label` what the person saw. `inGroup`: tapped in a group, heard
   * in the tapper's own chat with us.
   */
  | { kind: 'tap'; payload: string; label?: string; inGroup?: true }
  /** The person opened the chat by a link: `/start <payload>` on Telegram. */
  | { kind: 'start'; payload: string }
  | { kind: 'photo'; file: MediaRef; caption?: string; album?: string }
  | { kind: 'document'; file: MediaRef; caption?: string; name?: string; album?: string }
  | { kind: 'voice'; file: MediaRef }
  | { kind: 'location'; latitude: number; longitude: number; label?: string }
  /** `isOwn`: the platform vouches that this is the sender's own number. `phone` as 62…. */
  | { kind: 'contact'; phone: string; name?: string; isOwn: boolean }
  /** An earlier message was changed. `externalId` is the external id of the message that was edited. */
  | { kind: 'edit'; externalId: string; text: string }
  /**
   * The owner of the phone that our line lives on wrote in this chat by hand: we are silent here for a while (`pause`),
   * until they say so (`resume`: "bot lanjut"), or for good (`private`: "bot privat"). Their words are not kept.
   */
  | { kind: 'owner_wrote'; says: 'pause' | 'resume' | 'private' }
  /** The platform gave this chat another id: a group that became a supergroup. */
  | { kind: 'moved'; to: string }
  /** The person blocked us, or lets us write again. */
  | { kind: 'blocked' }
  | { kind: 'unblocked' }
  /** A sticker, poll, video … we cannot read. `what` names it for the log, never its words. */
  | { kind: 'unreadable'; what: string };

/** Where a file can be had: first at the platform (`remote`), after download in our storage (`attachmentId`). */
export interface MediaRef {
  /** The platform's own id of the file; never a link, which may carry a token. */
  remote?: string;
  /** Our attachment, once stored. */
  attachmentId?: string;
  mime?: string;
  /** Size in bytes as the platform tells it. */
  bytes?: number;
}

/** The identities of one address. At least one is there; a channel fills those it knows. */
export interface AddressIds {
  telegram?: string;
  simulator?: string;
  /** 62…, digits only. */
  phone?: string;
  lid?: string;
  bsuid?: string;
}

/** The platforms whose address space is one: two lines of a platform know a person by the same id. */
export type Platform = 'telegram' | 'whatsapp' | 'simulator';

/** One thing received from a platform, ready to be stored. */
export interface Inbound {
  lineId: string;
  /** Unique within the line; a redelivery carries the same. */
  externalId: string;
  platform: Platform;
  ids: AddressIds;
  /** Where an answer goes: the platform's chat id. */
  chatId: string;
  /** Written in a group. The group is then the address (`ids`, `chatId`): nobody's private chat mixes with it. */
  isGroup?: boolean;
  /** The name that the platform shows; greeting only. */
  displayName?: string;
  /** When the person sent it, by the platform's clock. */
  sentAt: Date;
  content: Content;
}
