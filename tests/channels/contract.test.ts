import { channelContract } from './contract.js';
import { simulatorButtons, simulatorNumbers, telegramPolling, telegramWebhook } from './rigs.js';

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
});
