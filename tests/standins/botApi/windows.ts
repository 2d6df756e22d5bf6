import type { Call } from './state.js';

/** How much the bot sent in its fullest window: against Telegram's 30 a second, 1 a second a chat, 20 a minute a group. */
export interface Fullest {
  second: number;
  secondOfChat: number;
  minuteOfGroup: number;
}

/** What puts a message into a chat; a new topic shows one as well. Edits and answers to taps are none. */
const MESSAGES = /^(?:send(?!ChatAction)|copyMessage|forwardMessage|createForumTopic)/u;

/** Windows are half open: what lies exactly a second apart is in two. */
export function fullest(calls: Call[]): Fullest {
  const sent = calls
    .filter((call) => MESSAGES.test(call.method) && call.outcome === 'ok')
    .flatMap((call) =>
      Array.from({ length: partsOf(call) }, () => ({
        at: Date.parse(call.at),
        chat: String(call.params['chat_id']),
      })),
    );
  const chats = new Map<string, typeof sent>();
  for (const one of sent) chats.set(one.chat, [...(chats.get(one.chat) ?? []), one]);
  const most = (all: { at: number }[][], ms: number) => Math.max(0, ...all.map((one) => inWindow(one, ms)));
  return {
    second: inWindow(sent, 1000),
    secondOfChat: most([...chats.values()], 1000),
    minuteOfGroup: most(
      [...chats].flatMap(([chat, own]) => (chat.startsWith('-') ? [own] : [])),
      60_000,
    ),
  };
}

function inWindow(sent: { at: number }[], ms: number): number {
  const times = sent.map((one) => one.at).toSorted((a, b) => a - b);
  let from = 0;
  let most = 0;
  times.forEach((at, n) => {
    while (times[from]! <= at - ms) from += 1;
    most = Math.max(most, n - from + 1);
  });
  return most;
}

function partsOf(call: Call): number {
  const { media } = call.params;
  if (call.method !== 'sendMediaGroup') return 1;
  return ((typeof media === 'string' ? JSON.parse(media) : media) as unknown[]).length;
}
