import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/** What the stand-in knows: one number of ours, the people who write to it, and what Meta still has to bring. */
export interface State {
  readonly token: string;
  readonly phoneNumberId: string;
  /** '+62 811-0000-1': how Meta shows it. */
  readonly displayNumber: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  /** Approved templates: language by name. */
  readonly templates: { [name: string]: string[] };
  /** Whether what becomes of a message is reported without being asked for: sent, then delivered. */
  readonly isReporting: boolean;
  webhook: string | null;
  /** Nothing is brought for now: what comes meanwhile comes in one payload. */
  isHolding: boolean;
  waiting: Delivery[];
  people: Map<string, Somebody>;
  files: Map<string, StoredFile>;
  /** Links by their random part: each may be used for a while. */
  links: Map<string, { file: string; until: number }>;
  calls: Call[];
  faults: Fault[];
  nextId: number;
  wake: Set<() => void>;
  record: (call: Call) => void;
}

/** A payload that Meta brings until it is answered with 200; `left`: how often it still comes, answered or not. */
export interface Delivery {
  body: string;
  signature: string | null;
  left: number;
  /** How often it was answered otherwise: one that is only tried once is given up. */
  isTriedOnce: boolean;
}

export interface Somebody {
  /** What the tests call them by: the number, or for those who hide it the BSUID. */
  key: string;
  phone: string | null;
  bsuid: string;
  name: string;
  /** The API takes what is sent to them, and reports that it did not arrive. */
  isUnreachable: boolean;
  /** When they last wrote: 24 hours from then anything may be sent. */
  lastWroteAt: number | null;
  messages: Message[];
}

/** A message as both sides see it. */
export interface Message {
  id: string;
  from: 'us' | 'person';
  /** Words, caption or body. */
  text: string;
  kind: string;
  /** Buttons or rows, with what a tap sends. */
  buttons: { id: string; title: string; description?: string }[];
  isList: boolean;
  /** Media ids. */
  photos: string[];
  document: { id: string; filename: string } | null;
  location: { latitude: number; longitude: number; name?: string } | null;
  /** The platform's own button that it carries. */
  request: 'location' | 'contact' | null;
  template: { name: string; language: string } | null;
  quotes: string | null;
  status: 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';
  /** Of a person's: whether we marked it as read, and whether we showed that we write. */
  isRead: boolean;
  isAnswering: boolean;
}

export interface StoredFile {
  id: string;
  bytes: Uint8Array;
  mime: string;
  sha256: string;
}

/** One call of the Graph API; `what` names it as faults do. */
export interface Call {
  at: string;
  what: What;
  body: { [field: string]: unknown };
  outcome: 'ok' | 'hang' | 'drop_before' | 'drop_after' | number;
}

/** messages: a send; read: a mark as read; upload; media: a link is asked for; download; number: who we are. */
export type What = 'messages' | 'read' | 'upload' | 'media' | 'download' | 'number';

export type FaultKind =
  /** The socket is closed before the request counts. */
  | 'drop_before'
  /** The request counts (a message is sent), then the socket is closed without an answer. */
  | 'drop_after'
  /** No answer ever comes; nothing happens. */
  | 'hang'
  /** It is carried out, and answered, only then. */
  | { afterMs: number }
  /** Refused with one of Meta's codes. */
  | { code: number; http?: number; message?: string; retryAfter?: number }
  /** A gateway before Meta answers, without a code. */
  | { http: number }
  /** A download: sent on to there. */
  | { redirect: string }
  /** A download: other bytes than were sent. */
  | { bytes: Uint8Array };

/** The next `times` calls of `what` ('*': any), to `to` where given, meet this. */
export interface Fault {
  what: What | '*';
  to?: string | undefined;
  kind: FaultKind;
  times: number;
}

export interface GraphApiOptions {
  token?: string;
  phoneNumberId?: string;
  appSecret?: string;
  verifyToken?: string;
  displayNumber?: string;
  templates?: { [name: string]: string[] };
  isReporting?: boolean;
  record?: string;
  /** Where messages and files begin to be counted: whoever keeps what came must not meet an id twice. */
  first?: number;
}

export const STAND_IN = {
  token: 'EAAGstandInTokenOfTheGraphApi0000',
  phoneNumberId: '106500000000001',
  appSecret: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  verifyToken: 'verify-me-please',
  displayNumber: '+62 811-0000-0001',
  templates: { kabar_layanan: ['id'], service_news: ['en'] },
};

export function createState(options: GraphApiOptions): State {
  return {
    ...STAND_IN,
    isReporting: true,
    ...options,
    webhook: null,
    isHolding: false,
    waiting: [],
    people: new Map(),
    files: new Map(),
    links: new Map(),
    calls: [],
    faults: [],
    nextId: options.first ?? 1,
    wake: new Set(),
    record(call) {
      this.calls.push(call);
      if (options.record) appendFileSync(options.record, `${JSON.stringify(call)}\n`);
    },
  };
}

export function wakeAll(state: State): void {
  for (const wake of state.wake) wake();
}

/** An id as WhatsApp's look. */
export function messageId(state: State): string {
  return `wamid.${Buffer.from(`stand-in-${String(state.nextId++).padStart(8, '0')}`).toString('base64')}`;
}

export function keepFile(state: State, bytes: Uint8Array, mime: string): StoredFile {
  const file = {
    id: `20${String(state.nextId++).padStart(13, '0')}`,
    bytes,
    mime,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  state.files.set(file.id, file);
  return file;
}

/** Who is known by a number or by a BSUID. */
export function find(state: State, address: string): Somebody | undefined {
  return [...state.people.values()].find((one) => one.phone === address || one.bsuid === address);
}

/** Takes the fault that the next call meets, if one is set for it. */
export function takeFault(state: State, what: What, to: string | null): FaultKind | null {
  const fault = state.faults.find(
    (one) =>
      one.times > 0 &&
      (one.what === '*' || one.what === what) &&
      (one.to === undefined || one.to === to || find(state, one.to)?.key === find(state, to ?? '')?.key),
  );
  if (!fault) return null;
  fault.times -= 1;
  return fault.kind;
}
