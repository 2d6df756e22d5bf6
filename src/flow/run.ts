import type { Effect } from '../core/effect.js';
import type { Json, JsonObject } from '../core/json.js';
import type { Choice, Outgoing } from '../core/outgoing.js';
import { DEFAULT_LANGUAGE } from '../words/languages.js';
import type { SystemKey } from '../words/systemTexts.js';
import { dayIn } from './answers/days.js';
import { argumentsOf } from './arguments.js';
import type { CompiledAsk, CompiledFlow, Flows, Localized } from './compiled.js';
import type { Expression, Scope } from './expression.js';
import { helpedNow } from './forWhom.js';
import type { Ask, Frame, Session, Turn, TurnContext, VillageContext } from './types.js';

/** The time zone of Banyuwangi, for those whose village is not known. */
const ZONE = 'Asia/Jakarta';
/** Texts said one after the other become one message of this many characters at most: one message, one buzz. */
const MERGED = 1500;

export interface Said {
  choices?: Choice[];
  photos?: string[];
  document?: Outgoing['document'];
  request?: 'location' | 'contact';
  keypad?: Outgoing['keypad'];
  slot?: string;
  anew?: true;
  silent?: true;
  about?: string;
  topic?: Outgoing['topic'];
}

/**
 * One turn while it is worked on: a copy of the session to change, and what has been asked of the world so far.
 * Steps read and write through it, so that none touches the stored session or the platform.
 */
export class Run {
  readonly s: Session;
  effects: Effect[] = [];
  asks: Ask[] = [];
  sealsInput = false;
  /** What was sent is not even kept sealed: a PIN that was typed. */
  hidesInput = false;
  /** A key of the keypad that waits was tapped: its message changes in place. */
  isOnKeypad = false;
  /** The village as known now: chosen in this very turn, or the conversation's. */
  village: VillageContext | null;
  /** Which flow said the last message: only its own texts are joined. */
  private saidBy: string | undefined;
  private lastHealth: Outgoing | null = null;
  /** Emergency words were answered: nothing may stand before them. */
  isEmergency = false;
  /** When the message was sent, by its own clock: how close two taps are does not depend on when they are handled. */
  sentSeconds: number;

  constructor(
    readonly flows: Flows,
    session: Session,
    readonly context: TurnContext,
  ) {
    this.s = copyOf(session);
    this.village = context.village;
    this.sentSeconds = this.nowSeconds;
  }

  get language(): string {
    return this.context.language;
  }

  get zone(): string {
    return this.village?.zone ?? ZONE;
  }

  get today(): string {
    return dayIn(this.context.now, this.zone);
  }

  get nowMinutes(): number {
    return Math.floor(this.context.now.getTime() / 60_000);
  }

  get nowSeconds(): number {
    return Math.floor(this.context.now.getTime() / 1000);
  }

  /** The flow on top. */
  get flow(): CompiledFlow {
    const flow = this.flowOrNull;
    if (!flow) throw new Error(`no flow "${this.s.f}" is known`);
    return flow;
  }

  get flowOrNull(): CompiledFlow | null {
    return this.s.f === undefined ? null : (this.flows.byId.get(this.s.f) ?? null);
  }

  /** Answers of the flow on top, the sensitive ones among them. */
  get answers(): JsonObject {
    const open = this.s.a ?? {};
    if (!this.s.private) return open;
    const prefix = `${this.s.f}.`;
    const all = { ...open };
    for (const [key, value] of Object.entries(this.s.private))
      if (key.startsWith(prefix)) all[key.slice(prefix.length)] = value;
    return all;
  }

  /** Keeps an answer: sensitive ones in the sealed bag, with a mark in the open. */
  keep(ask: Pick<CompiledAsk, 'id' | 'sensitive'>, value: Json): void {
    this.s.a ??= {};
    if (!ask.sensitive || value === null) {
      this.s.a[ask.id] = value;
      return;
    }
    this.s.a[ask.id] = true;
    this.s.private = { ...this.s.private, [`${this.s.f}.${ask.id}`]: value };
    this.sealsInput = true;
  }

  forget(id: string): void {
    if (this.s.a) delete this.s.a[id];
    if (this.s.private) delete this.s.private[`${this.s.f}.${id}`];
  }

  setVariable(name: string, value: Json): void {
    this.s.v = { ...this.s.v, [name]: value };
  }

  text(key: SystemKey, extra?: JsonObject): string {
    return this.words(this.flows.system[key], extra);
  }

  statusText(status: string): string {
    const key = `status.${status}` as SystemKey;
    return key in this.flows.system ? this.text(key) : status;
  }

  words(localized: Localized, extra?: JsonObject): string {
    const words = localized[this.language] ?? localized[DEFAULT_LANGUAGE]!;
    return words.constant ?? words.fill(argumentsOf(this, extra), this.zone);
  }

  holds(expression: Expression): boolean {
    return expression.holds(this.scope());
  }

  value(expression: Expression): Json {
    return expression.value(this.scope());
  }

  /** Made when the first condition is looked at: most turns have none. */
  private scope(): Scope {
    this.known ??= (root) => this.named(root);
    return this.known;
  }
  private known: Scope | undefined;

  private named(root: string): unknown {
    const { context, village } = this;
    switch (root) {
      case 'answers':
        return this.answers;
      case 'vars':
        return this.s.v ?? {};
      case 'resident':
        return {
          id: context.resident.id,
          name: context.resident.name,
          phone: context.resident.phone,
          is_new: context.resident.isNew,
          is_hidden: (context.resident.hiddenBy ?? null) !== null,
          hidden_by: context.resident.hiddenBy ?? null,
          profiles: context.resident.profiles ?? 0,
          is_linked: context.resident.isLinked ?? false,
          helps: helpedNow(this)?.name ?? null,
        };
      case 'village':
        return village && villageInWords(village);
      case 'officer':
        return context.officer;
      case 'channel':
        return context.channel;
      case 'public_url':
        return context.publicUrl;
      case 'languages':
        return this.flows.languages;
      case 'now':
        return context.now;
      default:
        return this.s.v?.[root] ?? this.answers[root] ?? null;
    }
  }

