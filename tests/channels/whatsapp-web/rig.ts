import type { Rig } from '../rigs.js';
import { aLine } from './line.js';

/** A line of WhatsApp Web, linked, and Siti who writes to it. */
export async function whatsappWeb(): Promise<Rig> {
  const line = await aLine();
  const { wa, channel } = line;
  const siti = wa.person('6281200000041', 'Siti');
  return {
    channel: {
      ...channel,
      // What comes before the line is up is found in the chats: the contract asks for what comes after.
      async start(intake) {
        line.intake = intake as typeof line.intake;
        await line.starts();
      },
    },
    chatId: await siti.id(),
    log: line.log,
    writes: (text) => siti.writes(text),
    taps: () => Promise.reject(new Error('WhatsApp Web has no buttons')),
    sendsPhoto: (bytes, caption) => siti.sendsPhoto(bytes, caption),
    sendsDocument: (bytes, name) => siti.sendsDocument(bytes, name),
    sharesOwnContact: () => siti.sharesContact(),
    sharesOtherContact: () => siti.sharesContact('6281200000042', 'Tini'),
    sharesLocation: (latitude, longitude) => siti.sharesLocation(latitude, longitude),
    edits: (text) => siti.edits(text),
    blocks: () => Promise.reject(new Error('WhatsApp Web does not tell of blocks')),
    unblocks: () => Promise.reject(new Error('WhatsApp Web does not tell of blocks')),
    opensLink: async (payload) => {
      const link = new URL(channel.startLink!(payload)!);
      await siti.writes(link.searchParams.get('text')!);
    },
    // What is in the chats comes again when the page is loaded anew.
    async writesTwice(text) {
      await siti.writes(text);
      await wa.reloads();
    },
    async sees() {
      const ours = (await siti.messages()).filter((message) => message.from === 'line');
      return ours.map(({ text, kind }) => ({ text, buttons: [], photos: kind === 'image' ? 1 : 0 }));
    },
    isSettled: async () =>
      (await siti.chat()).filter(({ from }) => from === 'person').every(({ isSeen }) => isSeen),
    close: () => line.stop(),
  };
}
