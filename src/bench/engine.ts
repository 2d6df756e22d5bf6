import { advance } from '../flow/engine.js';
import type { Flows } from '../flow/compiled.js';
import type { Session, TurnContext } from '../flow/types.js';
import type { Json } from '../core/json.js';
import { benchContext, benchFlows, EIGHT_TURNS } from './conversation.js';
import { inTurn, type Bench } from './report.js';
import { XSTATE_START, xstateTurn } from './xstateMachine.js';

const ROUND_MS = 1_000;
const NOW = new Date('2026-11-24T02:00:00Z');
const DRAFT = '0190a0a0-0000-7000-8000-000000000000';
const CASE = { code: 'K7QF-2M9P-X', position: 3, due: '2026-11-25T08:30:00Z', is_new: true };

/** Turns of the pure engine, each with a JSON round trip of its session, against xstate's pure `transition`. */
export const engineBench: Bench = {
  names: ['engine.turns', 'engine.session_bytes'],
  async run() {
    const flows = await benchFlows();
    const context = benchContext(NOW, () => DRAFT);
    const largest = Math.max(
      ...EIGHT_TURNS.reduce<string[]>(
        (stored, text) => [...stored, ourTurn(flows, stored.at(-1) ?? '{}', text, context)],
        [],
      ).map((stored) => Buffer.byteLength(stored)),
    );
    const ours = () => rate((stored, text) => ourTurn(flows, stored, text, context), '{}');
    const theirs = () => rate((stored, text) => xstateTurn(stored, text).stored, XSTATE_START);
    ours();
    theirs(); // both warm
    const rates = await inTurn(ours, theirs);
    return [
      {
        name: 'engine.turns',
        value: rates.ours,
        unit: 'turns/s',
        against: `xstate's transition: ${Math.round(rates.theirs)}`,
        ratio: rates.ratio,
        target: '≥ 100,000 and ≥ 3 times',
        met: rates.ours >= 100_000 && rates.ratio >= 3,
      },
      {
        name: 'engine.session_bytes',
        value: largest,
        unit: 'bytes',
        against: null,
        ratio: null,
        target: '≤ 500',
        met: largest <= 500,
      },
    ];
  },
};

/** Whole conversations for about a second; turns per second. */
function rate(turn: (stored: string, text: string) => string, start: string): number {
  const began = performance.now();
  let turns = 0;
  let stored = start;
  while (performance.now() - began < ROUND_MS) {
    for (const text of EIGHT_TURNS) stored = turn(stored, text);
    turns += EIGHT_TURNS.length;
  }
  return turns / ((performance.now() - began) / 1000);
}

/** One message, its asks answered, and the session as it would be stored. */
function ourTurn(flows: Flows, stored: string, text: string, context: TurnContext): string {
  const event = { kind: 'message' as const, content: { kind: 'text' as const, text }, at: context.now };
  let turn = advance(flows, JSON.parse(stored) as Session, event, context);
  while (turn.asks.length > 0) {
    const results: { [ask: string]: Json } = {};
    for (const ask of turn.asks) results[ask.id] = CASE;
    turn = advance(flows, turn.session, { kind: 'answers', results }, context);
  }
  return JSON.stringify(turn.session);
}
