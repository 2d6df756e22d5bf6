import { SendError } from '../../core/errors.js';

/** The line is looked at again so soon; it drains at once when it is up. */
const NOT_READY_SECONDS = 5;

/**
 * Every failure of a send as what should follow. `isCertain`: the page itself said why; else nobody knows what it did in
 * its last moments. Sources of the words: the library's own (facts/channels.md §1) and puppeteer's.
 */
export function toSendError(why: string, isCertain: boolean): SendError {
  const words = `send: ${why}`.slice(0, 300);
  if (/No LID for user|invalid wid|wid error/iu.test(why)) return new SendError('permanent', words);
  // What goes wrong while a file is being prepared comes before anything is sent.
  if (/media-fault|upload failed|OpaqueData|Invalid media/iu.test(why)) return new SendError('retry', words);
  if (isCertain && /there is no browser yet|process of the line is gone|WWebJS|reading 'getChat'/u.test(why))
    return notReady();
  return new SendError('unknown', words);
}

/** Nothing can go out at the moment, of nobody: all of it waits, in order. */
export function notReady(): SendError {
  return new SendError('throttled', 'the line is not ready', { retryAfter: NOT_READY_SECONDS });
}
