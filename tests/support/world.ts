import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { v7 } from 'uuid';
import type { Channel } from '../../src/channels/channel.js';
import { consoleAsker, type Asker } from '../../src/core/asker.js';
import type { Content } from '../../src/core/content.js';
import { createCounters } from '../../src/core/counters.js';
import { asItLeaves } from '../../src/core/asItLeaves.js';
import type { CaseAct } from '../../src/core/effect.js';
import type { Nudge } from '../../src/core/ports.js';
import { appliers } from '../../src/effects/index.js';
import { createPerform } from '../../src/effects/perform.js';
import { createNotify } from '../../src/jobs/notify.js';
import { createTimed } from '../../src/jobs/timed.js';
import type { Service } from '../../src/core/service.js';
import { createConverser, type ConverserLimits } from '../../src/pipeline/converse.js';
import type { Engine } from '../../src/pipeline/engine.js';
import { leaseOwner } from '../../src/pipeline/leaseOwner.js';
import { createLineKeeper, openedLine, type LeaseTiming } from '../../src/pipeline/lines.js';
import { createReporter } from '../../src/pipeline/reports.js';
import { createReceiver, type ReceiverLimits } from '../../src/pipeline/receive.js';
import { createSender, type SenderLimits } from '../../src/pipeline/send.js';
import { createSweeper } from '../../src/pipeline/sweep.js';
import { raiseIncidents } from '../../src/store/incidents.js';
import { lookUps } from '../../src/store/lookUps/index.js';
import { createSealer } from '../../src/store/sealer.js';
import { DEMONSTRATION_VILLAGE, seedDemonstration } from '../../src/store/seedDemonstration.js';
import { inTransaction } from '../../src/store/sql.js';
import { testDatabase, type TestDatabase } from './database.js';
import { recordingChannel, type RecordingChannel } from './recordingChannel.js';

export interface WorldOptions {
  engine: Engine;
  services?: { [id: string]: Service };
  channels?: RecordingChannel[];
  /** Stops the clock, or moves it. */
  now?: () => Date;
  /** Nudges that get lost: only the sweep wakes anything. */
  isDeaf?: boolean;
  receiver?: Partial<ReceiverLimits>;
  converser?: Partial<ConverserLimits>;
  sender?: Partial<SenderLimits>;
  leases?: Partial<LeaseTiming>;
  /** Opens lines that the table holds, by their sealed settings. */
  stored?: (lineId: string, settings: string) => Channel;
  waitsForLink?: (lineId: string) => void;
  /** Deletes what a removed line left. */
  forget?: (lineId: string) => Promise<void>;
  database?: TestDatabase;
  /** Wakes the lines of another world on the same database: a process without lines tells the one that has them. */
  wakesLine?: (lineId: string) => void;
  /** Names the process, where two worlds stand for two. */
  owner?: string;
  log?: pino.Logger;
}

export type CaseStatus = 'open' | 'in_hand' | 'asked' | 'finished' | 'refused' | 'cancelled';
const ACTS_TO: { [S in CaseStatus]: CaseAct[] } = {
  open: [],
  in_hand: ['take'],
  asked: ['take', 'ask'],
  finished: ['take', 'finish'],
  refused: ['take', 'refuse'],
  cancelled: ['cancel'],
};
const noNudges = () => ({ converse: false, notify: false, send: new Set<string>() });

export type World = Awaited<ReturnType<typeof aWorld>>;

