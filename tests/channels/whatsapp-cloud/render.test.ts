import { describe, expect, test } from 'vitest';
import { CLOUD_LIMITS, render, type CloudRequest } from '../../../src/channels/whatsapp-cloud/render.js';
import { renderTemplate } from '../../../src/channels/whatsapp-cloud/template.js';
import type { Choice, Outgoing } from '../../../src/core/outgoing.js';

const SITI = '6281200000041';
const BUDI = 'ID.13491208655302741918';
const choice = (label: string, n = 0): Choice => ({ label, payload: `a.k3.${n}` });
const choices = (...labels: string[]) => labels.map(choice);
const count = (n: number) => Array.from({ length: n }, (_, i) => choice(`Pilihan ${i + 1}`, i));

interface Interactive {
  type: string;
  header?: { type: string };
  body: { text: string };
  action: {
    button?: string;
    buttons?: { type: string; reply: { id: string; title: string } }[];
    sections?: { title?: string; rows: { id: string; title: string; description?: string }[] }[];
  };
}
const interactive = (request: CloudRequest | undefined) => request!.body['interactive'] as Interactive;
const rowsOf = (request: CloudRequest | undefined) => interactive(request).action.sections![0]!.rows;
const kinds = (message: Outgoing, chat = SITI) =>
  render(chat, message).map(({ body }) =>
    body.type === 'interactive' ? (body['interactive'] as Interactive).type : body.type,
  );

test('a text is one request, without a preview of its links', () => {
  expect(render(SITI, { text: 'Halo https://desa.example' })).toEqual([
    { body: { type: 'text', text: { body: 'Halo https://desa.example', preview_url: false } } },
  ]);
});

test('a long text is split at paragraphs', () => {
  const [a, b] = ['a'.repeat(3000), 'b'.repeat(3000)];
  expect(
    render(SITI, { text: `${a}\n\n${b}` }).map(({ body }) => (body['text'] as { body: string }).body),
  ).toEqual([a, b]);
});

describe('choices', () => {
  test('up to three short ones are buttons', () => {
    expect(render(SITI, { text: 'Benar?', choices: choices('Ya', 'Tidak') })).toEqual([
      {
        body: {
          type: 'interactive',
          interactive: {
            type: 'button',
            body: { text: 'Benar?' },
            action: {
              buttons: [
                { type: 'reply', reply: { id: 'a.k3.0', title: 'Ya' } },
                { type: 'reply', reply: { id: 'a.k3.1', title: 'Tidak' } },
              ],
            },
          },
        },
      },
    ]);
  });

  test('a label over a button’s twenty characters makes it a list', () => {
    const [request, ...more] = render(SITI, {
      text: 'Surat apa?',
      choices: choices('Keterangan Usaha (SKU)', 'Lain'),
    });
    expect(more).toEqual([]);
    expect(interactive(request)).toEqual({
      type: 'list',
      body: { text: 'Surat apa?' },
      action: {
        button: 'Pilih',
        sections: [
          {
            rows: [
              { id: 'a.k3.0', title: 'Keterangan Usaha (SKU)' },
              { id: 'a.k3.1', title: 'Lain' },
            ],
          },
        ],
      },
    });
  });

  test('four to ten are the rows of one list', () => {
    expect(kinds({ text: 'x', choices: count(4) })).toEqual(['list']);
    expect(rowsOf(render(SITI, { text: 'x', choices: count(10) })[0])).toHaveLength(10);
  });

  test('more are several lists, each saying which it is; every choice stands in one of them', () => {
    const requests = render(SITI, { text: 'Desa mana?', choices: count(24) });
    expect(requests.map((request) => interactive(request).body.text)).toEqual([
      'Desa mana?',
      'Pilihan lainnya (2/3):',
      'Pilihan lainnya (3/3):',
    ]);
    expect(requests.flatMap((request) => rowsOf(request).map((row) => row.id))).toEqual(
      count(24).map(({ payload }) => payload),
    );
  });

  test('a label over a row’s twenty-four stands whole and numbered in the text, cut in the row', () => {
    const long = 'Surat Keterangan Tidak Mampu untuk beasiswa';
    const [request] = render(SITI, { text: 'Surat apa?', choices: choices(long, 'Domisili') });
    expect(interactive(request).body.text).toBe(`Surat apa?\n\n1. ${long}\n2. Domisili`);
    expect(rowsOf(request)).toEqual([
      { id: 'a.k3.0', title: '1. Surat Keterangan Tid…', description: long },
      { id: 'a.k3.1', title: '2. Domisili' },
    ]);
  });

  test('labels that are the same, or empty, are told apart by numbers; payloads that are the same by theirs', () => {
    const [request] = render(SITI, {
      text: 'Yang mana?',
      choices: [
        { label: 'Menu', payload: 'w.menu' },
        { label: 'Menu', payload: 'w.menu' },
      ],
    });
    expect(rowsOf(request)).toEqual([
      { id: 'w.menu', title: '1. Menu' },
      { id: 'w.menu~1', title: '2. Menu' },
    ]);
  });

  test('a text too long for a body goes out before, its end stands over the buttons', () => {
    const requests = render(SITI, {
      text: `${'a'.repeat(1000)}\n\n${'b'.repeat(900)}`,
      choices: choices('Ya'),
    });
    expect(requests.map(({ body }) => body.type)).toEqual(['text', 'interactive']);
    expect(requests[0]!.body['text']).toMatchObject({ body: 'a'.repeat(1000) });
    expect(interactive(requests[1]).body.text).toBe('b'.repeat(900));
  });

  test('without a text they still have one: the platform wants it', () => {
    expect(interactive(render(SITI, { text: ' ', choices: choices('Ya') })[0]).body.text).toBe(
      'Pilih salah satu:',
    );
  });
});

