import type { Content } from './content.js';
import type { Choice, Outgoing } from './outgoing.js';

/** The two lines of the simulator: numbered text in WhatsApp's manner, buttons in Telegram's. */
export const SIMULATOR_LINES = { numbers: 'sim:resident', buttons: 'sim:telegram' } as const;

/** One phone of the simulator. `id` is the chat id and the `simulator` identity of its address. */
export interface SimulatedPerson {
  id: string;
  name: string;
  lineId: string;
  /** 62…: what sharing one's contact proves. */
  phone: string;
  role: 'resident' | 'farmer' | 'officer';
}

/**
 * The phones that stand ready. Names and numbers are invented; the seed's demonstration officers carry the
 * officers' numbers, so that an invite can be accepted here by sharing the contact.
 */
export const SIMULATED_PEOPLE: readonly SimulatedPerson[] = [
  {
    id: 'siti',
    name: 'Siti Aminah',
    lineId: SIMULATOR_LINES.numbers,
    phone: '6280000000101',
    role: 'resident',
  },
  {
    id: 'wayan',
    name: 'Wayan Sudarma',
    lineId: SIMULATOR_LINES.numbers,
    phone: '6280000000102',
    role: 'resident',
  },
  {
    id: 'untung',
    name: 'Untung Riyadi',
    lineId: SIMULATOR_LINES.buttons,
    phone: '6280000000201',
    role: 'farmer',
  },
  {
    id: 'sri',
    name: 'Bu Sri (contoh)',
    lineId: SIMULATOR_LINES.buttons,
    phone: '6280000000001',
    role: 'officer',
  },
  {
    id: 'slamet',
    name: 'Pak Slamet (contoh)',
    lineId: SIMULATOR_LINES.buttons,
    phone: '6280000000002',
    role: 'officer',
  },
  {
    id: 'kades',
    name: 'Pak Kades (contoh)',
    lineId: SIMULATOR_LINES.buttons,
    phone: '6280000000003',
    role: 'officer',
  },
];

/** One message as a phone of the simulator shows it. */
export interface SimulatedMessage {
  id: string;
  personId: string;
  from: 'person' | 'office';
  at: Date;
  text: string;
  /** Buttons beneath it; none once an answer took them off. On the numbered line they are part of the text. */
  choices?: Choice[];
  /** Pictures: of our storage (`attachmentId`), or just sent by the person (`fileId`, see `Simulator.file`). */
  photos?: { attachmentId?: string; fileId?: string }[];
  document?: { attachmentId?: string; fileId?: string; name: string };
  location?: { latitude: number; longitude: number };
  contact?: { phone: string; name: string };
  /** The office asks for it; the page offers a button. */
  request?: 'location' | 'contact';
  isEdited?: boolean;
  /** The next message of this slot takes its place (`Outgoing.slot`). */
  slot?: string;
}

/** What was said on a line, as the tables keep it: a phone shows it again after a restart. */
export type SimulatedRecord =
  | { from: 'person'; id: string; at: Date; content: Content }
  | { from: 'office'; id: string; at: Date; message: Outgoing };

/** What the page of the simulator does on a phone, and how it hears of what changes. */
export interface Simulator {
  readonly people: readonly SimulatedPerson[];
  /** The latest messages of a phone, oldest first: at most `limit` (100). After a restart from the stored history. */
  messages(personId: string, limit?: number): Promise<SimulatedMessage[]>;
  /** Hears of each new or changed message (same id); answers with the function that ends it. */
  subscribe(personId: string | null, listener: (message: SimulatedMessage) => void): () => void;

  // Each resolves once the road has stored it, and rejects with a RangeError on an unknown person.
  writes(personId: string, text: string): Promise<SimulatedMessage>;
  taps(personId: string, messageId: string, payload: string): Promise<void>;
  sendsPhoto(
    personId: string,
    bytes: Uint8Array,
    more?: { mime?: string; caption?: string; album?: string },
  ): Promise<SimulatedMessage>;
  sendsDocument(
    personId: string,
    bytes: Uint8Array,
    more: { name: string; mime?: string; caption?: string },
  ): Promise<SimulatedMessage>;
  sharesLocation(
    personId: string,
    latitude: number,
    longitude: number,
    label?: string,
  ): Promise<SimulatedMessage>;
  /** One's own number, or another's. */
  sharesContact(personId: string, other?: { phone: string; name: string }): Promise<SimulatedMessage>;
  edits(personId: string, messageId: string, text: string): Promise<void>;
  opensLink(personId: string, payload: string): Promise<SimulatedMessage>;
  blocks(personId: string): Promise<void>;
  unblocks(personId: string): Promise<void>;

  /** A file that a phone sent, for showing it on that phone. */
  file(fileId: string): Promise<{ bytes: Uint8Array; mime: string } | null>;
}
