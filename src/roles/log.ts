import pino, { type DestinationStream, type Logger } from 'pino';
import { maskIdentityNumbers } from '../core/identityNumbers.js';

/**
 * The program's log: JSON lines on standard output. What people wrote, their names and their numbers have no place in
 * it; an error is reduced to what it is and where, since a database's quotes the row that it refused.
 */
export function createLog(level: string, to: DestinationStream = pino.destination(1)): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      serializers: { err: describeError },
      formatters: { log: withoutNumbers },
    },
    to,
  );
}

/** WhatsApp spells the other side's number in the ids of its messages, and its library in what went wrong. */
function withoutNumbers(fields: { [name: string]: unknown }): { [name: string]: unknown } {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? unnumbered(value) : value,
    ]),
  );
}

/** Of `wamid.…` the end alone, which tells messages apart: its beginning is the number in base64. */
function unnumbered(text: string): string {
  return text
    .replaceAll(/\d{5,}(?=@(?:c\.us|s\.whatsapp\.net|lid))/gu, '#')
    .replaceAll(/(?<![\w.-])\+?62\d{7,13}(?!\w)/gu, '#')
    .replaceAll(/wamid\.[\w+/=-]*?([\w+/=-]{1,16})(?![\w+/=-])/gu, 'wamid.…$1');
}

interface Described {
  type: string;
  message: string;
  code?: string;
  table?: string;
  constraint?: string;
  stack: string | undefined;
  cause?: Described;
}

/** Kind, words and place of an error, without the row, the parameters, the values and the numbers in it. */
export function describeError(error: unknown): Described | string {
  if (!(error instanceof Error)) return clean(String(error));
  return {
    type: error.name,
    message: clean(error.message),
    ...named(error),
    // Lines of the stack alone: its head repeats the message.
    stack: error.stack
      ?.split('\n')
      .filter((line) => /^\s+at /u.test(line))
      .slice(0, 12)
      .join('\n'),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) as Described } : {}),
  };
}

/** Names that a database gives apart from its words: they are ours, not a person's. */
function named(error: Error): Pick<Described, 'code' | 'table' | 'constraint'> {
  const given = error as { code?: unknown; table?: unknown; constraint?: unknown };
  return Object.fromEntries(
    (['code', 'table', 'constraint'] as const).flatMap((name) =>
      typeof given[name] === 'string' ? [[name, given[name]]] : [],
    ),
  );
}

/** What stands in double quotes is a value as often as a name: Postgres and JSON.parse quote what they could not read. */
function clean(text: string): string {
  return maskIdentityNumbers(text.replaceAll(/"[^"]*"?/gu, '"…"'))
    .text.replaceAll(/\d{3,}:[A-Za-z0-9_-]{20,}/gu, '[token]')
    .replaceAll(/\+?\d(?:[ .-]?\d){7,}/gu, '#')
    .slice(0, 500);
}
