import { describe, expect, test } from 'vitest';
import { layOut } from '../../../src/channels/telegram/keyboard.js';
import { render } from '../../../src/channels/telegram/render.js';
import type { Choice, Outgoing } from '../../../src/core/outgoing.js';

const choice = (label: string, n = 0): Choice => ({ label, payload: `a.k3.${n}` });
const labels = (...names: string[]) => layOut(names.map(choice)).map((row) => row.map((c) => c.label));
const methods = (message: Outgoing) => render('41', message).map((request) => request.method);
const inline = (text: string) => ({ inline_keyboard: [[{ text, callback_data: 'a.k3.0' }]] });

describe('buttons stand in rows in which no label is cut', () => {
  test.each<[string, string[], string[][]]>([
    ['two short ones side by side', ['Ya', 'Tidak'], [['Ya', 'Tidak']]],
    ['three short ones side by side', ['Kirim', 'Ubah', 'Batal'], [['Kirim', 'Ubah', 'Batal']]],
    [
      'four short ones two by two',
      ['Ya', 'Tidak', 'Ubah', 'Batal'],
      [
        ['Ya', 'Tidak'],
        ['Ubah', 'Batal'],
      ],
    ],
    [
      'middling ones two by two',
      ['Surat usaha', 'Domisili', 'SKTM'],
      [['Surat usaha', 'Domisili'], ['SKTM']],
    ],
    [
      'long ones alone',
      ['Surat Keterangan Usaha', 'Surat Keterangan Domisili'],
      [['Surat Keterangan Usaha'], ['Surat Keterangan Domisili']],
    ],
    [
      'short ones under long ones',
      ['Surat Keterangan Usaha', 'Menu', 'Batal'],
      [['Surat Keterangan Usaha'], ['Menu', 'Batal']],
    ],
    [
      'seven short ones',
      ['1', '2', '3', '4', '5', '6', '7'],
      [
        ['1', '2', '3'],
        ['4', '5'],
        ['6', '7'],
      ],
    ],
    ['none', [], []],
  ])('%s', (_, given, expected) => expect(labels(...given)).toEqual(expected));
});

test('a text is one call, without a preview of its links', () => {
  expect(render('41', { text: 'Halo https://desa.example' })).toEqual([
    {
      method: 'sendMessage',
      params: {
        chat_id: '41',
        text: 'Halo https://desa.example',
        link_preview_options: { is_disabled: true },
      },
      uploads: [],
    },
  ]);
});

test('choices become inline buttons with their payloads', () => {
  const [request] = render('41', { text: 'Benar?', choices: [choice('Ya', 0), choice('Tidak', 1)] });
  expect(request!.params['reply_markup']).toEqual({
    inline_keyboard: [
      [
        { text: 'Ya', callback_data: 'a.k3.0' },
        { text: 'Tidak', callback_data: 'a.k3.1' },
      ],
    ],
  });
});

test('a long text is split at paragraphs, and the buttons stand under the last part', () => {
  const paragraph = (letter: string) => letter.repeat(3000);
  const requests = render('41', { text: `${paragraph('a')}\n\n${paragraph('b')}`, choices: [choice('Ya')] });
  expect(requests.map((r) => r.params['text'])).toEqual([paragraph('a'), paragraph('b')]);
  expect(requests.map((r) => r.params['reply_markup'])).toEqual([undefined, inline('Ya')]);
});

describe('photos', () => {
  test('one photo carries text and buttons', () => {
    expect(render('41', { text: 'Cabai', photos: ['p1'], choices: [choice('Beli')] })).toEqual([
      {
        method: 'sendPhoto',
        params: { chat_id: '41', caption: 'Cabai', reply_markup: inline('Beli') },
        uploads: [{ attachmentId: 'p1' }],
      },
    ]);
  });
  test('a text too long for a caption follows its photo, with the buttons', () => {
    const requests = render('41', { text: 'x'.repeat(1025), photos: ['p1'], choices: [choice('Beli')] });
    expect(requests.map((r) => r.method)).toEqual(['sendPhoto', 'sendMessage']);
    expect(requests[0]!.params).toEqual({ chat_id: '41' });
    expect(requests[1]!.params['reply_markup']).toEqual(inline('Beli'));
  });
  test('an album carries its text on the first photo', () => {
    expect(render('41', { text: 'Cabai', photos: ['p1', 'p2'] })).toEqual([
      {
        method: 'sendMediaGroup',
        params: { chat_id: '41', media: [{ type: 'photo', caption: 'Cabai' }, { type: 'photo' }] },
        uploads: [{ attachmentId: 'p1' }, { attachmentId: 'p2' }],
      },
    ]);
  });
  test('an album carries no buttons: text and buttons follow it', () => {
    const requests = render('41', { text: 'Cabai', photos: ['p1', 'p2'], choices: [choice('Terbit')] });
    expect(requests.map((r) => r.method)).toEqual(['sendMediaGroup', 'sendMessage']);
    expect(requests[1]!.params).toMatchObject({ text: 'Cabai', reply_markup: inline('Terbit') });
  });
  test('eleven photos are an album of ten and one more', () => {
    const photos = Array.from({ length: 11 }, (_, n) => `p${n}`);
    expect(render('41', { text: 'Cabai', photos }).map((r) => [r.method, r.uploads.length])).toEqual([
      ['sendMediaGroup', 10],
      ['sendPhoto', 1],
    ]);
  });
  test('a photo without words still has its buttons', () => {
    expect(
      render('41', { text: '', photos: ['p1'], choices: [choice('Ya')] })[0]!.params['reply_markup'],
    ).toEqual(inline('Ya'));
  });
});

