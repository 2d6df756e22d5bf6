import { withFormTokens } from './formLink.js';
import { withKeypad } from './keypad.js';
import type { Outgoing } from './outgoing.js';
import type { Sealer } from './ports.js';
import { withPasswordTokens } from './passwordLink.js';
import { withSignTokens } from './signLink.js';

/** A message as it leaves for the person: what rows must not hold (tokens of links, the digits of a keypad) is put in. */
export function asItLeaves(message: Outgoing, keys: Pick<Sealer, 'lookUpKey'>): Outgoing {
  const text = withPasswordTokens(withSignTokens(withFormTokens(message.text, keys), keys), keys);
  return withKeypad(text === message.text ? message : { ...message, text }, keys);
}
