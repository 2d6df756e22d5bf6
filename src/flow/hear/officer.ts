import { beginsWithCode } from '../../core/meantCode.js';
import type { Content } from '../../core/content.js';
import { isAside } from '../asides.js';
import type { CompiledStep, Flows } from '../compiled.js';
import { hasWork } from '../frames.js';
import type { Run } from '../run.js';
import { startOnTop } from '../start.js';
import { plain } from '../understand/normalise.js';
import type { Message } from '../understand/vocabulary.js';

/** The flow that finds the case an officer means, echoes their words and sends them, or does what they command. */
const OFFICER_TEXT = 'officer-text';
/** So many words at least are a message to somebody; fewer are a slip, or a name of something. */
const SENTENCE = 4;

/**
 * Hears what an officer says about a case: a command with its code ("ambil K7QF") in any chat and at any question, where
 * "1" could mean two lists; words that begin with a code, or answer a notice by quoting it. False where it is none of it.
 */
export function heardOfficer(
  run: Run,
  message: Message,
  content: Content,
  waiting: CompiledStep | null,
): boolean {
  if (!run.context.officer || !run.flows.byId.has(OFFICER_TEXT)) return false;
  const quotes = content.kind === 'text' ? (content.quotes ?? null) : null;
  const command = commandIn(run.flows, message.text);
  // Whatever a question waits for, nobody answers it with a command and the number of a request.
  if (command && beginsWithCode(command.rest, true)) return start(run, command.rest, command.flow, quotes);
  // A question of the engine's own is no answer to wait for: it was asked because nothing else was understood.
  if (waiting && !isAside(run) && (waiting.type !== 'choose' || hasWork(run.s))) return false;
  if (command && quotes !== null) return start(run, command.rest, command.flow, quotes);
  if (quotes !== null || beginsWithCode(message.text)) return start(run, message.text, null, quotes);
  return false;
}

/** An officer wrote a sentence that names nothing clearly: they are told how it reaches somebody. */
export function heardUnbound(run: Run, message: Message): boolean {
  if (!run.context.officer || !run.flows.byId.has(OFFICER_TEXT) || message.words.length < SENTENCE)
    return false;
  return start(run, message.text, null, null);
}

function start(run: Run, text: string, to: string | null, quotes: string | null): true {
  startOnTop(run, OFFICER_TEXT, { text, to, quotes });
  return true;
}

/** The command that a text begins with: the flow that it starts, and the words after it. */
function commandIn(flows: Flows, text: string): { flow: string; rest: string } | null {
  const known = commandsOf(flows);
  const words = text.trim().split(/\s+/u);
  for (let count = Math.min(known.longest, words.length); count > 0; count--) {
    const flow = known.byWords.get(plain(words.slice(0, count).join(' ')));
    if (flow !== undefined) return { flow, rest: restAfter(text, count) };
  }
  return null;
}

/** As it was written: line breaks and capitals are the officer's. */
function restAfter(text: string, words: number): string {
  let rest = text.trim();
  for (let n = 0; n < words; n++) rest = rest.replace(/^\S+\s*/u, '');
  return rest;
}

interface Commands {
  byWords: ReadonlyMap<string, string>;
  /** Words of the longest one. */
  longest: number;
}

const made = new WeakMap<Flows, Commands>();

function commandsOf(flows: Flows): Commands {
  const known = made.get(flows);
  if (known) return known;
  const byWords = new Map(
    [...flows.byId.values()].flatMap((flow) =>
      flow.commands.map((words): [string, string] => [plain(words), flow.id]),
    ),
  );
  const commands = {
    byWords,
    longest: Math.max(1, ...[...byWords.keys()].map((key) => key.split(' ').length)),
  };
  made.set(flows, commands);
  return commands;
}
