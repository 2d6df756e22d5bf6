import { CHANNEL_LIMITS, type ChannelLimits } from '../../core/limits.js';
import { SIMULATOR_LINES } from '../../core/simulator.js';
import { MediaError, SendError } from '../../core/errors.js';
import type { Channel, ChannelHealth } from '../channel.js';
import type { SimulatedPlatform } from './platform.js';

/** The two lines of the simulator: real lines, whose platform is in this process. */
export function createSimulatedLines(platform: SimulatedPlatform): Channel[] {
  return [
    line(platform, SIMULATOR_LINES.numbers, CHANNEL_LIMITS['simulator-numbers']),
    line(platform, SIMULATOR_LINES.buttons, CHANNEL_LIMITS['simulator-buttons']),
  ];
}

function line(platform: SimulatedPlatform, lineId: string, limits: ChannelLimits): Channel {
  let health: ChannelHealth = { state: 'stopped' };
  const inHand = new Set<Promise<void>>();
  async function stopListening(): Promise<void> {
    platform.connect(lineId, null);
    await Promise.all(inHand);
  }
  return {
    lineId,
    platform: 'simulator',
    limits,
    async start(intake) {
      platform.connect(lineId, (inbound) => {
        const received = intake.receive(inbound);
        const settled = received.then(
          () => {},
          () => {},
        );
        inHand.add(settled);
        void settled.then(() => inHand.delete(settled));
        return received;
      });
      health = { state: 'up' };
      await intake.stateChanged('up');
    },
    stopListening,
    async stop() {
      await stopListening();
      health = { state: 'stopped' };
    },
    health: () => health,
    async send(chatId, message) {
      if (message.text.trim() === '' && !message.photos?.length && !message.document) {
        throw new SendError('permanent', 'a message without text, photo or document');
      }
      return { externalIds: [platform.show(lineId, chatId, message).id] };
    },
    async fetchMedia(ref) {
      if (!ref.remote) throw new MediaError('lost', 'no file of the simulator is named');
      return { bytes: await platform.fetch(ref.remote), mime: ref.mime ?? 'application/octet-stream' };
    },
    startLink: () => null,
  };
}
