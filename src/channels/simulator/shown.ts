import type { Content } from '../../core/content.js';
import type { Outgoing } from '../../core/outgoing.js';
import {
  SIMULATOR_LINES,
  type SimulatedMessage,
  type SimulatedPerson,
  type SimulatedRecord,
} from '../../core/simulator.js';
import { numbered } from '../numbered.js';

/**
 * A message of ours as a phone of the simulator shows it: with buttons on the one line, as numbered text on the other.
 * Pure; the stored history after a restart is shown by the same.
 */
export function shownMessage(
  person: SimulatedPerson,
  message: Outgoing,
  id: string,
  at: Date,
): SimulatedMessage {
  const hasButtons = person.lineId === SIMULATOR_LINES.buttons;
  return {
    id,
    personId: person.id,
    from: 'office',
    at,
    text: hasButtons ? message.text : numbered(message.text, message.choices),
    ...(hasButtons && message.choices?.length ? { choices: message.choices } : {}),
    ...(message.photos?.length ? { photos: message.photos.map((attachmentId) => ({ attachmentId })) } : {}),
    ...(message.document ? { document: message.document } : {}),
    ...(message.request ? { request: message.request } : {}),
    ...(hasButtons && message.slot !== undefined ? { slot: message.slot } : {}),
  };
}

/** The message that a new one changes in place; null where it stands by itself. */
export function changedBy(
  message: Outgoing,
  shown: SimulatedMessage,
  chat: readonly SimulatedMessage[],
): SimulatedMessage | null {
  if (shown.slot === undefined || message.anew) return null;
  return chat.findLast((one) => one.from === 'office' && one.slot === shown.slot) ?? null;
}

/** What a person did, as their phone shows it; null for what no phone shows. */
export function shownContent(content: Content): Partial<SimulatedMessage> | null {
  switch (content.kind) {
    case 'text':
      return { text: content.text };
    case 'start':
      return { text: `/start ${content.payload}`.trim() };
    case 'photo':
      return { text: content.caption ?? '', photos: [fileOf(content.file)] };
    case 'document':
      return {
        text: content.caption ?? '',
        document: { ...fileOf(content.file), name: content.name ?? 'berkas' },
      };
    case 'location':
      return {
        text: content.label ?? '',
        location: { latitude: content.latitude, longitude: content.longitude },
      };
    case 'contact':
      return { contact: { phone: content.phone, name: content.name ?? content.phone } };
    case 'tap':
    case 'edit':
    case 'voice':
    case 'owner_wrote':
    case 'moved':
    case 'blocked':
    case 'unblocked':
    case 'unreadable':
      return null;
    default:
      return content satisfies never;
  }
}

/** What the tables keep of a line, as the phone showed it; a message that was edited shows its last words. */
export function shownRecords(person: SimulatedPerson, records: SimulatedRecord[]): SimulatedMessage[] {
  const shown: SimulatedMessage[] = [];
  for (const record of records) {
    if (record.from === 'office') {
      const next = shownMessage(person, record.message, record.id, record.at);
      const before = changedBy(record.message, next, shown);
      if (before) shown[shown.indexOf(before)] = { ...next, id: before.id, at: before.at };
      else shown.push(next);
      continue;
    }
    if (record.content.kind === 'edit') {
      const { externalId, text } = record.content;
      const edited = shown.find((message) => message.id === externalId);
      if (edited) Object.assign(edited, { text, isEdited: true });
    }
    const more = shownContent(record.content);
    if (more)
      shown.push({ id: record.id, personId: person.id, from: 'person', at: record.at, text: '', ...more });
  }
  // Buttons of the past were answered, or are asked again.
  return shown.map((message, n) =>
    message.choices && n < shown.length - 1 && !holdsSlot(shown, n) ? { ...message, choices: [] } : message,
  );
}

/** What holds a slot keeps its buttons, however long ago it was said. */
function holdsSlot(shown: SimulatedMessage[], n: number): boolean {
  const { slot } = shown[n]!;
  return slot !== undefined && !shown.slice(n + 1).some((later) => later.slot === slot);
}

function fileOf(file: { attachmentId?: string; remote?: string }): {
  attachmentId?: string;
  fileId?: string;
} {
  return file.remote ? { fileId: file.remote } : { attachmentId: file.attachmentId };
}
