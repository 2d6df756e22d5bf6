import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as newId } from 'uuid';
import type { Channel, ChannelLimits } from '../channels/channel.js';
import { CHANNEL_LIMITS } from '../core/limits.js';
import type { Engine } from '../pipeline/engine.js';
import { insertNotifications } from '../store/notifications.js';
import { openConversations } from '../store/openConversations.js';
import { inTransaction } from '../store/sql.js';
import type { Bench } from './report.js';
import { startServices, type Services } from './services.js';
import { openWholeRoad } from './wholeRoad.js';

const OFFICERS = 1_000;
const EACH = 10;
/** As fast as Telegram and the Cloud API together: 110 messages a second, a minute and a half for all. */
const PER_SECOND = CHANNEL_LIMITS.telegram.perSecond + CHANNEL_LIMITS['whatsapp-cloud'].perSecond;
const LINE = 'telegram:bench';
const TARGET = 1.2;

/**
 * 10,000 notifications of 1,000 officers, from their rows through conversations and the outbox to a channel of a fixed
 * pace, on Postgres and Redis: how long it takes against what the channel's own pace allows. Fails where one came twice, was
 * lost, or came before an older one.
 */
export const notificationsBench: Bench = {
  names: ['notify.drained'],
  async run() {
    const services = await startServices();
    if (!services) return 'no redis-server is installed';
    try {
      const seconds = await drain(services);
      const least = (OFFICERS * EACH) / PER_SECOND;
      return [
        {
          name: 'notify.drained',
          value: (OFFICERS * EACH) / seconds,
          unit: 'notifications/s',
          against: `a channel of ${PER_SECOND}/s: ${least.toFixed(1)} s, drained in ${seconds.toFixed(1)} s`,
          ratio: seconds / least,
          target: `≤ ${TARGET} times, none twice, none lost`,
          met: seconds / least <= TARGET,
        },
      ];
    } finally {
      await services.stop();
    }
  },
};

/** Seconds from the first wake-up to the last message. Throws where a message is missing, double or out of order. */
async function drain(services: Services): Promise<number> {
  const { pool } = services;
  const sent = new Map<string, number[]>();
  let count = 0;
  const channel = pacedChannel((chat, number) => {
    count += 1;
    sent.set(chat, [...(sent.get(chat) ?? []), number]);
  });
  const road = await openWholeRoad(services, channel, saying(), 'buttons');
  try {
    await aCrowd(pool);
    const began = performance.now();
    road.nudge.notify();
    for (let rest = 0; count < OFFICERS * EACH && rest < 600; rest += 1) {
      const before = count;
      await sleep(100);
      if (count > before) rest = 0;
    }
    const seconds = (performance.now() - began) / 1000;
    await sleep(500);
    for (const [chat, numbers] of sent)
      if (numbers.length !== EACH || numbers.some((number, n) => number !== n))
        throw new Error(`chat ${chat} heard ${numbers.join(' ')}`);
    if (count !== OFFICERS * EACH) throw new Error(`${count} messages went out of ${OFFICERS * EACH}`);
    return seconds;
  } finally {
    await road.stop();
  }
}

/** Officers with a chat each, who want to be told at once, and what they are to be told. */
async function aCrowd(pool: Services['pool']): Promise<void> {
  const ids = Array.from({ length: OFFICERS }, () => newId());
  await pool.query(
    `INSERT INTO officers (id, name, pace, quiet_from, quiet_until)
     SELECT unnest($1::uuid[]), 'Petugas', 'immediate', '00:00', '00:00'`,
    [ids],
  );
  await inTransaction(pool, async (sql) => {
    await openConversations(
      sql,
      ids.map((_, n) => ({
        lineId: LINE,
        platform: 'telegram',
        ids: { telegram: String(n) },
        chatId: String(n),
        isGroup: false,
        displayName: null,
      })),
      newId,
    );
  });
  await pool.query(
    `UPDATE addresses a SET officer_id = n.id FROM conversations c, unnest($1::uuid[]) WITH ORDINALITY AS n (id, ord)
     WHERE c.address_id = a.id AND c.chat_id = (n.ord - 1)::text`,
    [ids],
  );
  const rows = Array.from({ length: EACH }, (_, number) =>
    ids.map((officerId) => ({
      officerId,
      kind: 'officer-hand-over',
      subjectId: officerId,
      number,
      vars: { number },
    })),
  );
  await insertNotifications(pool, rows.flat(), newId, new Date());
}

/** Says the number of what it is told: the road is measured, not the words. */
function saying(): Engine {
  return {
    isEmergency: () => false,
    apology: () => ({ text: '' }),
    patience: () => ({ text: '' }),
    advance: (session, event) => ({
      session,
      asks: [],
      effects:
        event.kind === 'start'
          ? [{ kind: 'send_message', message: { text: String(event.vars['number'] as number) } }]
          : [],
    }),
  };
}

function pacedChannel(heard: (chatId: string, number: number) => void): Channel {
  let isUp = false;
  const limits: ChannelLimits = {
    text: 4096,
    caption: 1024,
    choices: 'buttons',
    choiceLabel: 40,
    perSecond: PER_SECOND,
    perChatMs: 0,
    unknownOutcome: 'resend_flagged',
  };
  return {
    lineId: LINE,
    platform: 'telegram',
    limits,
    async start(intake) {
      isUp = true;
      await intake.stateChanged('up');
    },
    stopListening: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    health: () => ({ state: isUp ? 'up' : 'stopped' }),
    async send(chatId, { text }) {
      await sleep(5);
      heard(chatId, Number(text));
      return { externalIds: [`m:${chatId}:${text}`] };
    },
    fetchMedia: () => Promise.reject(new Error('this line carries no files')),
  };
}