/** A whole gateway in this process: the real road on a real database, with the other end of its lines recorded. */
export async function aWorld(options: WorldOptions) {
  const database = options.database ?? (await testDatabase());
  const { pool } = database;
  const log = options.log ?? pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const now = options.now ?? (() => new Date());
  const counters = createCounters();
  const sealer = createSealer([randomBytes(32)]);
  const services = options.services ?? {};
  const channels = options.channels ?? [recordingChannel()];
  const channelOf = (lineId: string) => channels.find((channel) => channel.lineId === lineId);
  const owner = options.owner ?? leaseOwner();
  const raise = async (
    sql: Parameters<typeof raiseIncidents>[0],
    incidents: Parameters<typeof raiseIncidents>[1],
  ) => void (await raiseIncidents(sql, incidents, v7, now()));

  const wake: Nudge = {
    converse: () => void converser.run(),
    send: options.wakesLine ?? ((lineId) => sender.nudge(lineId)),
    letters: () => {},
    notify: () => void notify().catch((cause: unknown) => log.error({ err: cause }, 'notify failed')),
  };
  const lost: Nudge = { converse: () => {}, send: () => {}, notify: () => {}, letters: () => {} };
  const nudge = options.isDeaf ? lost : wake;
  const random = (size: number) => randomBytes(size);
  const common = { pool, log, now, newId: v7, counters, nudge };
  const receiver = createReceiver({ ...common, raiseIncidents: raise, limits: options.receiver });
  const converser = createConverser({
    ...common,
    random,
    sealer,
    engine: options.engine,
    services,
    appliers,
    lookUps,
    publicUrl: null,
    choicesOf: (lineId) => channelOf(lineId)?.limits.choices ?? 'buttons',
    limits: options.converser,
  });
  const media = () => Promise.reject(new Error('no media in this world'));
  const sender = createSender({
    pool,
    asItLeaves: (message) => asItLeaves(message, sealer),
    log,
    now,
    newId: v7,
    counters,
    media,
    raiseIncidents: raise,
    owner,
    limits: options.sender,
  });
  const reporter = createReporter({ pool, log, nudge, gatherMs: 1 });
  const keeper = createLineKeeper({
    pool,
    log,
    now,
    newId: v7,
    lines: channels.map((channel: Channel) => openedLine(channel)),
    ...(options.stored ? { stored: options.stored } : {}),
    ...(options.forget ? { forget: options.forget } : {}),
    ...(options.waitsForLink ? { waitsForLink: options.waitsForLink } : {}),
    notify: () => nudge.notify(),
    intake: (lineId) => ({
      reported: (reports) => reporter.reported(lineId, reports),
      isPrivate: (chatId) => receiver.isPrivate(lineId, chatId),
    }),
    receiver,
    sender,
    raiseIncidents: raise,
    owner,
    timing: options.leases,
  });
  const notify = createNotify({ pool, now, services, nudge, counters });
  const timed = createTimed({ pool, now, newId: v7, services, nudge, counters });
  const sweeper = createSweeper({
    pool,
    log,
    now,
    nudge: wake,
    counters,
    raiseIncidents: raise,
    wakeTimed: () => void timed().catch((cause: unknown) => log.error({ err: cause }, 'timers failed')),
    checkClock: () => Promise.resolve(true),
  });
  const perform = createPerform({ pool, now, newId: v7, random, sealer, services, nudge });
  await keeper.start();
  let people = 0;
  let numbers = 0;

  return {
    database,
    pool,
    channels,
    channel: channels[0]!,
    counters,
    sealer,
    receiver,
    converser,
    sender,
    keeper,
    sweeper,
    notify,
    timed,
    perform,
    wake,
    owner,

    /** Somebody with a chat on a line; unknown until they first write. */
    aPerson(more: { chatId?: string; channel?: RecordingChannel; name?: string } = {}) {
      const channel = more.channel ?? channels[0]!;
      const chatId = more.chatId ?? String(100 + ++people);
      const kind = channel.platform === 'whatsapp' ? 'phone' : channel.platform;
      async function sends(
        content: Content,
        how: { externalId?: string; sentAt?: Date } = {},
      ): Promise<void> {
        await receiver.receive({
          lineId: channel.lineId,
          externalId: how.externalId ?? `in${++numbers}`,
          platform: channel.platform,
          ids: { [kind]: chatId },
          chatId,
          ...(more.name === undefined ? {} : { displayName: more.name }),
          sentAt: how.sentAt ?? now(),
          content,
        });
      }
      return {
        chatId,
        channel,
        sends,
        /** Resolves once the message is stored. */
        says: (text: string, how?: { externalId?: string; sentAt?: Date }) =>
          sends({ kind: 'text', text }, how),
        taps: (payload: string) => sends({ kind: 'tap', payload }),
        /** What they were sent, as text. */
        heard: () => channel.to(chatId).map((message) => message.text),
        last: () => channel.to(chatId).at(-1),
        /** Their conversation's id, once they wrote. */
        async conversation(): Promise<string> {
          const { rows } = await pool.query<{ id: string }>(
            'SELECT id FROM conversations WHERE chat_id = $1 AND line_id = $2',
            [chatId, channel.lineId],
          );
          return rows[0]!.id;
        },
      };
    },

    /** Makes the demonstration village active, with its three officers. */
    async aVillage(): Promise<void> {
      await seedDemonstration(pool, v7);
    },

    /** A case of somebody in the demonstration village, brought to a status by the acts that lead there. */
    async aCase({ status = 'open' as CaseStatus, service = 'usaha' } = {}) {
      await seedDemonstration(pool, v7);
      const person = this.aPerson();
      await person.says('quiet');
      const conversationId = await person.conversation();
      const { rows } = await pool.query<{ address: string; resident: string }>(
        `UPDATE residents r SET village_id = $2 FROM addresses a JOIN conversations c ON c.address_id = a.id
         WHERE c.id = $1 AND r.id = a.resident_id RETURNING a.id AS address, r.id AS resident`,
        [conversationId, DEMONSTRATION_VILLAGE],
      );
      const resident: Asker = {
        ...consoleAsker({ id: '', name: '', roles: [] }),
        conversationId,
        addressId: rows[0]!.address,
        lineId: person.channel.lineId,
        platform: person.channel.platform,
        residentId: rows[0]!.resident,
        villageId: DEMONSTRATION_VILLAGE,
        officer: null,
      };
      const officer = (
        await pool.query<{ id: string; name: string }>(
          `SELECT o.id, o.name FROM officers o JOIN officer_roles r ON r.officer_id = o.id
           WHERE r.role = 'kasi_pelayanan'`,
        )
      ).rows[0]!;
      const role = { role: 'kasi_pelayanan', village: DEMONSTRATION_VILLAGE };
      const clerk = { ...officer, roles: [role] };
      const context = { now: now(), newId: v7, random, sealer, services, nudges: noNudges() };
      const effect = { kind: 'open_case' as const, draft: v7(), service, flow: 'test', answers: {} };
      const [opened] = await inTransaction(pool, (sql) =>
        appliers.open_case(sql, [{ asker: resident, effect }], context),
      );
      const { code } = opened!;
      for (const act of ACTS_TO[status]) {
        const acted = { kind: 'act_on_case' as const, code, act, text: 'Baik' };
        if (act === 'cancel')
          await inTransaction(pool, (sql) =>
            appliers.act_on_case(sql, [{ asker: resident, effect: acted }], context),
          );
        else await perform(clerk, [acted]);
      }
      wake.notify();
      return { code, person, officer: clerk, conversationId };
    },

    /** Waits until nothing is left to be done that could be done now. */
    async settles(withinMs = 20_000): Promise<void> {
      const end = performance.now() + withinMs;
      for (let calm = 0; calm < 2;) {
        if (performance.now() > end)
          throw new Error(`the road is not at rest: ${JSON.stringify(await left())}`);
        const waiting = await left();
        calm = Object.values(waiting).every((n) => n === 0) ? calm + 1 : 0;
        await sleep(5);
      }
    },

    async stop(): Promise<void> {
      await sweeper.stop();
      await keeper.stop();
      await converser.stop();
      if (!options.database) await database.drop();
    },
  };

  async function left() {
    const { rows } = await pool.query<{ inbound: number; outbound: number; untold: number }>(
      `SELECT
         (SELECT count(*)::int FROM inbound_messages i JOIN conversations c ON c.id = i.conversation_id
          WHERE handled_at IS NULL AND parked_at IS NULL AND (c.wake_at IS NULL OR c.wake_at <= $1)) AS inbound,
         (SELECT count(*)::int FROM outbound_messages o JOIN conversations c ON c.id = o.conversation_id
          WHERE o.state = 'sending' OR (o.state = 'pending' AND (o.not_before IS NULL OR o.not_before <= $1)
            AND (c.next_send_at IS NULL OR c.next_send_at <= $1))) AS outbound,
         (SELECT count(*)::int FROM notifications WHERE told_at IS NULL AND (tell_at IS NULL OR tell_at <= $1)) AS untold`,
      [now()],
    );
    return rows[0]!;
  }
}
