import { readdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import { ChatLineError, Talk } from '../commands/chat/talk.js';
import { readTranscript, type Transcript, relabelled, runTranscript } from '../commands/chat/transcript.js';
import type { ChangedChat, ChangedFiles, Played, PlaySettings, TriedOut } from '../core/flowDesk.js';
import type { PublishedFiles } from '../core/publication.js';
import type { Flows } from '../flow/compiled.js';
import { readFlows } from '../flow/load.js';
import type { TextsIn } from '../flow/texts/folder.js';
import { activePublication } from '../store/publications.js';
import type { FlowDesk } from '../web/deps.js';
import { DEFAULT_LANGUAGE } from '../words/languages.js';
import { digestOfShipped, overlayOf, type FlowKeeper } from './flowKeeper.js';

/** The transcripts that come with the program. */
export const TRANSCRIPTS_FOLDER = fileURLToPath(new URL('../../tests/flows', import.meta.url));
/** A file of the flows: nothing above the folder, nothing but YAML. */
const FLOW_PATH = /^(?:[a-z0-9-]+\/){0,2}[a-z0-9-]+\.yaml$/u;

export interface FlowDeskDeps {
  folder: string;
  transcripts: string;
  keeper: FlowKeeper;
  pool: Pool;
}

/** What the console's pages of flows stand on: the files in use, trying out changes, and playing a conversation. */
export function createFlowDesk({ folder, transcripts, keeper, pool }: FlowDeskDeps): FlowDesk {
  const languages = readdirSync(join(folder, 'text')).filter(
    (name) => /^[a-z]{2,3}$/u.test(name) && name !== DEFAULT_LANGUAGE,
  );
  async function textsInUse(): Promise<TextsIn> {
    const active = await activePublication(pool);
    return { dir: folder, ...(active ? { over: overlayOf(active.files) } : {}) };
  }

  return {
    flows: () => keeper.inUse.current,
    state: () => ({ publication: keeper.publication, faults: keeper.faults, overtaken: keeper.overtaken }),
    refresh: () => keeper.refresh(),

    async readFile(path) {
      if (!FLOW_PATH.test(path)) return null;
      const found = await activePublication(pool);
      if (found && path in found.files) return found.files[path]!.text;
      return await shippedText(folder, path);
    },

    async readShipped(path) {
      if (!FLOW_PATH.test(path)) return null;
      return await shippedText(folder, path);
    },

    languages: () => languages,

    async coverage() {
      const { dir, over } = await textsInUse();
      return (await readFlows(dir, over)).coverage;
    },

    async exportTexts(language, format) {
      const { exportTexts } = await import('../flow/texts/folder.js');
      return await exportTexts(await textsInUse(), language, format);
    },

    async importTexts(bytes) {
      const { importTexts } = await import('../flow/texts/folder.js');
      const { SheetError } = await import('../flow/texts/xlsx.js');
      try {
        return await importTexts(await textsInUse(), bytes);
      } catch (cause) {
        if (cause instanceof SheetError) return cause.message;
        throw cause;
      }
    },

    async tryOut(changes) {
      const strange = Object.keys(changes).find((path) => !FLOW_PATH.test(path));
      if (strange !== undefined) throw new Error(`"${strange}" is no path of a flow file`);
      const active = await activePublication(pool);
      const files = await laidOver(folder, active?.files ?? {}, changes);
      const { flows, faults } = await readFlows(folder, overlayOf(files));
      const serious = faults.filter((fault) => !fault.warning);
      const result: TriedOut = {
        faults: serious.map(({ file, line, what, cure }) => ({ file, line, what, cure })),
        files,
        baseId: active?.id ?? null,
        chats: 0,
        changed: [],
      };
      if (!flows || serious.length > 0) return result;
      const chats = await readChats(transcripts, active?.chats ?? {});
      result.chats = chats.size;
      for (const [path, text] of chats) {
        const changed = changedChat(keeper.inUse.current, flows, path, text);
        if (changed) result.changed.push(changed);
        // Conversations of residents go on meanwhile.
        await breathe();
      }
      return result;
    },

    play: (flow, settings, lines) => play(keeper.inUse.current, flow, settings, lines),
  };
}

/** What lies over the shipped files with the changes; a file that equals the shipped one lies there no more. */
async function laidOver(
  folder: string,
  over: PublishedFiles,
  changes: ChangedFiles,
): Promise<PublishedFiles> {
  const files: PublishedFiles = { ...over };
  for (const [path, text] of Object.entries(changes)) {
    const shipped = await digestOfShipped(folder, path);
    const isShipped = text === null ? shipped === null : (await shippedText(folder, path)) === text;
    if (isShipped) delete files[path];
    else files[path] = { text, shipped };
  }
  return files;
}

async function readChats(folder: string, over: { [path: string]: string }): Promise<Map<string, string>> {
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  const paths = names.filter((name) => name.endsWith('.chat')).map((name) => name.replaceAll('\\', '/'));
  const chats = new Map<string, string>();
  for (const path of paths.sort())
    chats.set(path, over[path] ?? (await readFile(join(folder, path), 'utf8')));
  return chats;
}

function changedChat(before: Flows, after: Flows, path: string, text: string): ChangedChat | null {
  const transcript = readTranscript(text);
  if (isAsWritten(after, transcript, text)) return null;
  const ways: { before: string[]; after: string[] } = { before: [], after: [] };
  const was = ran(before, transcript, ways.before);
  // What broke off before does not break off by this change.
  if (was.fault !== null) return null;
  const now = ran(after, () => relabelled(before, after, transcript), ways.after);
  if (now.text === was.text) return null;
  const isSameWay = now.fault === null && ways.before.join('\n') === ways.after.join('\n');
  return { path, before: was.text!, after: now.text, fault: now.fault, isSameWay };
}

/** A transcript as it reads with these flows; or why it breaks off. */
function ran(
  flows: Flows,
  transcript: Transcript | (() => Transcript),
  way: string[],
): { text: string; fault: null } | { text: null; fault: string } {
  try {
    const read = typeof transcript === 'function' ? transcript() : transcript;
    return { text: runTranscript(flows, read, way), fault: null };
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    return { text: null, fault: cause.message.split('\n')[0]! };
  }
}

/** Most transcripts have nothing to do with a change: they read as they stand. */
function isAsWritten(flows: Flows, transcript: Transcript, text: string): boolean {
  try {
    return runTranscript(flows, transcript) === text;
  } catch (cause) {
    if (cause instanceof ChatLineError) return false;
    throw cause;
  }
}

/** Plays the lines of a person from the start of a flow; what is visited is told of that flow. */
function play(flows: Flows, flow: string, settings: PlaySettings, lines: readonly string[]): Played {
  const { channel, language } = settings;
  const world = readTranscript(`channel: ${channel}\nlanguage: ${language}\nperson: resident Siti\n`);
  const talk = new Talk(flows, world.settings);
  const played: Played = { lines: [], visited: [], here: null, fault: null };
  const isForOfficers = flows.byId.get(flow)?.isForOfficers === true;
  for (const [n, line] of [`[flow ${flow}]`, ...lines].entries()) {
    try {
      if (n > 0) played.lines.push({ who: 'person', text: line, buttons: [] });
      played.lines.push(...shown(talk.play(line)));
    } catch (cause) {
      if (!(cause instanceof ChatLineError) && !isForOfficers) throw cause;
      played.fault = cause instanceof Error ? cause.message : String(cause);
      break;
    }
    for (const frame of [...(talk.session.k ?? []), talk.session])
      if (frame.f !== undefined && frame.s !== undefined) played.visited.push(`${frame.f}.${frame.s}`);
  }
  const { f, s } = talk.session;
  played.here = f !== undefined && s !== undefined ? `${f}.${s}` : null;
  return played;
}

/** Lines of a transcript as balloons: `< text`, more text, `[buttons]`, `1. numbers`, `! act`. */
function shown(lines: readonly string[]): Played['lines'] {
  const balloons: Played['lines'] = [];
  for (const line of lines) {
    if (line.startsWith('! ')) balloons.push({ who: 'act', text: line.slice(2), buttons: [] });
    else if (line.startsWith('< ')) balloons.push({ who: 'bot', text: line.slice(2), buttons: [] });
    else {
      const last = balloons.at(-1);
      if (!last) continue;
      const buttons = /^ {2}(\[.+\])$/u.exec(line)?.[1];
      if (buttons) last.buttons = buttons.slice(1, -1).split('] [');
      else last.text += `\n${line.slice(2)}`;
    }
  }
  return balloons;
}

/** The text of a shipped file; null where none is shipped. */
async function shippedText(folder: string, path: string): Promise<string | null> {
  return await readFile(join(folder, path), 'utf8').catch(() => null);
}
