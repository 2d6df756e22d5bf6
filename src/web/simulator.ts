import type { Content } from '../core/content.js';
import type { Outgoing } from '../core/outgoing.js';

/**
 * What /simulator needs of the simulator's channel (src/channels/simulator); handed in by runtime, since the web
 * knows no channel. Everything typed here goes the real road: submit → receive → converse → send → `onSent`.
 */
export interface Simulator {
  /** The phones that the page shows, in order. */
  phones(): SimulatedPhone[];
  /** Something the person does on this phone. Resolves once it is stored, as a platform's delivery would. */
  submit(phone: string, content: SimulatedContent): Promise<void>;
  /** What is on the phone's screen, oldest first: the last `limit` bubbles. */
  screen(phone: string, limit: number): SimulatedBubble[] | Promise<SimulatedBubble[]>;
  /** A picture that a bubble shows. */
  picture(phone: string, id: string): Promise<{ bytes: Uint8Array; mime: string } | null>;
  /** Called when anything on a phone's screen changed; returns how to stop listening. */
  onChange(listener: (phone: string) => void): () => void;
}

export interface SimulatedPhone {
  /** Also the simulator id of its address: 'siti'. */
  id: string;
  /** Whose it is: 'Bu Siti'. */
  name: string;
  /** 'warga', 'petani', 'petugas'. */
  part: 'resident' | 'farmer' | 'officer';
  /** 62…. */
  phone: string;
  lineId: string;
  /** WhatsApp's manner: numbered text. Telegram's: buttons. */
  look: 'whatsapp' | 'telegram';
}

/** What a person can do on a phone. A photo's bytes stand where a platform would hold the file. */
export type SimulatedContent =
  | Extract<Content, { kind: 'text' | 'tap' | 'start' | 'location' | 'contact' }>
  | { kind: 'photo'; bytes: Uint8Array; mime: string; caption?: string };

export interface SimulatedBubble {
  id: string;
  mine: boolean;
  at: Date;
  text: string;
  /** Ids for `picture`. */
  pictures: string[];
  location?: { latitude: number; longitude: number };
  /** Ours alone: buttons that can (still) be tapped. */
  choices: Outgoing['choices'];
  request?: Outgoing['request'];
}
