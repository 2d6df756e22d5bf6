import { readCode } from '../../core/code.js';
import { isShownLinkCode, readLinkCode } from '../../core/linkCode.js';
import type { Run } from '../run.js';
import type { Message } from '../understand/vocabulary.js';

/** Asks for a code itself: what is typed there is its answer. */
const CONFIRM_HISTORY = 'confirm-history';

/** Characters of a code as people type it: eight symbols at least, or with a space after each. */
const SHORTEST = 8;
const LONGEST = 40;

/** The flow that is meant by a code typed by itself: of a request, or one that links two chats. */
export function flowOfCode(run: Run, message: Message): { flow: string; arg: string } | null {
  // Every text comes by here: most are told from a code by their length alone.
  if (message.text.length < SHORTEST || message.text.length > LONGEST) return null;
  const { byIntent } = run.flows;
  const code = readCode(message.text);
  const status = byIntent.get('status.cek');
  if (code.kind === 'case' && status) return { flow: status.id, arg: code.code };
  const link = readLinkCode(message.text);
  const links = byIntent.get('sistem.hubungkan');
  return link.kind === 'link' && links ? { flow: links.id, arg: link.code } : null;
}

/** The same while a question waits: a code that links, spelled just as it was shown, is no answer to anything else. */
export function flowOfShownCode(run: Run, message: Message): { flow: string; arg: string } | null {
  if (!isShownLinkCode(message.text) || run.s.f === CONFIRM_HISTORY) return null;
  return flowOfCode(run, message);
}
