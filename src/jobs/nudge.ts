import type { Logger } from 'pino';
import type { Nudge } from '../core/ports.js';
import type { Queues } from './queues.js';

/** Stops of the road that run in this very process: they are woken without a job. */
export interface LocalStops {
  converse: (() => void) | null;
  /** By line. */
  send: Map<string, () => void>;
}

/**
 * Wakes the stops of the road. In this process by a call; elsewhere by a job, of which at most one a target is being
 * added and one more waits, however many nudges come. A job that cannot be added is let go: the sweep finds the rows.
 */
export function createNudge(queues: Pick<Queues, 'add'>, local: LocalStops, log: Logger): Nudge {
  const adders = new Map<string, Coalesced>();
  function job(name: 'wake' | 'send' | 'notify' | 'letters', part?: string): void {
    const key = part === undefined ? name : `${name} ${part}`;
    let adder = adders.get(key);
    if (!adder) {
      adder = coalesce(async () => {
        try {
          await queues.add(name, {}, part);
        } catch (error) {
          log.warn({ queue: name, err: error }, 'a nudge was lost; the sweep will make up for it');
        }
      });
      adders.set(key, adder);
    }
    adder();
  }
  return {
    converse: () => (local.converse ? local.converse() : job('wake')),
    send(lineId) {
      const here = local.send.get(lineId);
      if (here) here();
      else job('send', lineId);
    },
    notify: () => job('notify'),
    letters: () => job('letters'),
  };
}

type Coalesced = () => void;

/** Runs `work` now, and once more after it if called meanwhile. */
function coalesce(work: () => Promise<void>): Coalesced {
  let isRunning = false;
  let isWanted = false;
  async function run(): Promise<void> {
    isRunning = true;
    do {
      isWanted = false;
      await work();
    } while (isWanted);
    isRunning = false;
  }
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}
