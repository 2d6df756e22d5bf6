import { createHash } from 'node:crypto';
import { createChannel, createChannels, deleteProfile, type SimulatedPlatform } from '../channels/index.js';
import type { Channel } from '../channels/channel.js';
import { asItLeaves } from '../core/asItLeaves.js';
import { MediaError } from '../core/errors.js';
import { lineIdOf, lineKind, LineSettings, platformOf } from '../core/line.js';
import { groupsLost } from '../effects/groupNotices.js';
import { fetchAttachment } from '../media/media.js';
import { createFetcher } from '../pipeline/fetch.js';
import {
  createLineKeeper,
  openedLine,
  type KnownLine,
  type LineKeeper,
  type LineKeeperDeps,
} from '../pipeline/lines.js';
import { createReceiver } from '../pipeline/receive.js';
import { createReporter } from '../pipeline/reports.js';
import { createSender } from '../pipeline/send.js';
import type { Runtime } from '../runtime.js';
import { slotBook } from '../store/messageSlots.js';
import { topicBook } from '../store/topics.js';
import type { StartedRole } from './worker.js';

export interface StartedGateway extends StartedRole {
  /** The lines that are held, as they are at this moment: one that is started anew has another channel. */
  readonly channels: readonly Channel[];
  health: LineKeeper['health'];
}

/** What whoever runs this process wants to hear. */
export type GatewayEvents = Pick<LineKeeperDeps, 'lost' | 'waitsForLink'>;

/** The lines: receiving, sending, and fetching what people send. */
export async function startGateway(
  runtime: Runtime,
  simulator: SimulatedPlatform | null,
  told: GatewayEvents = {},
): Promise<StartedGateway> {
  const { pool, log, now, newId, nudge, counters, queues, local, owner, raiseIncidents } = runtime;
  const receiver = createReceiver({ pool, log, now, newId, nudge, counters, raiseIncidents });
  const sender = createSender({
    pool,
    log,
    now,
    newId,
    counters,
    media: (attachmentId) => runtime.media.source(attachmentId),
    asItLeaves: (message) => asItLeaves(message, runtime.sealer),
    raiseIncidents,
    async groupLost(sql, conversationId) {
      // The notification is committed with the rest; a nudge that comes too early is made up for by the sweep.
      if ((await groupsLost(sql, [conversationId], newId, now())) > 0) nudge.notify();
    },
    owner,
  });
  const fetchRemote = async (lineId: string, ref: Parameters<Channel['fetchMedia']>[0]) => {
    const channel = keeper.channels().find((one) => one.lineId === lineId);
    // One that is being started anew has its files in a moment; of a line that was removed they are lost after a day.
    if (!channel) throw new MediaError('retry', 'the line is not open');
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
  const reporter = createReporter({ pool, log, nudge });
  const lines = createLines(runtime, simulator);
  const keeper = createLineKeeper({
    pool,
    log,
    now,
    newId,
    ...lines,
    receiver,
    sender,
    intake: (lineId) => ({
      reported: (reports) => reporter.reported(lineId, reports),
      isPrivate: (chatId) => receiver.isPrivate(lineId, chatId),
    }),
    raiseIncidents,
    notify: () => nudge.notify(),
    owner,
    ...told,
    async opened({ lineId }) {
      const wake = () => {
        sender.nudge(lineId);
        fetcher.nudge(lineId);
      };
      local.send.set(lineId, wake);
      fetcher.start(lineId);
      if (!runtime.isAlone) await queues.work('send', () => Promise.resolve(wake()), { part: lineId });
    },
    async closed(lineId) {
      local.send.delete(lineId);
      fetcher.drop(lineId);
      await queues.stopWork('send', lineId);
    },
  });
  await keeper.start();
  return {
    get channels() {
      return keeper.channels();
    },
    health: () => keeper.health(),
    async stop() {
      await keeper.stop();
      await reporter.stop();
      await fetcher.stop();
    },
  };
}

/** What the keeper is to run: the environment's lines, the simulator's, and how those of the table are opened. */
function createLines(runtime: Runtime, simulator: SimulatedPlatform | null) {
  const { config, pool, log, now, sealer } = runtime;
  const topics = (lineId: string) => topicBook(pool, lineId);
  const slots = (lineId: string) => slotBook(pool, lineId);
  const deps = {
    publicUrl: config.publicUrl,
    log,
    now,
    dataDir: config.dataDir,
    browser: config.browser,
    // Into a file or a pipe a QR code would be a secret lying around.
    ...(process.stdout.isTTY ? { show: (text: string) => void process.stdout.write(text) } : {}),
    topics,
    slots,
    simulator,
  };
  const ofEnvironment = config.lines.map((settings): KnownLine => {
    const lineId = lineIdOf(settings);
    const version = createHash('sha256').update(JSON.stringify(settings)).digest('hex');
    return {
      lineId,
      platform: platformOf(lineKind(lineId)),
      version,
      open: () => createChannel(settings, deps),
    };
  });
  return {
    lines: [...ofEnvironment, ...createChannels([], deps).map(openedLine)],
    // The demonstration's invented people must never meet real residents: it ends at the next start.
    ...(simulator || config.demonstration
      ? {}
      : {
          stored: (lineId: string, settings: string) =>
            createChannel(LineSettings.parse(sealer.open('line', lineId, settings)), deps),
          forget: (lineId: string) => deleteProfile(config.dataDir, lineId),
        }),
  };
}
