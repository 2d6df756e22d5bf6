import pg from 'pg';
import type { Pool } from 'pg';
import type { Logger } from 'pino';

export interface PoolOptions {
  /** Connections at most; 10 by default. */
  max?: number;
  log?: Pick<Logger, 'warn'>;
  /** false for COPY, which needs a connection of its own manners. */
  pipeline?: boolean;
  /** The role that every statement runs as (store/programRole.ts); the user of the URL where it is not given. */
  role?: string | null;
}

/**
 * The one pool of a process, on which hand-written SQL and Prisma share connections.
 * Values come as: bigint and numeric as number (ours stay far below 2^53), timestamptz as Date, date and time as text.
 */
export function createPool(databaseUrl: string, options: PoolOptions = {}): Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.max ?? 10,
    application_name: 'kentongan',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // By default the system first asks after two hours whether a host that fell silent is still there.
    keepAliveInitialDelayMillis: 10_000,
    // Statements that do not wait for each other go out together: the message path has fewer round trips.
    pipeline: options.pipeline ?? true,
    // A client that died in the middle of a transaction must not hold its locks for ever.
    idle_in_transaction_session_timeout: 60_000,
    types,
    ...(options.role ? { onConnect: becomes(options.role) } : {}),
  });
  // A connection that breaks between two statements (a restarted server) emits an error that, unheard, would end the
  // process. Whoever holds it learns of it by the next statement; an idle one is replaced.
  const heard = (cause: Error & { code?: string }) => {
    // Not the error itself: pg hangs the whole client on it. And one that is being closed may break as it likes.
    if (!pool.ending)
      options.log?.warn({ code: cause.code, reason: cause.message }, 'a database connection broke');
  };
  pool.on('connect', (client) => client.on('error', heard));
  pool.on('error', heard);
  return pool;
}

/** Before anything else on the connection; one that may not does not come into use. The pool awaits it, which its types do not tell. */
function becomes(role: string): (client: pg.ClientBase) => void {
  return ((client: pg.ClientBase) => client.query(`SET ROLE ${pg.escapeIdentifier(role)}`)) as (
    client: pg.ClientBase,
  ) => void;
}

const { builtins } = pg.types;
const OWN = new Map<number, (text: string) => unknown>([
  [builtins.INT8, Number],
  [builtins.NUMERIC, Number],
  // As a Date it would be midnight of this machine's zone.
  [builtins.DATE, (text) => text],
]);

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && OWN.get(oid)) ||
    pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};
