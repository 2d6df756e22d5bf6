import { hostname } from 'node:os';
import { erasureList } from '../commands/erasureList.js';
import { letterNumberList } from '../commands/letterNumberList.js';
import { formUrlOf } from '../core/formLink.js';
import { createFigures } from '../jobs/figures.js';
import { createAuditKeeper } from '../jobs/audit.js';
import { createLetterWork } from '../jobs/letters.js';
import { createNotify } from '../jobs/notify.js';
import { createRetention } from '../jobs/retention.js';
import { createTimed } from '../jobs/timed.js';
import { createConverser } from '../pipeline/converse.js';
import { createSweeper } from '../pipeline/sweep.js';
import { LETTERS_FOLDER } from '../commands/flowsFolder.js';
import type { Runtime } from '../runtime.js';
import { clockIsBehind } from '../store/clockGuard.js';
import { createErasureKeeper } from '../store/erasures.js';
import { endIncidents } from '../store/incidents.js';
import { createNumberKeeper } from '../store/letters/numberList.js';
import { recordClockOutages } from '../store/outages.js';
import { choicesOfLines } from './lines.js';

export interface StartedRole {
  stop(): Promise<void>;
}

const ERASE_EVERY_MS = 60_000;
const AUDIT_EVERY_MS = 60_000;
const RETAIN_EVERY_MS = 60 * 60_000;
/** Not in the first moments of a start, when everything waits. */
const RETAIN_FIRST_MS = 5 * 60_000;
const FIGURES_EVERY_MS = 5 * 60_000;
const FIGURES_FIRST_MS = 60_000;

/** Conversations, notifications, timed work, and the sweep. */
export async function startWorker(runtime: Runtime): Promise<StartedRole> {
  const { pool, log, now, newId, counters, nudge, queues, services, local, isAlone } = runtime;
  const converser = createConverser({
    ...runtime,
    publicUrl: runtime.config.publicUrl,
    formUrl: formUrlOf(
      runtime.config.publicUrl,
      runtime.config.simulator || runtime.config.demonstration !== undefined,
    ),
    choicesOf: choicesOfLines(),
  });
  const notify = createNotify({ pool, now, services, nudge, counters });
  const timed = createTimed({ pool, now, newId, services, nudge, counters });
  local.converse = () => void converser.run();
  if (!isAlone) await queues.work('wake', () => converser.run());
  await queues.work('notify', notify);
  await queues.work('timed', timed);
  const keepNumbers = createNumberKeeper(letterNumberList(runtime.config.dataDir));
  const letters = await createLetterWork({
    ...runtime,
    storage: runtime.mediaParts.storage,
    publicUrl: runtime.config.publicUrl,
    folder: LETTERS_FOLDER,
    p12: runtime.config.letterP12,
    keepNumbers,
    converse: () => nudge.converse(),
  });
  await queues.work('letters', () => letters.run());
  const wakeTimed = () => {
    queues.add('timed').catch(async (cause: unknown) => {
      log.warn({ err: cause }, 'no job could be added; timers run here');
      await timed().catch((fault: unknown) => log.error({ err: fault }, 'timers failed; again soon'));
    });
  };
  const sweeper = createSweeper({
    pool,
    log,
    now,
    nudge,
    counters,
    raiseIncidents: runtime.raiseIncidents,
    wakeTimed,
    checkClock: createClockWatch(runtime),
  });
  sweeper.start();
  // What came due while nobody was here, and the timers that a first start needs.
  wakeTimed();
  const keepErasures = createErasureKeeper(pool, erasureList(runtime.config.dataDir));
  const erasing = setInterval(() => {
    runtime.media
      .deleteErased()
      .catch((cause: unknown) => log.warn({ err: cause }, 'erased files still lie there'));
    keepErasures().catch((cause: unknown) =>
      log.warn({ err: cause }, 'the list of erasures that outlives the database is not complete'),
    );
    keepNumbers(pool).catch((cause: unknown) =>
      log.warn({ err: cause }, 'the list of letter numbers that outlives the database is not complete'),
    );
  }, ERASE_EVERY_MS);
  const keepAudit = createAuditKeeper({
    pool,
    log,
    now,
    newId,
    nudge,
    address: runtime.config.auditAddress,
    installation: runtime.config.publicUrl ?? hostname(),
  });
  let auditing: Promise<void> | null = null;
  const audit = setInterval(() => {
    auditing ??= keepAudit()
      .catch((cause: unknown) => log.warn({ err: cause }, 'the audit log is not chained yet; again soon'))
      .finally(() => (auditing = null));
  }, AUDIT_EVERY_MS);
  const eraseOld = createRetention({ pool, log, now, newId, services });
  let retaining: Promise<void> | null = null;
  const retain = () => {
    retaining ??= eraseOld()
      .catch((cause: unknown) => log.warn({ err: cause }, 'what was kept long enough is not erased yet'))
      .finally(() => (retaining = null));
  };
  const refreshFigures = createFigures({ pool, log, now });
  let counting: Promise<void> | null = null;
  const count = () => {
    counting ??= refreshFigures()
      .catch((cause: unknown) => log.warn({ err: cause }, 'the figures of the villages are not up to date'))
      .finally(() => (counting = null));
  };
  const firstCounting = setTimeout(count, FIGURES_FIRST_MS);
  const figures = setInterval(count, FIGURES_EVERY_MS);
  const firstRetaining = setTimeout(retain, RETAIN_FIRST_MS);
  const retention = setInterval(retain, RETAIN_EVERY_MS);
  return {
    async stop() {
      clearInterval(erasing);
      clearInterval(audit);
      await auditing;
      clearTimeout(firstRetaining);
      clearInterval(retention);
      clearTimeout(firstCounting);
      clearInterval(figures);
      await Promise.all([retaining, counting]);
      local.converse = null;
      await sweeper.stop();
      await converser.stop();
      await Promise.all([
        queues.stopWork('wake'),
        queues.stopWork('notify'),
        queues.stopWork('timed'),
        queues.stopWork('letters'),
      ]);
      await letters.stop();
    },
  };
}

/** Looks whether the clock is right; a wrong one is an incident until it is right again. */
function createClockWatch({ pool, log, now, newId, raiseIncidents }: Runtime): () => Promise<boolean> {
  let wasBehind: boolean | null = null;
  return async () => {
    const { isBehind, bySeconds } = await clockIsBehind(pool, now());
    if (isBehind && wasBehind !== true) {
      log.error(
        { bySeconds },
        'the clock of this machine is behind; nothing is issued and timers stand still',
      );
      await raiseIncidents(pool, [{ kind: 'clock_behind', detail: { seconds: bySeconds } }]);
    }
    if (!isBehind && wasBehind !== false) {
      await endIncidents(pool, 'clock_behind', null, now());
      await recordClockOutages(pool, newId, now());
    }
    wasBehind = isBehind;
    return !isBehind;
  };
}
