import { createChannels, type SimulatedPlatform } from '../channels/index.js';
import type { Channel } from '../channels/channel.js';
import { MediaError } from '../core/errors.js';
import { fetchAttachment } from '../media/media.js';
import { createFetcher } from '../pipeline/fetch.js';
import { createLineKeeper, type LineKeeper } from '../pipeline/lines.js';
import { createReceiver } from '../pipeline/receive.js';
import { createSender } from '../pipeline/send.js';
import type { Runtime } from '../runtime.js';
import type { StartedRole } from './worker.js';

export interface StartedGateway extends StartedRole {
  readonly channels: readonly Channel[];
  health: LineKeeper['health'];
}

/** The lines: receiving, sending, and fetching what people send. */
export async function startGateway(
  runtime: Runtime,
  simulator: SimulatedPlatform | null,
  lost?: (lineId: string) => void,
): Promise<StartedGateway> {
  const { config, pool, log, now, newId, nudge, counters, queues, local, owner, raiseIncidents } = runtime;
  const channels = createChannels(config.lines, {
    publicUrl: config.publicUrl,
    log,
    now,
    simulator,
  });
  const receiver = createReceiver({ pool, log, now, newId, nudge, counters, raiseIncidents });
  const sender = createSender({
    pool,
    log,
    now,
    counters,
    media: (attachmentId) => runtime.media.source(attachmentId),
    raiseIncidents,
    owner,
  });
  const fetchRemote = async (lineId: string, ref: Parameters<Channel['fetchMedia']>[0]) => {
    const channel = channels.find((one) => one.lineId === lineId);
    if (!channel) throw new MediaError('lost', 'the line is no more');
    return await channel.fetchMedia(ref);
  };
  const fetcher = createFetcher({
    pool,
    log,
    now,
    fetch: (attachmentId) => fetchAttachment({ ...runtime.mediaParts, fetchRemote }, attachmentId),
    fetched(lineId) {
      sender.nudge(lineId);
      // Of a file that was refused the person is told.
      nudge.converse();
    },
  });
  const keeper = createLineKeeper({
    pool,
    log,
    now,
    channels,
    receiver,
    sender,
    raiseIncidents,
    owner,
    lost,
  });
  for (const { lineId } of channels) {
    const wake = () => {
      sender.nudge(lineId);
      fetcher.nudge(lineId);
    };
    local.send.set(lineId, wake);
    fetcher.start(lineId);
    if (!runtime.isAlone) await queues.work('send', () => Promise.resolve(wake()), { part: lineId });
  }
  await keeper.start();
  return {
    channels,
    health: () => keeper.health(),
    async stop() {
      await Promise.all(channels.map(({ lineId }) => queues.stopWork('send', lineId)));
      await keeper.stop();
      await fetcher.stop();
      for (const { lineId } of channels) local.send.delete(lineId);
    },
  };
}
