import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { render as renderCloud } from '../../src/channels/whatsapp-cloud/render.js';
import { render as renderTelegram } from '../../src/channels/telegram/render.js';
import { render as renderWhatsapp } from '../../src/channels/whatsapp-web/render.js';
import { readTranscript } from '../../src/commands/chat/transcript.js';
import { World } from '../../src/commands/chat/world.js';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import type { Content } from '../../src/core/content.js';
import { maskIdentityNumbers, storable } from '../../src/core/identityNumbers.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import { withKeypad } from '../../src/core/keypad.js';
import { CHANNEL_LIMITS } from '../../src/core/limits.js';
import type { Outgoing } from '../../src/core/outgoing.js';
import { PAYLOAD_BYTES, readPayload } from '../../src/core/payload.js';
import { advance } from '../../src/flow/engine.js';
import { loadFlows } from '../../src/flow/load.js';
import { START_VARS } from '../../src/flow/names.js';
import { waits } from '../../src/flow/steps/index.js';
import type { FlowEvent, Session } from '../../src/flow/types.js';

/**
 * Whatever a person sends, at any step of any flow, in any language: nothing throws, the session stays small, every
 * message is answered with something that every channel carries, and "menu" always leads out.
 */
const SCENARIOS = 3_050;
const TURNS_EACH = 32;
const MOST_STATE_BYTES = 4_096;
/** A text of ours is one message; photos, files and a second list come beside it. */
const MOST_REQUESTS = 8;
/** Another number looks in other corners. */
const SEED = Number(process.env.ANYTHING_SEED ?? 20_261_126);

const KEYS = { lookUpKey: (value: string) => `.${createHash('sha256').update(value).digest('base64url')}` };

const WAITING = {
  count: 1,
  more: 0,
  items: [{ code: 'K7M2-PXQ4-3', service: 'usaha', resident: 'Siti', due: null }],
  codes: ['K7M2-PXQ4-3'],
  first: 'K7M2-PXQ4-3',
  way: 'electronic',
  unprinted: 0,
  has_pin: true,
};

const flows = await loadFlows(FLOWS_FOLDER);
const phrases = [...flows.byId.values()].flatMap(({ understands }) => understands);
/** What words, buttons, links or the program start; the rest is called by these. */
const startable = [...flows.byId.values()].filter(
  (flow) =>
    flow.intent !== null ||
    flow.understands.length > 0 ||
    flow.byButton ||
    flow.opensByLink ||
    flow.id in START_VARS,
);
let turns = 0;
let largest = 0;
let longest = 0;
const reached = new Set<string>();

/** What a person does: `pick` chooses among what is offered then. */
type Act =
  | { do: 'text'; text: string }
  | { do: 'tap' | 'number' | 'label' | 'oldTap'; pick: number }
  | { do: 'content'; content: Content }
  | { do: 'time'; hours: number }
  | { do: 'again' };

