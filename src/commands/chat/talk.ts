import { createHash } from 'node:crypto';
import type { Content } from '../../core/content.js';
import type { Effect } from '../../core/effect.js';
import type { Json, JsonObject } from '../../core/json.js';
import { maskIdentityNumbers } from '../../core/identityNumbers.js';
import { KEYPAD_BUTTONS, withKeypad } from '../../core/keypad.js';
import type { Choice, Outgoing } from '../../core/outgoing.js';
import { readPhone } from '../../flow/answers/phone.js';
import type { Flows } from '../../flow/compiled.js';
import { advance } from '../../flow/engine.js';
import type { FlowEvent, Session } from '../../flow/types.js';
import { World } from './world.js';
import type { WorldSettings } from './world.js';

/** Rounds of asks and answers in one turn, as converse allows. */
const MOST_ROUNDS = 8;
/** Between two lines a person needs some time; `>>` is the next tap of the same second. */
const BETWEEN = 30_000;
/** More than any album; what is typed in the console's player must not fill the memory. */
const MOST_PHOTOS = 100;
const TIMED_FLOWS: { [timer: string]: string } = {
  gather: 'gather',
  draft_reminder: 'draft-reminder',
  draft_expiry: 'draft-expired',
  rest: 'rest-over',
  immunisation_reminder: 'health-reminder',
  pregnancy_reminder: 'health-reminder',
};

/** Something wrong with a line of a .chat file. */
export class ChatLineError extends Error {
  override readonly name = 'ChatLineError';
}

/**
 * A conversation in memory: lines of a person go in, lines of the bot come out, with the real engine between. Runs
 * .chat files and the terminal chat; how lines read is told in docs/chat-files.md.
 */
export class Talk {
  readonly world: World;
  session: Session = {};
  private readonly shown: Choice[][] = [];
  private files = 0;
  private albums = 0;

  constructor(
    private readonly flows: Flows,
    private readonly settings: WorldSettings,
  ) {
    this.world = new World(flows, settings);
  }

  /** Plays one line of a person (without its `>`) and gives the lines of the bot. */
  play(line: string, isAtOnce = false, goesOn = false): string[] {
    const time = /^\((\d+) (second|minute|hour|day)s? later\)$/u.exec(line);
    if (time) return this.passTime(Number(time[1]) * UNITS[time[2]!]!);
    if (!isAtOnce) this.world.now = new Date(this.world.now.getTime() + BETWEEN);
    const pin = /^\[pin: (\d*)\]$/u.exec(line);
    const lines = pin ? this.enter(pin[1]!) : this.events(line).flatMap((event) => this.turn(event));
    // A burst is over after a moment's silence, unless the next line comes at once.
    const settled = this.world.timers.get('gather');
    if (settled && !goesOn) {
      this.world.now = settled;
      lines.push(...this.fire('gather'));
    }
    return lines;
  }

  /** Taps digits on the newest keypad, then OK. Its message changes in place meanwhile: only what comes of OK is told. */
  private enter(digits: string): string[] {
    let lines: string[] = [];
    for (const label of [...digits, 'OK'])
      lines = this.turn(this.message({ kind: 'tap', payload: this.payload(label, false) }));
    return lines;
  }

  /** What a button that was shown hands in, by its label; null where none has it. */
  payloadOf(label: string, isOld: boolean): string | null {
    const messages = isOld ? this.shown.slice(0, -1) : this.shown;
    return findChoice(messages, (choice) => choice.label === label)?.payload ?? null;
  }

  /** The label of the newest button that hands this in; null where none does. */
  labelOf(payload: string): string | null {
    return findChoice(this.shown, (choice) => choice.payload === payload)?.label ?? null;
  }

