import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { v7 as newId } from 'uuid';
import type { Channel } from '../channels/channel.js';
import { createCounters } from '../core/counters.js';
import { appliers } from '../effects/index.js';
import { createNotify } from '../jobs/notify.js';
import { createNudge, type LocalStops } from '../jobs/nudge.js';
import type { Nudge } from '../core/ports.js';
import { createQueues } from '../jobs/queues.js';
import { createConverser } from '../pipeline/converse.js';
import type { Engine } from '../pipeline/engine.js';
import { leaseOwner } from '../pipeline/leaseOwner.js';
import { createLineKeeper, openedLine } from '../pipeline/lines.js';
import { createReceiver, type Receiver } from '../pipeline/receive.js';
import { createSender } from '../pipeline/send.js';
import { lookUps } from '../store/lookUps/index.js';
import { createSealer } from '../store/sealer.js';
import type { Services } from './services.js';

/** The whole road of a message, from its row to a channel of the bench's own. */
export interface WholeRoad {
  receiver: Receiver;
  nudge: Nudge;
  stop(): Promise<void>;
}

/** As in production with several processes: on Postgres, and every wake-up is a job in Redis. */
export async function openWholeRoad(
  { pool, redisUrl }: Services,
  channel: Channel,
  engine: Engine,
  choices: 'buttons' | 'numbers',
): Promise<WholeRoad> {
  const log = pino({ level: 'error' });
  const now = () => new Date();
  const counters = createCounters();
  const queues = await createQueues({ redisUrl }, log);
  const local: LocalStops = { converse: null, send: new Map() };
  const nudge = createNudge(queues, local, log);
  const raiseIncidents = () => Promise.resolve();
  const common = { pool, log, now, newId, counters };
  const receiver = createReceiver({ ...common, nudge, raiseIncidents });
  const converser = createConverser({
    ...common,
    nudge,
    random: randomBytes,
    sealer: createSealer([randomBytes(32)]),
    engine,
    services: {},
    publicUrl: null,
    choicesOf: () => choices,
    appliers,
    lookUps,
  });
  const owner = leaseOwner();
  const media = () => Promise.reject(new Error('no media in the bench'));
  const sender = createSender({ ...common, media, raiseIncidents, owner });
  const keeper = createLineKeeper({
    pool,
    log,
    now,
    newId,
    lines: [openedLine(channel)],
    notify: () => {},
    receiver,
    sender,
    raiseIncidents,
    owner,
  });
  await queues.work('wake', () => converser.run());
  await queues.work('notify', createNotify({ pool, now, services: {}, nudge, counters }));
  await queues.work('send', () => Promise.resolve(sender.nudge(channel.lineId)), { part: channel.lineId });
  await keeper.start();
  return {
    receiver,
    nudge,
    async stop() {
      await receiver.stop();
      await converser.stop();
      await keeper.stop();
      await queues.close();
    },
  };
}