const FITTING = [
  'Siti',
  'Warung Bu Siti',
  '2019',
  'Krajan RT 02 RW 01',
  '003/004',
  'besok',
  '17/8/2025',
  '3 bulan',
  '7 tahun',
  '50rb',
  '1,5jt nego',
  '2 kw',
  '081234567890',
  'jam 9',
  'Maret 2026',
  'Kemiren',
  'Karangrejo',
  'jalan depan musala rusak',
  'ya',
  'tidak',
  'nggih',
  'mboten',
  'lewati',
  'selesai',
  'kirim',
  'ubah',
  'nego',
  'lanjut',
  'nanti',
  'untuk ibu saya',
];
const ALWAYS = [
  'menu',
  'batal',
  'kembali',
  'ulangi',
  'status',
  'petugas',
  'bahasa',
  'bantuan',
  'stop',
  'data saya',
  'hapus data',
  'profil',
  'resmi',
  'hubungkan',
  'boso jowo',
  'english',
];
const ODD = [
  '',
  ' ',
  '\n\n',
  '.',
  '???',
  '[stiker]',
  '😀',
  '👍🏽👨‍👩‍👧',
  '\u202Eterbalik\u202C',
  '\u200B\u200B',
  'שלום',
  'مرحبا',
  '你好',
  'ꦱꦸꦒꦼꦁ',
  '{}',
  '{name}',
  '{business_name, select, other {x}}',
  "{'",
  '<script>alert(1)</script>',
  "'; DROP TABLE cases; --",
  '%s%n',
  '../../etc/passwd',
  '${7*7}',
  '{{7*7}}',
  '=1+1',
  '__proto__',
  'constructor',
  'K7M2-PXQ4-3',
  'status K7M2-PXQ4-3',
  'R3T8-WY5N-1',
  '4TB2-9KET',
  '3510111234567890',
  'NIK saya 3510 1112 3456 7890',
  '0',
  '-1',
  '99',
  '1e9',
  'satu',
  '١',
  'a'.repeat(10_000),
  'surat '.repeat(2_000),
  '😀'.repeat(3_000),
  'tolong kebakaran',
  'anak saya kejang',
];
const file = { attachmentId: 'photo-1', mime: 'image/jpeg' };
const CONTENTS: Content[] = [
  { kind: 'photo', file },
  { kind: 'photo', file, caption: 'ini fotonya', album: 'a1' },
  { kind: 'photo', file: { attachmentId: 'photo-2' }, album: 'a1' },
  { kind: 'document', file: { attachmentId: 'doc-1', mime: 'application/pdf' }, name: '<b>surat</b>.pdf' },
  { kind: 'voice', file: { attachmentId: 'voice-1', mime: 'audio/ogg' } },
  { kind: 'location', latitude: -8.2192, longitude: 114.3691 },
  { kind: 'location', latitude: 89.9, longitude: -179.9, label: 'entah' },
  { kind: 'contact', phone: '6281234567890', isOwn: true },
  { kind: 'contact', phone: '6281234567890', name: 'Bu Ani', isOwn: false },
  { kind: 'edit', externalId: '1', text: 'eh salah' },
  { kind: 'unreadable', what: 'sticker' },
  { kind: 'unreadable', what: 'poll' },
  { kind: 'start', payload: '' },
  { kind: 'start', payload: 'f-business-letter' },
  { kind: 'start', payload: 'inv-salah' },
  { kind: 'tap', payload: 'a.zz.0' },
  { kind: 'tap', payload: 'w.menu' },
  { kind: 'tap', payload: 'w.nothing' },
  { kind: 'tap', payload: 'f.business-letter.' },
  { kind: 'tap', payload: 'f.officer-take.K7M2-PXQ4-3' },
  { kind: 'tap', payload: 'tampered' },
  { kind: 'blocked' },
  { kind: 'unblocked' },
];

const pick = fc.nat({ max: 9 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 7, arbitrary: pick.map((n): Act => ({ do: 'tap', pick: n })) },
  { weight: 4, arbitrary: pick.map((n): Act => ({ do: 'number', pick: n })) },
  { weight: 3, arbitrary: pick.map((n): Act => ({ do: 'label', pick: n })) },
  { weight: 6, arbitrary: fc.constantFrom(...FITTING).map((text): Act => ({ do: 'text', text })) },
  { weight: 3, arbitrary: fc.constantFrom(...ALWAYS).map((text): Act => ({ do: 'text', text })) },
  { weight: 2, arbitrary: fc.constantFrom(...phrases).map((text): Act => ({ do: 'text', text })) },
  { weight: 3, arbitrary: fc.constantFrom(...ODD).map((text): Act => ({ do: 'text', text })) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map((text): Act => ({ do: 'text', text })),
  },
  { weight: 3, arbitrary: fc.constantFrom(...CONTENTS).map((content): Act => ({ do: 'content', content })) },
  { weight: 1, arbitrary: pick.map((n): Act => ({ do: 'oldTap', pick: n })) },
  { weight: 1, arbitrary: fc.constantFrom(1, 20, 60, 200).map((hours): Act => ({ do: 'time', hours })) },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'again' }) },
);

