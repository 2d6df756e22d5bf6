import pino, { type Logger } from 'pino';
import { maskIdentityNumbers } from '../core/identityNumbers.js';

/**
 * The program's log: JSON lines on standard output. What people wrote, their names and their numbers have no place in
 * it; an error is reduced to what it is and where, since a database's quotes the row that it refused.
 */
export function createLog(level: string): Logger {
  return pino(
    { level, base: { pid: process.pid }, serializers: { err: describeError } },
    pino.destination(1),
  );
}

interface Described {
  type: string;
  message: string;
  code?: string;
  stack: string | undefined;
  cause?: Described;
}

/** Kind, words and place of an error, without the row, the parameters and the numbers in it. */
export function describeError(error: unknown): Described | string {
  if (!(error instanceof Error)) return clean(String(error));
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: clean(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    // Lines of the stack alone: its head repeats the message.
    stack: error.stack
      ?.split('\n')
      .filter((line) => /^\s+at /u.test(line))
      .slice(0, 12)
      .join('\n'),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) as Described } : {}),
  };
}

function clean(text: string): string {
  return maskIdentityNumbers(text)
    .text.replaceAll(/\d{8,}/gu, '#')
    .slice(0, 500);
}
