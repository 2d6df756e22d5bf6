import type { Run } from '../run.js';
import type { Message } from '../understand/vocabulary.js';

/** A second tap or the same confirming text within so many seconds is a slip of the finger. */
const SAME_TAP = 10;

export function isSameTap(run: Run, key: string): boolean {
  const { l } = run.s;
  return l !== undefined && l[0] === key && run.sentSeconds - l[2] <= SAME_TAP;
}

/** "1" twice in a row on a numbered chat: the request was sent by the first. */
export function isRepeatedConfirm(run: Run, message: Message): boolean {
  const { l } = run.s;
  return (
    l !== undefined &&
    l[1] !== '' &&
    !l[0].startsWith('!') &&
    l[1] === message.plain &&
    run.sentSeconds - l[2] <= SAME_TAP &&
    run.context.channel.choices === 'numbers'
  );
}