const scenario = fc.record({
  flow: fc.constantFrom(...startable.map(({ id }) => id)),
  channel: fc.constantFrom('telegram', 'whatsapp'),
  language: fc.constantFrom(...flows.languages),
  village: fc.constantFrom('Kemiren', 'Kemiren', 'Kemiren', 'Sumbersari', 'none'),
  first: fc.boolean(),
  named: fc.boolean(),
  hidden: fc.constantFrom(false, false, false, true),
  linked: fc.constantFrom(false, false, true),
  profiles: fc.constantFrom('', '', 'Siti, Budi'),
  pages: fc.boolean(),
  /** How the village has its register and the pengantar RT/RW. */
  register: fc.boolean(),
  way: fc.constantFrom('rt_tap', 'photo', 'counter', 'none'),
  hour: fc.constantFrom('09:00', '22:30'),
  acts: fc.array(act, { minLength: TURNS_EACH, maxLength: TURNS_EACH }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

test('whatever is sent is answered, in every flow', () => {
  fc.assert(fc.property(scenario, live), { numRuns: SCENARIOS, seed: SEED, endOnFailure: false });
  expect(turns).toBeGreaterThanOrEqual(100_000);
  // What only says something and ends never has the conversation.
  const asking = [...flows.byId.values()].filter((flow) => flow.steps.some(waits));
  const unseen = asking.filter((flow) => !reached.has(flow.id)).map(({ id }) => id);
  expect(unseen, 'flows that ask, and that no conversation came into').toEqual([]);
}, 600_000);

afterAll(() => {
  console.log(
    `${turns} turns over ${reached.size} flows in ${flows.languages.length} languages: largest session ${largest} bytes, longest text ${longest} characters (seed ${SEED})`,
  );
});

/** One conversation, looked at after every turn; a fault tells the last of it. */
function live(given: Scenario): void {
  const log: string[] = [];
  try {
    converse(given, log);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${why}\n\nthe end of the conversation:\n${log.slice(-14).join('\n')}`, { cause });
  }
}

function converse(given: Scenario, log: string[]): void {
  const isOfficer = flows.byId.get(given.flow)!.isForOfficers;
  const header = [
    `channel: ${given.channel}`,
    `now: 2026-11-24 ${given.hour}`,
    `person: ${isOfficer ? 'officer Pak Slamet' : given.named ? 'resident Siti' : 'resident'}`,
    `village: ${given.village}`,
    `language: ${given.language}`,
    `first: ${given.first ? 'yes' : 'no'}`,
    `hidden: ${given.hidden ? 'yes' : 'no'}`,
    `linked: ${given.linked ? 'yes' : 'no'}`,
    `public: ${given.pages ? 'yes' : 'no'}`,
    ...(given.profiles ? [`profiles: ${given.profiles}`] : []),
  ];
  const world = new World(flows, readTranscript(`${header.join('\n')}\n`).settings);
  // A village that signs electronically: its head meets the keypad.
  world.prepare('officer_waiting', WAITING, true);
  world.prepare('register_state', { usable: given.register, known: false }, true);
  world.prepare('introduction_way', { way: given.way, noted: false }, true);
  const chat = { world, session: {} as Session, said: [] as Outgoing[], before: [] as Outgoing[], log };
  turn(chat, { kind: 'start', flow: given.flow, vars: sample(given.flow) });
  let last: Content = { kind: 'text', text: 'menu' };
  for (const one of given.acts) {
    if (one.do === 'time') {
      passTime(chat, one.hours);
      continue;
    }
    const content = contentOf(chat, one, last);
    last = content;
    hear(chat, content);
  }
  // Wherever it stands: the way out.
  hear(chat, { kind: 'text', text: 'menu' });
  const told = chat.said.map(({ text }) => text).join('\n');
  expect(told.length, 'nothing was said to "menu"').toBeGreaterThan(0);
  if (!isOfficer && chat.session.x === undefined)
    expect(
      chat.said.some(({ choices }) => (choices?.length ?? 0) > 0),
      `"menu" led nowhere: ${told}`,
    ).toBe(true);
}

interface Chat {
  world: World;
  session: Session;
  /** What was said in this turn, and before. */
  said: Outgoing[];
  before: Outgoing[];
  log: string[];
}

function hear(chat: Chat, content: Content): void {
  chat.world.now = new Date(chat.world.now.getTime() + 20_000);
  const wasHandedOver = chat.world.context().handedOver;
  turn(chat, { kind: 'message', content, at: chat.world.now });
  // A burst is over after a moment's silence.
  const gathering = chat.world.timers.get('gather');
  const said = [...chat.said];
  if (gathering) {
    chat.world.now = gathering;
    fire(chat, 'gather');
    said.push(...chat.said);
    chat.said = said;
  }
  const mayBeSilent =
    wasHandedOver || content.kind === 'blocked' || content.kind === 'unblocked' || content.kind === 'edit';
  // The rest of an album that was answered already belongs to that answer.
  const isRest = 'album' in content && content.album !== undefined;
  if (!mayBeSilent && !isRest)
    expect(said.length, `no answer to ${JSON.stringify(content).slice(0, 200)}`).toBeGreaterThan(0);
}

function turn(chat: Chat, event: FlowEvent): void {
  const { world } = chat;
  chat.before = chat.said.length > 0 ? chat.said : chat.before;
  chat.said = [];
  chat.log.push(`  ${JSON.stringify(chat.session).slice(0, 400)}`, `> ${shown(event)}`);
  let done = advance(flows, chat.session, event, world.context());
  for (let round = 1; done.asks.length > 0; round++) {
    expect(round, 'more rounds of asks than converse allows').toBeLessThanOrEqual(8);
    const results: { [ask: string]: Json } = {};
    for (const ask of done.asks) results[ask.id] = world.answer(ask);
    done = advance(flows, done.session, { kind: 'answers', results }, world.context());
  }
  turns++;
  const stored = JSON.stringify(done.session);
  largest = Math.max(largest, Buffer.byteLength(stored));
  expect(Buffer.byteLength(stored), `a session of ${stored.slice(0, 300)}…`).toBeLessThanOrEqual(
    MOST_STATE_BYTES,
  );
  chat.session = JSON.parse(stored) as Session;
  for (const frame of [...(chat.session.k ?? []), chat.session])
    if (frame.f !== undefined) reached.add(frame.f);
  for (const effect of done.effects) {
    world.happen(effect);
    if (effect.kind !== 'send_message') {
      chat.log.push(`! ${effect.kind}`);
      continue;
    }
    // As it leaves: a keypad's buttons are there to be tapped.
    const message = withKeypad(effect.message, KEYS);
    chat.said.push(message);
    chat.log.push(
      `< ${message.text.slice(0, 160)} [${(message.choices ?? []).map(({ payload }) => payload).join(' ')}]`,
    );
    carried(message);
  }
  if (event.kind === 'start') reached.add(event.flow);
}

/** What every channel has to carry, as its own rendering makes it. */
function carried(message: Outgoing): void {
  longest = Math.max(longest, message.text.length);
  expect(message.text.trim().length, 'an empty text').toBeGreaterThan(0);
  expect(message.text.length, message.text.slice(0, 200)).toBeLessThanOrEqual(CHANNEL_LIMITS.telegram.text);
  expect(message.text).not.toMatch(/\[object Object\]|\bundefined\b|\bNaN\b/u);
  expect(message.text.isWellFormed(), 'half a character').toBe(true);
  for (const { label, payload } of message.choices ?? []) {
    expect(label.trim().length, 'an empty button').toBeGreaterThan(0);
    expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(PAYLOAD_BYTES);
    expect(readPayload(payload), `the payload ${payload}`).not.toBeNull();
  }
  for (const requests of [
    renderTelegram('1', message, { isGroup: false } as never),
    renderCloud('1', message),
    renderWhatsapp(message),
  ])
    expect(requests.length).toBeLessThanOrEqual(MOST_REQUESTS);
}

function shown(event: FlowEvent): string {
  return JSON.stringify(event.kind === 'message' ? event.content : event).slice(0, 160);
}

function contentOf(chat: Chat, one: Exclude<Act, { do: 'time' }>, last: Content): Content {
  if (one.do === 'content') return one.content;
  if (one.do === 'again') return last;
  if (one.do === 'text') return { kind: 'text', text: maskIdentityNumbers(storable(one.text)).text };
  const offered = (one.do === 'oldTap' ? chat.before : chat.said).flatMap(({ choices }) => choices ?? []);
  const choice = offered[one.pick % Math.max(1, offered.length)];
  if (one.do === 'number' || !choice) return { kind: 'text', text: String(one.pick) };
  return one.do === 'label' ? { kind: 'text', text: choice.label } : { kind: 'tap', payload: choice.payload };
}

function passTime(chat: Chat, hours: number): void {
  const until = new Date(chat.world.now.getTime() + hours * 3_600_000);
  for (let fired = 0; fired < 20; fired++) {
    const next = [...chat.world.timers].filter(([, at]) => at <= until).sort(([, a], [, b]) => +a - +b)[0];
    if (!next) break;
    chat.world.now = next[1] > chat.world.now ? next[1] : chat.world.now;
    fire(chat, next[0]);
  }
  chat.world.now = until;
}

const TIMED: { [timer: string]: string } = {
  gather: 'gather',
  draft_reminder: 'draft-reminder',
  draft_expiry: 'draft-expired',
  hand_over_end: 'hand-over-end',
};

function fire(chat: Chat, timer: string): void {
  chat.world.timers.delete(timer);
  const flow = TIMED[timer];
  if (flow) turn(chat, { kind: 'start', flow, vars: {} });
  else chat.said = [];
}

/** Variables as other parts of the program hand them in. */
function sample(flow: string): JsonObject {
  return Object.fromEntries((START_VARS[flow] ?? []).map((name) => [name, SAMPLES[name] ?? 'x']));
}

const SAMPLES: JsonObject = {
  code: 'K7M2-PXQ4-3',
  service: 'usaha',
  event: 'case_taken',
  due: '2026-11-25T08:30:00Z',
  position: 3,
  price: 12_000,
  quantity: 50,
  unproven: false,
  accepted: true,
  photos: [],
  files: [],
  flags: [],
  photo: null,
  whose: 'resident-1',
};
