import type { Outgoing } from '../core/outgoing.js';
import type { Flows } from '../flow/compiled.js';
import type { FlowsInUse } from '../flow/inUse.js';
import { advance } from '../flow/engine.js';
import { Run } from '../flow/run.js';
import { hearEmergency } from '../flow/understand/alarm.js';
import { prepareUnderstanding } from '../flow/understand/intent.js';
import type { FlowEvent, Session, Turn, TurnContext } from '../flow/types.js';

/** The pure engine with its flows bound in, as the road uses it: runtime hands it in, tests hand in smaller ones. */
export interface Engine {
  /** The engine with the flows that are in use now, for the length of one batch; absent where they never change. */
  pin?(): Engine;
  advance(session: Session, event: FlowEvent, context: TurnContext): Turn;
  /** Emergency words are never taken for an automatic answer. */
  isEmergency(text: string): boolean;
  /** What a person is told whose message could not be handled: that it is our fault, and that a person was told. */
  apology(context: TurnContext): Outgoing;
  /** What a person is told whose message is kept, but has to wait for a machine that is not in order. */
  patience(context: TurnContext): Outgoing;
}

/** The engine over these flows. */
export function createEngine(flows: Flows): Engine {
  // Now, not when the first message comes: it takes some tenths of a second.
  prepareUnderstanding(flows);
  return {
    advance: (session, event, context) => advance(flows, session, event, context),
    isEmergency: (text) => hearEmergency(flows, flows.vocabulary.read(text)) !== null,
    apology(context) {
      const run = new Run(flows, {}, context);
      return { text: run.text('parked'), choices: [{ label: run.text('menu'), payload: 'w.menu' }] };
    },
    patience: (context) => ({ text: new Run(flows, {}, context).text('kept_waiting') }),
  };
}

/** The engine over flows that may be replaced: a batch pins it, so that no turn begins with some flows and ends with others. */
export function followingEngine(flows: FlowsInUse): Engine {
  let engine = createEngine(flows.current);
  flows.follow((others) => (engine = createEngine(others)));
  return {
    pin: () => engine,
    advance: (session, event, context) => engine.advance(session, event, context),
    isEmergency: (text) => engine.isEmergency(text),
    apology: (context) => engine.apology(context),
    patience: (context) => engine.patience(context),
  };
}
