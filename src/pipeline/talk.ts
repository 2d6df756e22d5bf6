import type { Asker } from '../core/asker.js';
import type { Content, MediaRef } from '../core/content.js';
import type { Effect } from '../core/effect.js';
import type { FileKind } from '../core/file.js';
import type { JsonObject } from '../core/json.js';
import type { NewId, Sealer } from '../core/ports.js';
import { isRestricted } from '../core/restricted.js';
import type { FlowEvent, Session, TurnContext } from '../flow/types.js';
import type { ConversationRow, SavedConversation } from '../store/conversations.js';
import type { WaitingRow } from '../store/inbound.js';
import type { RepeatMark } from './automatic.js';
import type { Villages } from './villages.js';

/** What the road itself notes in a session, out of the engine's sight. */
export interface RoadNote {
  /** The last text and how often it came. */
  r?: RepeatMark;
  /** The message before was given up on. */
  p?: 1;
  /** The album whose first picture said that it is of an identity document: the others say nothing. */
  i?: string;
  /** The person was told that the message before has to wait. */
  w?: 1;
}
const NOTE = '~';

/** A message as it is heard: with the edits that came before it was, and what it said before them. */
export interface HeardRow extends WaitingRow {
  also?: WaitingRow[];
  first?: JsonObject;
}

/** One conversation of a batch while its messages are worked off. */
export interface Talk {
  row: ConversationRow;
  /** Messages still to come, in order. */
  waiting: HeardRow[];
  session: Session;
  /** The sealed bag as it was when opened, as text. */
  opened: string | null;
  note: RoadNote;
  /** The message of the present wave. */
  current: HeardRow | null;
  effects: Effect[];
  /** Photos, documents and voice notes that came; `isTaken` once the engine keeps or hands on one. */
  files: SentFile[];
  handled: number[];
  sealed: { seq: number; body: string }[];
  hasAnswered: boolean;
  silencedUntil: Date | null;
  lastInboundAt: Date | null;
}

export interface SentFile {
  seq: number;
  kind: FileKind;
  name: string | null;
  file: MediaRef;
  /** Its caption or its name says that it is an identity document: kept sealed. */
  isRestricted: boolean;
  isTaken: boolean;
}

/** Opens a locked conversation. Throws SealError where its private answers cannot be opened. */
export function openTalk(row: ConversationRow, waiting: HeardRow[], sealer: Sealer): Talk {
  const { [NOTE]: note, ...session } = row.session;
  const bag = row.private === null ? null : sealer.open('session', row.id, row.private);
  if (bag) session['private'] = bag;
  return {
    row,
    waiting,
    session: session as Session,
    opened: bag && JSON.stringify(bag),
    note: (note ?? {}) as RoadNote,
    current: null,
    effects: [],
    files: waiting.flatMap(fileOf),
    handled: [],
    sealed: [],
    hasAnswered: false,
    silencedUntil: row.silencedUntil,
    lastInboundAt: null,
  };
}

/** Takes down which of the files sent the engine wants: those whose id is in what it gave back. */
export function noteTaken(talk: Talk, given: object): void {
  if (talk.files.length === 0) return;
  const text = JSON.stringify(given);
  for (const sent of talk.files) sent.isTaken ||= text.includes(sent.file.attachmentId!);
}

/**
 * A file is an identity document as well where the question that it answers names one, or another picture of its album
 * did. To be asked before the engine hears it.
 */
export function weighFile(talk: Talk): void {
  const row = talk.current!;
  const sent = talk.files.find(({ seq }) => seq === row.seq);
  // What is said into a phone is no picture of a card.
  if (!sent || sent.kind === 'voice') return;
  const { album } = contentOf(row) as { album?: string };
  if (album !== undefined && talk.note.i === album) sent.isRestricted = true;
  if (isRestricted({ isAskedFor: true, item: talk.session.s ?? null })) sent.isRestricted = true;
  if (album !== undefined && sent.isRestricted) talk.note.i = album;
}

