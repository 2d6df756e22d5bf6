import { DateTime } from 'luxon';
import type { Json } from '../../core/json.js';
import type { Flows } from '../../flow/compiled.js';
import { ChatLineError, Talk } from './talk.js';
import { HOURS, villageNamed } from './villages.js';
import type { WorldSettings } from './world.js';

/** What a person does, or what the world is told, in the order of a .chat file. */
export interface Transcript {
  header: string[];
  settings: WorldSettings;
  parts: Part[];
}

export type Part =
  | { kind: 'comment'; text: string; line: number }
  | { kind: 'said'; text: string; isAtOnce: boolean; line: number }
  | { kind: 'world'; name: string; value: Json; isAlways: boolean; text: string; line: number };

/** Reads a .chat file; the bot's lines are left out, since they are what a run makes anew. Throws `ChatLineError`. */
export function readTranscript(text: string): Transcript {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /^[><~!]/u.test(line));
  const header = lines.slice(0, first < 0 ? lines.length : first);
  while (header.at(-1)?.trim() === '') header.pop();
  const parts: Part[] = [];
  let open: Extract<Part, { kind: 'said' }> | null = null;
  lines.slice(first < 0 ? lines.length : first).forEach((line, i) => {
    const at = header.length + i + 1;
    const said = /^(>>?) ?(.*)$/u.exec(line);
    if (said) {
      open = { kind: 'said', text: said[2]!, isAtOnce: said[1] === '>>', line: at };
      parts.push(open);
      return;
    }
    if (line.startsWith('  ') && open) {
      open.text += `\n${line.slice(2)}`;
      return;
    }
    open = null;
    if (line.startsWith('#')) parts.push({ kind: 'comment', text: line, line: at });
    if (line.startsWith('~')) parts.push(readWorldLine(line, at));
  });
  return { header, settings: readHeader(header), parts };
}

function readWorldLine(line: string, at: number): Part {
  const found = /^~ (?:look_up |do )?(always )?([a-z_]+): (.+)$/u.exec(line);
  if (!found) throw new ChatLineError(`line ${at}: write "~ name: value" with a value in JSON`);
  try {
    const value = JSON.parse(found[3]!) as Json;
    return { kind: 'world', name: found[2]!, value, isAlways: found[1] !== undefined, text: line, line: at };
  } catch {
    throw new ChatLineError(`line ${at}: what follows "${found[2]}:" is no JSON`);
  }
}

const KEYS = [
  'channel',
  'now',
  'person',
  'first',
  'village',
  'language',
  'group',
  'public',
  'hidden',
  'linked',
  'profiles',
];

function readHeader(lines: string[]): WorldSettings {
  const values: { [key: string]: string } = {};
  for (const line of lines) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const found = /^([a-z]+): *(.+?) *$/u.exec(line);
    if (!found || !KEYS.includes(found[1]!))
      throw new ChatLineError(`"${line}" is no header line; known are: ${KEYS.join(', ')}`);
    values[found[1]!] = found[2]!;
  }
  const person = /^(resident|officer)(?: (.+))?$/u.exec(values.person ?? 'resident Siti');
  if (!person) throw new ChatLineError(`"person: ${values.person}": write resident NAME or officer NAME`);
  const channel = values.channel ?? 'telegram';
  if (channel !== 'telegram' && channel !== 'whatsapp')
    throw new ChatLineError(`"channel: ${channel}": telegram or whatsapp`);
  const village = values.village ?? 'Kemiren';
  const known = village === 'none' ? null : villageNamed(village);
  if (known === undefined) throw new ChatLineError(`the world has no village "${village}"`);
  const now = DateTime.fromFormat(values.now ?? '2026-11-24 09:00', 'yyyy-MM-dd HH:mm', { zone: HOURS.zone });
  if (!now.isValid) throw new ChatLineError(`"now: ${values.now}": write it as 2026-11-24 09:00`);
  return {
    channel,
    now: now.toJSDate(),
    person: { kind: person[1] as 'resident' | 'officer', name: person[2] ?? null },
    isFirst: values.first === 'yes',
    village: known?.id ?? null,
    language: values.language ?? 'id',
    isGroup: values.group === 'yes',
    hasPublicPages: values.public !== 'no',
    isHidden: values.hidden === 'yes',
    isLinked: values.linked === 'yes',
    profiles: values.profiles?.split(/ *, */u) ?? [],
  };
}

/**
 * Runs a transcript and gives the whole file as it reads now. `way` takes down which way the conversation went: where
 * it stood after each line, how often it had not understood, and what it did. Other words on the same way are the
 * same conversation.
 */
export function runTranscript(flows: Flows, transcript: Transcript, way?: string[]): string {
  const talk = new Talk(flows, transcript.settings);
  const lines = transcript.header.length > 0 ? [...transcript.header, ''] : [];
  for (const [n, part] of transcript.parts.entries()) {
    if (part.kind === 'comment') lines.push(part.text);
    else if (part.kind === 'world') {
      talk.world.prepare(part.name, part.value, part.isAlways);
      lines.push(part.text);
    } else {
      lines.push(...shownSaid(part.text, part.isAtOnce));
      try {
        const next = transcript.parts[n + 1];
        const said = talk.play(part.text, part.isAtOnce, next?.kind === 'said' && next.isAtOnce);
        lines.push(...said);
        way?.push(wayMark(talk, said));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new ChatLineError(
          `line ${part.line} "> ${part.text}": ${why}\n\nso far:\n${lines.join('\n')}`,
          { cause },
        );
      }
    }
  }
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/**
 * The transcript with its taps by the labels of other flows: a button that was given another label is the same button.
 * Where the conversation goes another way, labels stay as they are.
 */
export function relabelled(before: Flows, after: Flows, transcript: Transcript): Transcript {
  const [was, is] = [new Talk(before, transcript.settings), new Talk(after, transcript.settings)];
  const parts = transcript.parts.map((part): Part => {
    if (part.kind === 'comment') return part;
    if (part.kind === 'world') {
      for (const talk of [was, is]) talk.world.prepare(part.name, part.value, part.isAlways);
      return part;
    }
    const [, old, label] = TAP.exec(part.text) ?? [];
    const payload = label === undefined ? null : was.payloadOf(label, old !== undefined);
    const other = payload === null ? null : is.labelOf(payload);
    const text = other === null ? part.text : `[${old ?? ''}tap: ${other}]`;
    was.play(part.text, part.isAtOnce);
    is.play(text, part.isAtOnce);
    return { ...part, text };
  });
  return { ...transcript, parts };
}

const TAP = /^\[(old )?tap: (.+)\]$/su;

export function shownSaid(text: string, isAtOnce: boolean): string[] {
  const [first, ...more] = text.split('\n');
  return [`${isAtOnce ? '>>' : '>'} ${first}`, ...more.map((line) => `  ${line}`)];
}

function wayMark({ session }: Talk, said: readonly string[]): string {
  const frames = [...(session.k ?? []), session].map(({ f, s, m }) => `${f ?? '-'}.${s ?? '-'}*${m ?? 0}`);
  const acts = said.filter((line) => line.startsWith('! ')).map((line) => line.split(' ')[1]);
  return [...frames, ...acts].join(' ');
}
