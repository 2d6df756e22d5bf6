/** SQLSTATE classes and codes that say "not now": the statement itself is not to blame. */
const AWAY = /^(?:08|57P0|53|58)/u;
const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);

/** The database cannot be reached, is starting, or is out of room: the same will work later, as it is. */
export function isConnectionFault(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== undefined && (AWAY.test(code) || SOCKET.has(code))) return true;
  return /connection (?:terminated|ended|timeout)|timeout exceeded when trying to connect|not queryable|client was closed|not currently accepting connections/iu.test(
    message ?? '',
  );
}

/**
 * The value itself is refused (malformed, too large, against a rule of the table), or it never got so far as the
 * database: the same will be refused for ever. Not so where a table, a right or the line's own row is missing.
 */
export function isDataFault(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return !isConnectionFault(error);
  return /^(?:22|23|54)/u.test(code) && code !== '23503';
}