describe('pictures and documents', () => {
  test('a picture carries its text', () => {
    expect(render(SITI, { text: 'Cabai', photos: ['p1'] })).toEqual([
      { body: { type: 'image', image: { caption: 'Cabai' } }, upload: { attachmentId: 'p1' } },
    ]);
  });
  test('of several the first carries it', () => {
    const requests = render(SITI, { text: 'Cabai', photos: ['p1', 'p2'] });
    expect(requests.map(({ body }) => body['image'])).toEqual([{ caption: 'Cabai' }, {}]);
  });
  test('a text too long for a caption follows', () => {
    expect(kinds({ text: 'x'.repeat(1025), photos: ['p1'] })).toEqual(['image', 'text']);
  });
  test('with buttons a picture stands above them in one message', () => {
    const [request, ...more] = render(SITI, { text: 'Cabai', photos: ['p1'], choices: choices('Beli') });
    expect(more).toEqual([]);
    expect(interactive(request)).toMatchObject({
      type: 'button',
      header: { type: 'image' },
      body: { text: 'Cabai' },
    });
    expect(request!.upload).toEqual({ attachmentId: 'p1' });
  });
  test('with a list, or with several, they go out before', () => {
    expect(kinds({ text: 'Cabai', photos: ['p1'], choices: count(4) })).toEqual(['image', 'list']);
    expect(kinds({ text: 'Cabai', photos: ['p1', 'p2'], choices: choices('Beli') })).toEqual([
      'image',
      'image',
      'button',
    ]);
  });
  test('a document keeps its name', () => {
    expect(render(SITI, { text: 'Suratnya', document: { attachmentId: 'd1', name: 'SKU.pdf' } })).toEqual([
      {
        body: { type: 'document', document: { filename: 'SKU.pdf', caption: 'Suratnya' } },
        upload: { attachmentId: 'd1', name: 'SKU.pdf' },
      },
    ]);
  });
});

