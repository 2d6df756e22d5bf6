import type { Effect } from '../core/effect.js';
import type { Json, JsonObject } from '../core/json.js';
import { KEYPAD_SLOT } from '../core/keypad.js';
import type { Outgoing } from '../core/outgoing.js';
import { readPayload } from '../core/payload.js';
import type { ApplyContext, EffectRequest } from '../effects/applier.js';
import { isIssuing } from '../effects/issuing.js';
import type { Ask, TurnContext } from '../flow/types.js';
import type { OutboundInsert } from '../store/outbound.js';
import { refuseUnderWrongClock } from '../store/clockGuard.js';
import type { Sql } from '../store/sql.js';
import { answerAsks, applyEffects, contended, type Registries } from './answer.js';
import type { Engine } from './engine.js';
import { readAgain } from './readAgain.js';
import {
  askerOf,
  contentOf,
  contextOf,
  noteTaken,
  toEvent,
  weighFile,
  type Surroundings,
  type Talk,
} from './talk.js';

export interface WaveDeps extends Registries {
  engine: Engine;
}

/** How often one message may go back and forth between the engine and the tables. */
const MOST_ROUNDS = 8;

interface Suspended {
  talk: Talk;
  turnContext: TurnContext;
  asks: Ask[];
  rounds: number;
}

/** Runs one message of each conversation through the engine, with as many rounds of asks as it takes. */
export async function runWave(
  sql: Sql,
  wave: Talk[],
  deps: WaveDeps,
  around: Surroundings,
  context: ApplyContext,
): Promise<void> {
  let suspended: Suspended[] = [];
  for (const talk of wave) {
    weighFile(talk);
    const turnContext = contextOf(talk, around);
    const turn = deps.engine.advance(talk.session, toEvent(talk.current!, around.now), turnContext);
    take(talk, turn, context);
    if (turn.asks.length > 0) suspended.push({ talk, turnContext, asks: turn.asks, rounds: 1 });
  }
  while (suspended.length > 0) {
    const { going, later } = withoutContention(suspended, ({ asks }) =>
      asks.flatMap((ask) => ('effect' in ask ? ask.effect : [])),
    );
    if (going.some(({ asks }) => asks.some((ask) => 'effect' in ask && isIssuing(ask.effect))))
      await refuseUnderWrongClock(sql, around.now);
    const asked = going.flatMap(({ talk, asks }) => asks.map((ask) => ({ asker: askerOf(talk), ask })));
    const results = await answerAsks(sql, asked, deps, context);
    // What was just stored of the person, the rest of the turn knows: the office's hours, and who is told of a call.
    const changed = going.filter(({ asks }) => asks.some(changesPerson));
    await readAgain(
      sql,
      changed.map(({ talk }) => talk),
      around,
    );
    for (const one of changed) one.turnContext = contextOf(one.talk, around);
    let n = 0;
    suspended = later;
    for (const { talk, turnContext, asks, rounds } of going) {
      const answers: { [ask: string]: Json } = {};
      for (const ask of asks) answers[ask.id] = results[n++]!;
      const turn = deps.engine.advance(talk.session, { kind: 'answers', results: answers }, turnContext);
      take(talk, turn, context);
      if (turn.asks.length === 0) continue;
      if (rounds >= MOST_ROUNDS) throw new Error(`a turn asked more than ${MOST_ROUNDS} times`);
      suspended.push({ talk, turnContext, asks: turn.asks, rounds: rounds + 1 });
    }
  }
}

function take(talk: Talk, turn: ReturnType<Engine['advance']>, { sealer }: ApplyContext): void {
  talk.session = turn.session;
  talk.effects.push(...turn.effects);
  noteTaken(talk, turn);
  if (!turn.sealsInput || talk.current!.kind === 'internal') return;
  const { seq, body, first, also = [] } = talk.current!;
  // What was said before an edit, and the edit itself, are as sensitive.
  for (const row of [{ seq, body: first ?? body }, ...also])
    talk.sealed.push({
      seq: row.seq,
      body: sealer.seal('inbound', String(row.seq), turn.hidesInput ? withoutWords(row.body) : row.body),
    });
  // A digest of few digits tells them to whoever tries all.
  if (turn.hidesInput) delete talk.note.r;
}

/** What was sent, without what it said. */
function withoutWords(body: JsonObject): JsonObject {
  return {
    ...body,
    ...('text' in body ? { text: HIDDEN } : {}),
    ...('caption' in body ? { caption: HIDDEN } : {}),
  };
}

const HIDDEN = '••••••';

const CHANGES_PERSON: ReadonlySet<string> = new Set([
  'set_village',
  'set_language',
  'remember_name',
  'confirm_link',
  'unlink',
  'add_profile',
  'choose_profile',
  'rename_profile',
  'remove_profile',
  'confirm_history',
  'start_afresh',
]);

function changesPerson(ask: Ask): boolean {
  return 'effect' in ask && CHANGES_PERSON.has(ask.effect.kind);
}

/** At most one act on a thing in a round: who comes later in the batch waits for the next one. */
function withoutContention<T>(all: T[], effectsOf: (one: T) => Effect[]): { going: T[]; later: T[] } {
  const taken = new Set<string>();
  const going: T[] = [];
  const later: T[] = [];
  for (const one of all) {
    const things = effectsOf(one).flatMap((effect) => contended(effect) ?? []);
    if (things.some((thing) => taken.has(thing))) later.push(one);
    else going.push(one);
    for (const thing of things) taken.add(thing);
  }
  return { going, later };
}

/** Applies what the turns want, but for messages: these are answered, to be stored once all is said. */
export async function applyWave(
  sql: Sql,
  wave: Talk[],
  deps: WaveDeps,
  context: ApplyContext,
): Promise<OutboundInsert[]> {
  const messages: OutboundInsert[] = [];
  let rest: EffectRequest[] = [];
  for (const talk of wave) {
    const asker = askerOf(talk);
    // The first answer to a tap takes the buttons off the message that was tapped.
    let closes = talk.current?.kind === 'tap' ? { closes: talk.current.externalId } : {};
    const keypad = keypadOf(talk);
    for (const effect of talk.effects) {
      if (effect.kind === 'send_message') {
        const message = {
          ...effect.message,
          ...(keypad === null ? closes : afterKeypad(effect.message, keypad)),
        };
        closes = {};
        messages.push({ conversationId: talk.row.id, lineId: talk.row.lineId, message });
        talk.hasAnswered = true;
        talk.row.metAt ??= context.now;
      } else rest.push({ asker, effect });
    }
  }
  while (rest.length > 0) {
    const { going, later } = withoutContention(rest, ({ effect }) => [effect]);
    await applyEffects(sql, going, deps.appliers, context);
    rest = later;
  }
  return messages;
}

/** A tap on a keypad changes that very message; what else follows takes its place, below, and its buttons with it. */
function afterKeypad(message: Outgoing, keypad: string): Partial<Outgoing> {
  if (message.keypad?.id === keypad && !message.anew) return {};
  return message.slot === undefined ? { slot: KEYPAD_SLOT, anew: true } : {};
}

/** The keypad whose key was tapped. */
function keypadOf({ current }: Talk): string | null {
  const content = current?.kind === 'tap' ? contentOf(current) : null;
  const payload = content?.kind === 'tap' ? readPayload(content.payload) : null;
  return payload?.kind === 'keypad' ? payload.id : null;
}
