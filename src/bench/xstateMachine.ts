import { assign, setup, transition } from 'xstate';

/**
 * The bench's conversation as an xstate machine, as its documentation would write it: one state a question,
 * answers in the context, messages as parameterised actions that the pure `transition` hands back.
 */
interface Answers {
  name?: string;
  year?: number;
  address?: string;
  code?: string;
}

type Event = { type: 'text'; text: string };

const say = (text: string) => ({ type: 'say' as const, params: { text } });
const year = (text: string) => {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1950 && value <= 2026 ? value : null;
};

const machine = setup({
  types: { context: {} as Answers, events: {} as Event },
  actions: { say: (_, _params: { text: string }) => {} },
  guards: {
    isService: ({ event }) => event.text === '1' || event.text === 'surat',
    isLetter: ({ event }) => event.text === '1' || event.text === 'usaha',
    isName: ({ event }) => event.text.trim().length >= 3 && event.text.length <= 80,
    isYear: ({ event }) => year(event.text) !== null,
    isAddress: ({ event }) => event.text.trim().length >= 5,
    isSend: ({ event }) => event.text === '1' || event.text === 'kirim',
  },
}).createMachine({
  initial: 'start',
  context: {},
  states: {
    start: {
      on: { text: { target: 'menu', actions: say('Silakan pilih:\n1. Surat\n2. Kesehatan\n3. Pasar') } },
    },
    menu: {
      on: {
        text: [
          {
            guard: 'isService',
            target: 'letter',
            actions: say('Surat apa?\n1. Usaha\n2. Domisili\n3. SKTM'),
          },
          { actions: say('Mohon pilih 1 sampai 3.') },
        ],
      },
    },
    letter: {
      on: {
        text: [
          { guard: 'isLetter', target: 'name', actions: say('Apa nama usaha Bapak/Ibu?') },
          { actions: say('Mohon pilih 1 sampai 3.') },
        ],
      },
    },
    name: {
      on: {
        text: [
          {
            guard: 'isName',
            target: 'year',
            actions: [assign({ name: ({ event }) => event.text.trim() }), say('Sejak tahun berapa?')],
          },
          { actions: say('Nama usaha paling sedikit tiga huruf.') },
        ],
      },
    },
    year: {
      on: {
        text: [
          {
            guard: 'isYear',
            target: 'address',
            actions: [assign({ year: ({ event }) => year(event.text)! }), say('Di mana alamat usahanya?')],
          },
          { actions: say('Mohon tulis tahunnya dengan angka, misalnya 2019.') },
        ],
      },
    },
    address: {
      on: {
        text: [
          {
            guard: 'isAddress',
            target: 'confirm',
            actions: [
              assign({ address: ({ event }) => event.text.trim() }),
              {
                type: 'say',
                params: ({ context, event }) => ({
                  text: `Mohon diperiksa.\nNama usaha: ${context.name}\nSejak: ${context.year}\nAlamat: ${event.text}\n1. Kirim\n2. Ubah\n3. Batal`,
                }),
              },
            ],
          },
          { actions: say('Alamatnya mohon lebih lengkap.') },
        ],
      },
    },
    confirm: {
      on: {
        text: [
          {
            guard: 'isSend',
            target: 'done',
            actions: [
              assign({ code: 'K7QF-2M9P-X' }),
              { type: 'say', params: ({ context }) => ({ text: `Diterima. Nomor ${context.code}.` }) },
            ],
          },
          { actions: say('Mohon pilih 1 sampai 3.') },
        ],
      },
    },
    done: {
      on: { text: { target: 'menu', actions: say('Silakan pilih:\n1. Surat\n2. Kesehatan\n3. Pasar') } },
    },
  },
});

/** One turn with a JSON round trip of what is kept between turns: state value and context. */
export function xstateTurn(stored: string, text: string): { stored: string; messages: number } {
  const snapshot = machine.resolveState(JSON.parse(stored) as Parameters<typeof machine.resolveState>[0]);
  const [next, actions] = transition(machine, snapshot, { type: 'text', text });
  return {
    stored: JSON.stringify({ value: next.value, context: next.context }),
    messages: actions.filter((action) => action.type === 'say').length,
  };
}

export const XSTATE_START = JSON.stringify({ value: 'start', context: {} });