describe('what the platform asks for with a button of its own', () => {
  test('a place', () => {
    expect(interactive(render(SITI, { text: 'Di mana?', request: 'location' })[0])).toEqual({
      type: 'location_request_message',
      body: { text: 'Di mana?' },
      action: { name: 'send_location' },
    });
  });
  test('what may be answered instead follows', () => {
    const requests = render(SITI, { text: 'Di mana?', request: 'location', choices: choices('Lewati') });
    expect(requests.map((request) => [interactive(request).type, interactive(request).body.text])).toEqual([
      ['location_request_message', 'Di mana?'],
      ['button', 'Atau pilih:'],
    ]);
  });
  test('a number only of those who hide it: of others it is known', () => {
    expect(kinds({ text: 'Nomor?', request: 'contact' }, BUDI)).toEqual(['request_contact_info']);
    expect(kinds({ text: 'Nomor?', request: 'contact' })).toEqual(['text']);
  });
});

test('a place is shown after the words', () => {
  expect(
    render(SITI, { text: 'Di sini', location: { latitude: -8.2, longitude: 114.3, label: 'Balai Desa' } }).at(
      -1,
    ),
  ).toEqual({
    body: { type: 'location', location: { latitude: -8.2, longitude: 114.3, name: 'Balai Desa' } },
  });
});

test('what is answered is quoted by the first part, if it is a message of WhatsApp', () => {
  const long = { text: `${'a'.repeat(4000)}\n\n${'b'.repeat(4000)}` };
  expect(render(SITI, { ...long, quotes: 'wamid.A' }).map(({ body }) => body['context'])).toEqual([
    { message_id: 'wamid.A' },
    undefined,
  ]);
  expect(render(SITI, { text: 'x', quotes: 'case:1:2:3' })[0]!.body).not.toHaveProperty('context');
});

test('a message of nothing is no request', () => expect(render(SITI, { text: ' \n ' })).toEqual([]));

test('the template is that of the language, else the Indonesian one, else whichever there is', () => {
  const templates = { id: 'kabar_layanan', en: 'service_news' };
  const named = (language: string, of: { [language: string]: string } = templates) =>
    renderTemplate(of, language).body['template'] as { name: string; language: { code: string } };
  expect(named('en')).toMatchObject({ name: 'service_news', language: { code: 'en' } });
  expect(named('jv')).toMatchObject({ name: 'kabar_layanan', language: { code: 'id' } });
  expect(named('id', { en: 'service_news' })).toMatchObject({
    name: 'service_news',
    language: { code: 'en' },
  });
  expect(() => renderTemplate({}, 'id')).toThrow(expect.objectContaining({ failure: 'permanent' }));
  expect(renderTemplate(templates, 'id').body['template']).toMatchObject({
    components: [
      { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ payload: 'w.ulangi' }] },
    ],
  });
});

test('whatever is to be said, every request keeps the limits of the platform, and nothing of it is lost', () => {
  const random = seeded(20_261_126);
  for (let round = 0; round < 600; round += 1) {
    const message = anyMessage(random);
    const requests = render(random() < 0.3 ? BUDI : SITI, message);
    for (const request of requests) checkLimits(request);
    const ids = requests.flatMap((request) => idsIn(request));
    expect(ids.map((id) => id.replace(/~\d+$/u, ''))).toEqual(
      (message.choices ?? []).map(({ payload }) => payload),
    );
    const said = requests.map(wordsIn).join('').replaceAll(/\s/gu, '');
    expect(said).toContain(message.text.replaceAll(/\s/gu, ''));
    for (const { label } of message.choices ?? []) {
      const whole = [
        said,
        ...requests.map((request) => JSON.stringify(request.body).replaceAll(/\\n|\s/gu, '')),
      ].join('');
      expect(whole).toContain(
        JSON.stringify(label.trim())
          .slice(1, -1)
          .replaceAll(/\\n|\s/gu, ''),
      );
    }
    const uploads = requests.flatMap(({ upload }) => upload?.attachmentId ?? []);
    expect(uploads.toSorted()).toEqual(
      [...(message.photos ?? []), ...(message.document ? [message.document.attachmentId] : [])].toSorted(),
    );
  }
});