  /** Says something. What the same flow says one after the other becomes one message, unless choices lie between. */
  say(text: string, more: Said = {}, isQuestion = false): void {
    const last = this.effects.at(-1);
    const isJoined =
      last?.kind === 'send_message' &&
      this.saidBy === (this.s.f ?? '') &&
      !last.message.choices &&
      !last.message.photos &&
      !last.message.document &&
      !last.message.request &&
      !last.message.keypad &&
      !more.keypad &&
      !more.photos &&
      !more.document &&
      more.slot === last.message.slot &&
      last.message.text.length + text.length < MERGED;
    let message: Outgoing;
    if (isJoined) {
      message = last.message;
      message.text += `\n\n${text}`;
      Object.assign(message, more);
    } else {
      message = { text, ...more };
      this.effects.push({ kind: 'send_message', message });
    }
    this.saidBy = this.s.f ?? '';
    // A question tells nothing about health yet: its answer carries the closing line. A menu is no question.
    if (!this.flowOrNull?.health) return;
    if (!isQuestion || this.isAtMenu()) this.lastHealth = message;
    // What led here may tell of somebody's health ("tensi 160"): it is kept sealed, as an answer would be.
    this.sealsInput = true;
  }

  /** Says something at the end of the last message, or by itself where there is none. */
  sayAfter(text: string): void {
    const last = this.effects.findLast((effect) => effect.kind === 'send_message');
    if (last) last.message.text += `\n\n${text}`;
    else this.say(text);
  }

  /** What was said last is an answer about health, whatever the rest of its flow is about. */
  markHealth(): void {
    const last = this.effects.findLast((effect) => effect.kind === 'send_message');
    if (last) this.lastHealth = last.message;
    this.sealsInput = true;
  }

  /** What is said next belongs to the message before it, though another flow (`by`) says it. */
  joinNext(by = this.s.f): void {
    if (this.saidBy !== undefined) this.saidBy = by ?? '';
  }

  private isAtMenu(): boolean {
    const flow = this.flowOrNull;
    return flow?.steps[flow.places.get(this.s.s ?? '') ?? -1]?.type === 'choose';
  }

  /** Suspends the turn until the ask is answered; `then` says what goes on with the answer. */
  suspend(ask: Ask, then: JsonObject): void {
    this.asks.push(ask);
    this.s.w = then;
  }

  /** The turn as it is handed back. */
  done(): Turn {
    if (this.asks.length > 0) {
      const kept: JsonObject = { ...this.s.w, out: this.effects as unknown as Json };
      if (this.saidBy !== undefined) kept.by = this.saidBy;
      if (this.lastHealth)
        kept.health = this.effects.findIndex(
          (effect) => effect.kind === 'send_message' && effect.message === this.lastHealth,
        );
      if (this.isEmergency) kept.emergency = true;
      if (this.sealsInput) kept.seals = true;
      if (this.hidesInput) kept.hides = true;
      if (this.sentSeconds !== this.nowSeconds) kept.sent = this.sentSeconds;
      if (this.village !== this.context.village) kept.village = this.village as unknown as Json;
      this.s.w = kept;
      return { session: this.s, effects: [], asks: this.asks };
    }
    if (this.lastHealth) this.lastHealth.text += `\n\n${this.text('health_closing')}`;
    return {
      session: this.s,
      effects: this.effects,
      asks: [],
      ...(this.sealsInput ? { sealsInput: true } : {}),
      ...(this.hidesInput ? { hidesInput: true } : {}),
    };
  }

  /** Takes up a suspended turn: the effects so far come back, what was waited for is returned. */
  takeUp(): JsonObject {
    const kept = this.s.w ?? {};
    this.s.w = undefined;
    this.effects = (kept.out ?? []) as unknown as Effect[];
    this.saidBy = kept.by as string | undefined;
    this.isEmergency = kept.emergency === true;
    this.sealsInput = kept.seals === true;
    this.hidesInput = kept.hides === true;
    if (typeof kept.sent === 'number') this.sentSeconds = kept.sent;
    // A village chosen before the pause, unless this round knows it better.
    const village = kept.village as unknown as VillageContext | undefined;
    if (village && this.context.village?.id !== village.id) this.village = village;
    const health = typeof kept.health === 'number' ? this.effects[kept.health] : undefined;
    if (health?.kind === 'send_message') this.lastHealth = health.message;
    return kept;
  }
}

/** A copy deep enough to be changed: the session handed in stays as it was. */
function copyOf(session: Session): Session {
  const copy: Session = { ...session };
  if (session.a) copy.a = { ...session.a };
  if (session.v) copy.v = { ...session.v };
  if (session.k) copy.k = session.k.map((frame): Frame => ({ ...frame }));
  if (session.private) copy.private = { ...session.private };
  if (session.b) copy.b = [...session.b];
  return copy;
}

function villageInWords(village: VillageContext): JsonObject {
  return {
    id: village.id,
    name: village.name,
    district: village.district,
    type: village.type,
    state: village.state,
    zone: village.zone,
    office_address: village.officeAddress,
    office_phone: village.officePhone,
    office_hours: village.officeHours,
    is_open_now: village.isOpenNow,
    opens_next: village.opensNext,
    midwife_phone: village.midwifePhone,
  };
}