function fileOf(row: WaitingRow): SentFile[] {
  const content = contentOf(row);
  if (content.kind !== 'photo' && content.kind !== 'document' && content.kind !== 'voice') return [];
  const name = content.kind === 'document' ? (content.name ?? null) : null;
  const caption = content.kind === 'voice' ? undefined : content.caption;
  const restricted = isRestricted({ isAskedFor: true, caption, name });
  return [
    { seq: row.seq, kind: content.kind, name, file: content.file, isRestricted: restricted, isTaken: false },
  ];
}

/** What is to be stored of it. */
export function closeTalk(talk: Talk, sealer: Sealer): SavedConversation {
  const { private: bag, ...session } = talk.session;
  const hasNote = Object.keys(talk.note).length > 0;
  return {
    id: talk.row.id,
    session: JSON.stringify(hasNote ? { ...session, [NOTE]: talk.note } : session),
    private: bag && Object.keys(bag).length > 0 ? sealBag(talk, bag, sealer) : null,
    isMet: talk.hasAnswered,
    silencedUntil: talk.silencedUntil,
    lastInboundAt: talk.lastInboundAt,
    hides:
      talk.row.hidden?.why === 'silence'
        ? { addressId: talk.row.addressId, since: talk.row.hidden.since }
        : null,
  };
}

/** A bag that did not change keeps its sealed form. */
function sealBag(talk: Talk, bag: JsonObject, sealer: Sealer): string {
  const { id, private: sealed } = talk.row;
  if (sealed !== null && talk.opened === JSON.stringify(bag)) return sealed;
  return sealer.seal('session', id, bag);
}

/** Messages sent longer ago than this came through an outage. */
const LATE_MS = 10 * 60 * 1000;

/** A stored message as the engine hears it. */
export function toEvent(row: WaitingRow, now: Date): FlowEvent {
  if (row.kind === 'internal') {
    const { flow, vars } = row.body as { flow: string; vars?: JsonObject };
    return { kind: 'start', flow, vars: vars ?? {} };
  }
  const late = now.getTime() - row.sentAt.getTime() > LATE_MS;
  return { kind: 'message', content: contentOf(row), at: row.sentAt, ...(late ? { late } : {}) };
}

/** The body of what a person sent. Only the receiver writes it, and it has cleaned it. */
export function contentOf(row: WaitingRow): Content {
  return row.body as unknown as Content;
}

export interface Surroundings {
  now: Date;
  newId: NewId;
  publicUrl: string | null;
  formUrl?: string | null;
  choicesOf: (lineId: string) => 'buttons' | 'numbers';
  villages: Villages;
}

/** What the engine is told of the conversation. */
export function contextOf({ row }: Talk, around: Surroundings): TurnContext {
  return {
    now: around.now,
    newId: around.newId,
    language: row.language,
    channel: { platform: row.platform, choices: around.choicesOf(row.lineId), group: row.isGroup },
    publicUrl: around.publicUrl,
    formUrl: around.formUrl ?? null,
    resident: {
      id: row.residentId,
      // After a long silence it may be somebody else's by now.
      name: row.hidden?.why === 'silence' ? null : row.residentName,
      isNew: row.metAt === null,
      phone: row.phone,
      hiddenBy: row.hidden?.why ?? null,
      profiles: row.profiles,
      isLinked: row.isLinked,
    },
    village: row.village ? around.villages.context(row.village, row.language, around.now) : null,
    officer: row.officer,
    handedOver: row.handedOverAt !== null,
  };
}

/** The same for look-ups and appliers. */
export function askerOf({ row }: Talk): Asker {
  return {
    conversationId: row.id,
    addressId: row.addressId,
    lineId: row.lineId,
    platform: row.platform,
    residentId: row.residentId,
    villageId: row.village?.id ?? null,
    language: row.language,
    hidden: row.hidden,
    officer: row.officer,
  };
}
