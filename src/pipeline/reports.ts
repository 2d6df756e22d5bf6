import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { SentReport } from '../channels/channel.js';
import { storable } from '../core/identityNumbers.js';
import type { Nudge } from '../core/ports.js';
import { REPORT_ORDER, storeReports, type ReportRow } from '../store/sentMessages.js';
import { isCollision } from '../store/faults.js';
import { inTransaction } from '../store/sql.js';

export interface ReporterDeps {
  pool: Pool;
  log: Logger;
  nudge: Pick<Nudge, 'send'>;
  /** Milliseconds for which what arrives is gathered into one statement. */
  gatherMs?: number;
}

/** Takes down what platforms tell of messages that went out. */
export interface Reporter {
  /** Resolves after the commit. Rejects if nothing was stored: the platform shall tell it again. */
  reported(lineId: string, reports: SentReport[]): Promise<void>;
  /** Stores what is in hand. */
  stop(): Promise<void>;
}

interface Waiting {
  rows: ReportRow[];
  resolve: () => void;
  reject: (cause: Error) => void;
}

/** A status or two for each message: they are no hurry, and come in heaps. */
const GATHER_MS = 20;
const BATCH = 500;
const TRIES = 3;

/** What becomes of messages, gathered and stored in sets. What follows from a failure is the sender's to do. */
export function createReporter(deps: ReporterDeps): Reporter {
  const { pool, log } = deps;
  let waiting: Waiting[] = [];
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      await sleep(deps.gatherMs ?? GATHER_MS);
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      await storeBatch(batch);
    }
    working = null;
  }

  /** All at once; one by one where that fails, so that one bad report holds up no other. */
  async function storeBatch(batch: Waiting[]): Promise<void> {
    try {
      await store(batch.flatMap(({ rows }) => rows));
      for (const item of batch) item.resolve();
    } catch (cause) {
      if (batch.length > 1) {
        for (const item of batch) await storeBatch([item]);
        return;
      }
      log.warn({ err: cause, line: batch[0]!.rows[0]!.lineId }, 'reports on messages could not be stored');
      batch[0]!.reject(cause as Error);
    }
  }

  async function store(rows: ReportRow[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        const failing = await inTransaction(pool, (sql) => storeReports(sql, furthest(rows)));
        for (const lineId of failing) deps.nudge.send(lineId);
        return;
      } catch (cause) {
        // The sender writes to the same rows.
        if (!isCollision(cause) || tries >= TRIES) throw cause;
      }
    }
  }

  return {
    reported(lineId, reports) {
      if (reports.length === 0) return Promise.resolve();
      const rows = reports.map((report) => rowOf(lineId, report));
      return new Promise((resolve, reject) => {
        waiting.push({ rows, resolve, reject });
        working ??= work();
      });
    },
    async stop() {
      await working;
    },
  };
}

function rowOf(lineId: string, { externalId, status, at, error }: SentReport): ReportRow {
  const hasFailed = status === 'failed';
  return {
    lineId,
    externalId: storable(externalId),
    status,
    at,
    failure: hasFailed ? (error?.failure ?? 'permanent') : null,
    retryAfter: error?.retryAfter === undefined ? null : Math.ceil(error.retryAfter),
    error: hasFailed ? storable(error?.message ?? 'the platform does not say why') : null,
  };
}

/** Of several reports on one message the one that says most. */
function furthest(rows: ReportRow[]): ReportRow[] {
  const best = new Map<string, ReportRow>();
  for (const row of rows) {
    const key = `${row.lineId} ${row.externalId}`;
    const known = best.get(key);
    if (!known || REPORT_ORDER.indexOf(row.status) > REPORT_ORDER.indexOf(known.status)) best.set(key, row);
  }
  return [...best.values()];
}