  private events(line: string): FlowEvent[] {
    const special = /^\[(.+)\]$/su.exec(line);
    if (line.startsWith('[late] ')) {
      const text = line.slice('[late] '.length);
      return [{ kind: 'message', content: this.text(text), at: this.world.now, late: true }];
    }
    if (!special) return [this.message(this.text(line))];
    const [, what] = special;
    const tap = /^(old )?tap: (.+)$/su.exec(what!);
    if (tap) return [this.message({ kind: 'tap', payload: this.payload(tap[2]!, tap[1] !== undefined) })];
    const flow = /^flow ([a-z0-9-]+)\s*(\{.*\})?$/su.exec(what!);
    if (flow)
      return [{ kind: 'start', flow: flow[1]!, vars: flow[2] ? (JSON.parse(flow[2]) as JsonObject) : {} }];
    if (what === 'form: filled') {
      const form = this.world.forms.fill();
      if (form === null) throw new ChatLineError('no form was asked for yet');
      return [{ kind: 'start', flow: 'form-done', vars: { form } }];
    }
    return this.contents(what!).map((content) => this.message(content));
  }

  private message(content: Content): FlowEvent {
    return { kind: 'message', content, at: this.world.now };
  }

  private text(text: string): Content {
    return { kind: 'text', text: maskIdentityNumbers(text).text };
  }

  private contents(what: string): Content[] {
    const photos = /^photo(?: x(\d+))?(?:: (.+))?$/u.exec(what);
    if (photos) {
      const count = Number(photos[1] ?? 1);
      if (count > MOST_PHOTOS) throw new ChatLineError(`an album holds at most ${MOST_PHOTOS} photos`);
      const album = count > 1 ? `album-${++this.albums}` : undefined;
      return Array.from({ length: count }, (_, i) => ({
        kind: 'photo',
        file: { attachmentId: `photo-${++this.files}`, mime: 'image/jpeg' },
        ...(album ? { album } : {}),
        ...(photos[2] && i === 0 ? { caption: photos[2] } : {}),
      }));
    }
    const document = /^document(?:: (.+))?$/u.exec(what);
    if (document)
      return [
        {
          kind: 'document',
          file: { attachmentId: `document-${++this.files}`, mime: 'application/pdf' },
          ...(document[1] ? { name: document[1] } : {}),
        },
      ];
    const place = /^location (-?[\d.]+),\s*(-?[\d.]+)$/u.exec(what);
    if (place) return [{ kind: 'location', latitude: Number(place[1]), longitude: Number(place[2]) }];
    const contact = /^contact (other )?(\S+)$/u.exec(what);
    if (contact)
      return [{ kind: 'contact', phone: readPhone(contact[2]!) ?? contact[2]!, isOwn: !contact[1] }];
    const start = /^start(?:: (.*))?$/u.exec(what);
    if (start) return [{ kind: 'start', payload: start[1] ?? '' }];
    if (what === 'voice') return [{ kind: 'voice', file: { attachmentId: `voice-${++this.files}` } }];
    if (what === 'blocked' || what === 'unblocked') return [{ kind: what }];
    const edit = /^edit: (.+)$/u.exec(what);
    if (edit) return [{ kind: 'edit', externalId: '1', text: edit[1]! }];
    if (what === 'sticker' || what === 'video' || what === 'poll') return [{ kind: 'unreadable', what }];
    const other = /^unreadable (\w+)$/u.exec(what);
    if (other) return [{ kind: 'unreadable', what: other[1]! }];
    throw new ChatLineError(`"[${what}]" is nothing that a person can do: see docs/chat-files.md`);
  }

  /** The payload of a button by its label: of the newest message that has it, or of an older one. */
  private payload(label: string, isOld: boolean): string {
    if (/^[afkw]\.[\w.-]+$/u.test(label)) return label;
    const payload = this.payloadOf(label, isOld);
    if (payload !== null) return payload;
    const last = this.shown.at(-1)?.map((one) => one.label) ?? [];
    throw new ChatLineError(`there is no button "${label}"; the newest are: ${last.join(', ') || 'none'}`);
  }