function checkLimits({ body }: CloudRequest): void {
  const text = (value: string, most: number) => {
    expect(value.trim()).not.toBe('');
    expect(value.length).toBeLessThanOrEqual(most);
    expect(value).toBe(value.toWellFormed());
  };
  const captioned = (body['image'] ?? body['document']) as
    { caption?: string; filename?: string } | undefined;
  if (captioned?.caption !== undefined) text(captioned.caption, 1024);
  if (captioned?.filename !== undefined) text(captioned.filename, CLOUD_LIMITS.filename);
  if (body.type === 'text') text((body['text'] as { body: string }).body, 4096);
  if (body.type !== 'interactive') return;
  const { body: said, action } = body['interactive'] as Interactive;
  text(said.text, 1024);
  const { buttons, sections } = action;
  if (buttons) {
    expect(buttons.length).toBeGreaterThan(0);
    expect(buttons.length).toBeLessThanOrEqual(3);
    for (const { reply } of buttons) {
      text(reply.title, 20);
      text(reply.id, 256);
    }
    expect(new Set(buttons.map(({ reply }) => reply.title)).size).toBe(buttons.length);
    expect(new Set(buttons.map(({ reply }) => reply.id)).size).toBe(buttons.length);
  }
  if (!sections) return;
  text(action.button!, 20);
  const rows = sections.flatMap((section) => section.rows);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.length).toBeLessThanOrEqual(10);
  for (const row of rows) {
    text(row.title, 24);
    text(row.id, 200);
    expect(row.title).not.toMatch(/\n/u);
    if (row.description !== undefined) text(row.description, 72);
  }
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
}

function idsIn({ body }: CloudRequest): string[] {
  if (body.type !== 'interactive') return [];
  const { action } = body['interactive'] as Interactive;
  return [
    ...(action.buttons ?? []).map(({ reply }) => reply.id),
    ...(action.sections ?? []).flatMap((section) => section.rows.map((row) => row.id)),
  ];
}

function wordsIn({ body }: CloudRequest): string {
  const said = body[body.type] as { body?: string | { text: string }; caption?: string };
  return (typeof said.body === 'string' ? said.body : said.body?.text) ?? said.caption ?? '';
}

type Random = () => number;

/** The same numbers on every run. */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const PIECES = [
  'surat ',
  'RT 02\n',
  'keterangan',
  '👨‍👩‍👧',
  '  ',
  'Bapak/Ibu. ',
  '\n\n',
  'é',
  'x'.repeat(90),
  '𝔻esa ',
];

function anyText(random: Random, most: number): string {
  const length = Math.floor(random() ** 3 * most);
  let text = '';
  while (text.length < length) text += PIECES[Math.floor(random() * PIECES.length)]!;
  return text;
}

function anyMessage(random: Random): Outgoing {
  const maybe = (chance: number) => random() < chance;
  const size = maybe(0.4) ? Math.floor(random() * 4) : Math.floor(random() * 35);
  const labels = Array.from({ length: size }, () => anyText(random, maybe(0.7) ? 20 : 120));
  return {
    text: anyText(random, maybe(0.7) ? 900 : 12_000),
    ...(maybe(0.7)
      ? {
          choices: labels.map((label, n) => ({
            label,
            payload: maybe(0.9) ? `a.k3.${n}` : `f.officer-take.${'K'.repeat(40)}`,
          })),
        }
      : {}),
    ...(maybe(0.3) ? { photos: Array.from({ length: Math.floor(random() * 4) }, (_, n) => `p${n}`) } : {}),
    ...(maybe(0.2) ? { document: { attachmentId: 'd1', name: `${anyText(random, 400)}surat.pdf` } } : {}),
    ...(maybe(0.2) ? { request: maybe(0.5) ? 'location' : 'contact' } : {}),
    ...(maybe(0.1) ? { location: { latitude: -8, longitude: 114, label: anyText(random, 400) } } : {}),
    ...(maybe(0.3) ? { quotes: 'wamid.A' } : {}),
  };
}
