import type { Outgoing } from '../core/outgoing.js';
import type { FlowEvent, Session, Turn, TurnContext } from '../flow/types.js';

/** The pure engine with its flows bound in, as the road uses it: runtime hands it in, tests hand in smaller ones. */
export interface Engine {
  advance(session: Session, event: FlowEvent, context: TurnContext): Turn;
  /** Emergency words are never taken for an automatic answer. */
  isEmergency(text: string): boolean;
  /** What a person is told whose message could not be handled: that it is our fault, and that a person was told. */
  apology(context: TurnContext): Outgoing;
}
