import { CHANNEL_LIMITS, type ChannelLimits } from '../core/limits.js';
import { lineKind } from '../core/line.js';
import { SIMULATOR_LINES } from '../core/simulator.js';

/** How a line shows choices, known from its id alone: a worker has no channel at hand. */
export function choicesOfLines(): (lineId: string) => ChannelLimits['choices'] {
  return (lineId) => limitsOfLine(lineId).choices;
}

/** What a line carries and how fast, from its id alone. */
export function limitsOfLine(lineId: string): ChannelLimits {
  const kind = lineKind(lineId);
  if (Object.hasOwn(CHANNEL_LIMITS, kind)) return CHANNEL_LIMITS[kind as keyof typeof CHANNEL_LIMITS];
  return CHANNEL_LIMITS[lineId === SIMULATOR_LINES.numbers ? 'simulator-numbers' : 'simulator-buttons'];
}
