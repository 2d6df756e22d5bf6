import { CHANNEL_LIMITS, type ChannelLimits } from '../core/limits.js';
import { SIMULATOR_LINES } from '../core/simulator.js';

/** How a line shows choices, known from its id alone: a worker has no channel at hand. */
export function choicesOfLines(): (lineId: string) => ChannelLimits['choices'] {
  return (lineId) => {
    if (lineId === SIMULATOR_LINES.numbers) return CHANNEL_LIMITS['simulator-numbers'].choices;
    return CHANNEL_LIMITS.telegram.choices;
  };
}