  private turn(event: FlowEvent): string[] {
    const lines: string[] = [];
    let turn = advance(this.flows, this.session, event, this.world.context());
    for (let round = 1; turn.asks.length > 0; round++) {
      if (round > MOST_ROUNDS) throw new Error('more rounds of asks than converse allows');
      const results: { [ask: string]: Json } = {};
      for (const ask of turn.asks) {
        if ('effect' in ask) lines.push(...this.acted(ask.effect));
        results[ask.id] = this.world.answer(ask);
      }
      turn = advance(this.flows, turn.session, { kind: 'answers', results }, this.world.context());
    }
    // As the database keeps it.
    this.session = JSON.parse(JSON.stringify(turn.session)) as Session;
    for (const effect of turn.effects) {
      this.world.happen(effect);
      lines.push(...(effect.kind === 'send_message' ? this.said(effect.message) : this.acted(effect)));
    }
    return lines;
  }

  /** `! open_case {…}`: what happened beside messages, so that a transcript proves it. Timers are the engine's affair. */
  private acted(effect: Effect): string[] {
    if (effect.kind === 'set_timer' || effect.kind === 'cancel_timer') return [];
    const { kind, ...rest } = effect;
    const shown: JsonObject = { ...(rest as JsonObject) };
    delete shown.draft;
    return [`! ${kind} ${JSON.stringify(shown)}`];
  }

  private said(said: Outgoing): string[] {
    const message = withKeypad(said, KEYS);
    const [first, ...more] = message.text.split('\n');
    const lines = [`< ${first}`, ...more.map((line) => (line === '' ? '' : `  ${line}`))];
    lines.push(...(message.photos ?? []).map(() => '  (photo)'));
    if (message.document) lines.push(`  (file: ${message.document.name})`);
    if (message.topic)
      lines.push(`  (topic${message.topic.closes ? ', then closed' : ''}: ${message.topic.title})`);
    if (message.slot !== undefined && !message.keypad)
      lines.push(`  (${message.anew ? 'anew' : 'in place'}: ${message.slot})`);
    if (message.request) lines.push(`  (asks: ${message.request})`);
    if (message.choices && message.choices.length > 0) {
      this.shown.push(message.choices);
      if (message.keypad) lines.push('  (keypad)');
      const beside = message.choices.slice(message.keypad ? KEYPAD_BUTTONS : 0);
      if (this.settings.channel === 'telegram')
        lines.push(`  ${beside.map(({ label }) => `[${label}]`).join(' ')}`);
      else lines.push(...message.choices.map(({ label }, i) => `  ${i + 1}. ${label}`));
    }
    return lines;
  }

  private passTime(milliseconds: number): string[] {
    const until = new Date(this.world.now.getTime() + milliseconds);
    const lines: string[] = [];
    for (;;) {
      const next = [...this.world.timers]
        .filter(([, at]) => at <= until)
        .sort(([, a], [, b]) => a.getTime() - b.getTime())[0];
      if (!next) break;
      this.world.now = next[1];
      lines.push(...this.fire(next[0]));
    }
    this.world.now = until;
    return lines;
  }

  private fire(timer: string): string[] {
    this.world.timers.delete(timer);
    const flow = TIMED_FLOWS[timer];
    const vars: JsonObject = flow === 'health-reminder' ? { about: timer } : {};
    return flow ? this.turn({ kind: 'start', flow, vars }) : [];
  }
}

/** Keypads are shuffled as everywhere, always alike. */
const KEYS = { lookUpKey: (value: string) => `.${createHash('sha256').update(value).digest('base64url')}` };

const UNITS: { [unit: string]: number } = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Looked for in the newest message first. */
function findChoice(messages: readonly Choice[][], isIt: (choice: Choice) => boolean): Choice | undefined {
  for (const choices of messages.toReversed()) {
    const choice = choices.find(isIt);
    if (choice) return choice;
  }
  return undefined;
}