test('a document carries text and buttons, under its name', () => {
  expect(
    render('41', {
      text: 'Suratnya',
      document: { attachmentId: 'd1', name: 'SKU.pdf' },
      choices: [choice('Terima kasih')],
    }),
  ).toEqual([
    {
      method: 'sendDocument',
      params: { chat_id: '41', caption: 'Suratnya', reply_markup: inline('Terima kasih') },
      uploads: [{ attachmentId: 'd1', name: 'SKU.pdf' }],
    },
  ]);
});

test('a document with photos: every part is sent, the words once', () => {
  const requests = render('41', {
    text: 'Semua',
    document: { attachmentId: 'd1', name: 'SKU.pdf' },
    photos: ['p1'],
  });
  expect(requests.map((r) => [r.method, r.params['caption']])).toEqual([
    ['sendDocument', undefined],
    ['sendPhoto', 'Semua'],
  ]);
});

describe('asking for the phone or the place', () => {
  test("Telegram's own button is offered, and choices beside it", () => {
    const [request] = render('41', {
      text: 'Di mana?',
      request: 'location',
      requestLabel: 'Kirim',
      choices: [choice('Lewati')],
    });
    expect(request!.params['reply_markup']).toEqual({
      keyboard: [[{ text: 'Kirim', request_location: true }], [{ text: 'Lewati' }]],
      resize_keyboard: true,
      one_time_keyboard: true,
    });
  });
  test('without words of its own the button has ours', () => {
    const [request] = render('41', { text: 'Nomor?', request: 'contact' });
    expect(request!.params['reply_markup']).toMatchObject({
      keyboard: [[{ text: '📱 Kirim nomor saya', request_contact: true }]],
    });
  });
  test('the next message takes the keyboard away', () => {
    expect(render('41', { text: 'Terima kasih' }, { hasKeyboard: true })[0]!.params['reply_markup']).toEqual({
      remove_keyboard: true,
    });
  });
  test('and an album with it sends its text by itself', () => {
    expect(
      render('41', { text: 'Ini', photos: ['p1', 'p2'] }, { hasKeyboard: true }).map((r) => r.method),
    ).toEqual(['sendMediaGroup', 'sendMessage']);
  });
});

test('the buttons of what was answered are taken off after the answer, and may fail', () => {
  expect(render('41', { text: 'Baik', closes: 'c:438:41:77' }).slice(1)).toEqual([
    {
      method: 'editMessageReplyMarkup',
      params: { chat_id: '41', message_id: 77, reply_markup: { inline_keyboard: [] } },
      uploads: [],
      isOptional: true,
    },
  ]);
  expect(methods({ text: 'Baik', closes: 'm:41:77' })).toEqual(['sendMessage', 'editMessageReplyMarkup']);
});

test.each(['m:42:77', 'e:5', 'case:1:2:3', ''])(
  'what names no message of this chat closes nothing: %s',
  (closes) => {
    expect(methods({ text: 'Baik', closes })).toEqual(['sendMessage']);
  },
);

test('a message of nothing is no call', () => expect(render('41', { text: ' \n ' })).toEqual([]));

test('what belongs into a topic is all said there, and takes the buttons off the message before', () => {
  const requests = render(
    '-100500',
    { text: 'x'.repeat(1100), photos: ['a', 'b'], document: { attachmentId: 'd', name: 'surat.pdf' } },
    { hasKeyboard: false, thread: '70', buttons: 'm:-100500:71' },
  );
  expect(requests.map(({ method, params }) => [method, params['message_thread_id']])).toEqual([
    ['sendDocument', 70],
    ['sendMediaGroup', 70],
    ['sendMessage', 70],
    ['editMessageReplyMarkup', undefined],
  ]);
  expect(requests.at(-1)).toMatchObject({
    params: { chat_id: '-100500', message_id: 71, reply_markup: { inline_keyboard: [] } },
    isOptional: true,
  });
});
