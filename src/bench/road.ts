import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as newId } from 'uuid';
import type { Channel } from '../channels/channel.js';
import type { Inbound } from '../core/content.js';
import type { Session } from '../flow/types.js';
import { openConversations } from '../store/openConversations.js';
import { inTransaction } from '../store/sql.js';
import { benchContext, benchEngine, ROAD_TURNS } from './conversation.js';
import { inTurn, median, type Bench } from './report.js';
import { startServices, type Services } from './services.js';
import { startTextbook } from './textbook.js';
import { openWholeRoad } from './wholeRoad.js';

const PEOPLE = 64;
const ROUND_MS = 3_000;
const ROUNDS = 5;
const OFFERED_PER_SECOND = 2_000;
const OFFERED_PEOPLE = 4_000;
const OFFERED_MS = 8_000;

/** The whole durable road: inbound row → session → outgoing row → null channel → marked sent, on Postgres and Redis. */
export const roadBench: Bench = {
  names: ['road.durable', 'road.p99_at_2000'],
  async run() {
    const services = await startServices();
    if (!services) return 'no redis-server is installed';
    try {
      const road = await openRoad(services);
      const textbook = await openTextbook(services);
      try {
        await closedLoop(road, 1_000); // warm
        await closedLoop(textbook, 1_000);
        const rates = await inTurn(
          () => closedLoop(road, ROUND_MS),
          () => closedLoop(textbook, ROUND_MS),
          ROUNDS,
        );
        const delays = await offered(road);
        return [
          {
            name: 'road.durable',
            value: rates.ours,
            unit: 'turns/s',
            against: `a job and a transaction a message: ${Math.round(rates.theirs)}`,
            ratio: rates.ratio,
            target: '≥ 4 times',
            met: rates.ratio >= 4,
          },
          {
            name: 'road.p99_at_2000',
            value: delays.p99,
            unit: `ms (median ${delays.p50.toFixed(0)})`,
            against: `${Math.round(delays.perSecond)} turns/s done`,
            ratio: null,
            target: null,
            met: null,
          },
        ];
      } finally {
        await textbook.stop();
        await road.stop();
      }
    } finally {
      await services.stop();
    }
  },
};

/** Takes a person's message; `onReply` hears when an answer to a person went out. */
interface Road {
  receive(person: number, text: string): Promise<void>;
  onReply(heard: (person: number) => void): void;
  stop(): Promise<void>;
}

/** Everybody writes, waits for the answer, and writes again. Answers turns per second. */
async function closedLoop(road: Road, ms: number): Promise<number> {
  const waiting = new Map<number, () => void>();
  road.onReply((person) => {
    waiting.get(person)?.();
    waiting.delete(person);
  });
  const until = performance.now() + ms;
  let turns = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: PEOPLE }, async (_, person) => {
      // Whole conversations, so that each round begins and ends at the menu.
      while (performance.now() < until)
        for (const text of ROAD_TURNS) {
          const reply = new Promise<void>((resolve) => waiting.set(person, resolve));
          await road.receive(person, text);
          await reply;
          turns += 1;
        }
    }),
  );
  return turns / ((performance.now() - began) / 1000);
}

/** Messages come at a fixed rate, whether or not we keep up; measures from arrival to the channel's hand. */
async function offered(road: Road): Promise<{ p50: number; p99: number; perSecond: number }> {
  const since = new Map<number, number>();
  const delays: number[] = [];
  road.onReply((person) => {
    const began = since.get(person);
    if (began === undefined) return;
    since.delete(person);
    delays.push(performance.now() - began);
  });
  const turnOf = new Map<number, number>();
  const began = performance.now();
  let sent = 0;
  while (performance.now() - began < OFFERED_MS) {
    const due = Math.floor(((performance.now() - began) / 1000) * OFFERED_PER_SECOND);
    for (; sent < due; sent += 1) {
      const person = 1_000 + (sent % OFFERED_PEOPLE);
      const turn = turnOf.get(person) ?? 0;
      turnOf.set(person, turn + 1);
      since.set(person, performance.now());
      void road.receive(person, ROAD_TURNS[turn % ROAD_TURNS.length]!);
    }
    await sleep(2);
  }
  for (let tries = 0; since.size > 0 && tries < 500; tries += 1) await sleep(20);
  const perSecond = delays.length / ((performance.now() - began) / 1000);
  const sorted = delays.sort((a, b) => a - b);
  return { p50: median(sorted), p99: sorted[Math.floor(sorted.length * 0.99)]!, perSecond };
}

async function openRoad(services: Services): Promise<Road> {
  let heard: (person: number) => void = () => {};
  let number = 0;
  const channel = nullChannel('sim:bench', (chat) => heard(Number(chat)));
  const road = await openWholeRoad(services, channel, await benchEngine(), 'numbers');
  return {
    receive: (person, text) => road.receiver.receive(inbound(channel.lineId, person, text, (number += 1))),
    onReply: (listener) => void (heard = listener),
    stop: () => road.stop(),
  };
}

async function openTextbook({ pool, redisUrl }: Services): Promise<Road> {
  const lineId = 'sim:textbook';
  await pool.query(
    "INSERT INTO lines (id, platform, name) VALUES ($1, 'simulator', $1) ON CONFLICT DO NOTHING",
    [lineId],
  );
  const people = Array.from({ length: PEOPLE }, (_, person) => inbound(lineId, person, '', 0));
  const conversations = await inTransaction(pool, (sql) =>
    openConversations(
      sql,
      people.map(({ ids, chatId }) => ({
        lineId,
        platform: 'simulator',
        ids,
        chatId,
        isGroup: false,
        displayName: null,
      })),
      newId,
    ),
  );
  const personOf = new Map(conversations.map((id, person) => [id, person]));
  const engine = await benchEngine();
  let heard: (person: number) => void = () => {};
  let number = 0;
  const textbook = startTextbook({
    pool,
    redisUrl,
    turn(session, text) {
      const context = benchContext(new Date(), newId);
      const turn = engine.advance(
        session as Session,
        { kind: 'message', content: { kind: 'text', text }, at: context.now },
        context,
      );
      return {
        session: turn.session,
        messages: turn.effects.flatMap((effect) => (effect.kind === 'send_message' ? [effect.message] : [])),
      };
    },
    send: (conversationId) => heard(personOf.get(conversationId)!),
  });
  return {
    receive: (person, text) =>
      textbook.receive({
        conversationId: conversations[person]!,
        lineId,
        externalId: String((number += 1)),
        text,
      }),
    onReply: (listener) => void (heard = listener),
    stop: () => textbook.stop(),
  };
}

function inbound(lineId: string, person: number, text: string, number: number): Inbound {
  return {
    lineId,
    externalId: `${number}`,
    platform: 'simulator',
    ids: { simulator: `${lineId}-${person}` },
    chatId: String(person),
    sentAt: new Date(),
    content: { kind: 'text', text },
  };
}

/** A channel without a platform: what is sent is gone at once. */
function nullChannel(lineId: string, onSent: (chatId: string) => void): Channel {
  return {
    lineId,
    platform: 'simulator',
    limits: {
      text: 4096,
      caption: 1024,
      choices: 'numbers',
      choiceLabel: 200,
      perSecond: 1_000_000,
      perChatMs: 0,
      unknownOutcome: 'resend_flagged',
    },
    start: (intake) => intake.stateChanged('up'),
    stopListening: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    health: () => ({ state: 'up' }),
    send(chatId) {
      onSent(chatId);
      return Promise.resolve({ externalIds: ['1'] });
    },
    fetchMedia: () => Promise.reject(new Error('no media in the bench')),
  };
}
