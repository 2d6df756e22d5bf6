import { vi } from 'vitest';
import { channelContract } from './contract.js';
import {
  simulatorButtons,
  simulatorNumbers,
  telegramPolling,
  telegramWebhook,
  whatsappCloud,
} from './rigs.js';
import { whatsappWeb } from './whatsapp-web/rig.js';

// A browser is started for some, on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const TELEGRAM = { refusal: 'Telegram delivers again instead' };
const SIMULATOR = {
  redelivery: 'the page hears of a failure instead',
  groups: 'the simulator has no groups',
};

channelContract('telegram, polling', telegramPolling, TELEGRAM);
channelContract('telegram, by webhook', telegramWebhook, TELEGRAM);
channelContract('simulator with buttons', simulatorButtons, SIMULATOR);
channelContract('simulator with numbers', simulatorNumbers, {
  ...SIMULATOR,
  buttons: 'in the manner of WhatsApp Web, which has no buttons',
  closing: 'in the manner of WhatsApp Web, which has no buttons',
});
channelContract('whatsapp-cloud', whatsappCloud, {
  refusal: 'Meta delivers again instead',
  groups: 'messages of groups are passed over: only a Groups API of its own would answer there',
  blocks: 'Meta does not tell of blocks: what is sent is reported as not delivered',
  closing: 'what was sent cannot be changed; a stale tap is answered with the present state',
  sizes: 'the webhook tells no size',
});
channelContract('whatsapp-web', whatsappWeb, {
  refusal: 'the line tries again instead',
  buttons: 'WhatsApp Web has no buttons: choices are numbered lines',
  closing: 'WhatsApp Web has no buttons',
  groups: "the phone may be somebody's own: its groups are passed over unread",
  blocks: 'WhatsApp does not tell who blocked us',
});
