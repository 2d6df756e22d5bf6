import { describe, expect, test } from 'vitest';
import { render } from '../../../src/channels/whatsapp-web/render.js';

const long = (length: number) =>
  'kata '
    .repeat(Math.ceil(length / 5))
    .slice(0, length)
    .trim();
const ya = { label: 'Ya', payload: 'a.k3.0' };
const tidak = { label: 'Tidak', payload: 'a.k3.1' };

describe('a message of ours as messages of WhatsApp', () => {
  test('a text is one', () => {
    expect(render({ text: ' Selamat pagi. ' })).toEqual([{ kind: 'text', text: 'Selamat pagi.' }]);
  });

  test('choices are numbered lines', () => {
    expect(render({ text: 'Benar?', choices: [ya, tidak] })).toEqual([
      { kind: 'text', text: 'Benar?\n\n1. Ya\n2. Tidak' },
    ]);
  });

  test('a long text is split at 4096, its choices at the end of the last', () => {
    const parts = render({ text: long(9_000), choices: [ya, tidak] });
    expect(parts).toHaveLength(3);
    for (const part of parts) expect(part.kind === 'text' && part.text.length).toBeLessThanOrEqual(4096);
    expect(parts[2]).toMatchObject({ text: expect.stringMatching(/\n\n1\. Ya\n2\. Tidak$/u) as string });
  });

  test('photos carry the text under the first of them', () => {
    expect(render({ text: 'Cabai', photos: ['p1', 'p2'], choices: [ya] })).toEqual([
      { kind: 'photo', attachmentId: 'p1', caption: 'Cabai\n\n1. Ya' },
      { kind: 'photo', attachmentId: 'p2' },
    ]);
  });

  test('a text beyond a caption follows its photo by itself', () => {
    const text = long(1_100);
    expect(render({ text, photos: ['p1'] })).toEqual([
      { kind: 'photo', attachmentId: 'p1' },
      { kind: 'text', text },
    ]);
    const fits = long(1_024);
    expect(render({ text: fits, photos: ['p1'] })).toEqual([
      { kind: 'photo', attachmentId: 'p1', caption: fits },
    ]);
  });

  test('a document carries its text, unless there are photos beside it', () => {
    const document = { attachmentId: 'd1', name: 'surat.pdf' };
    expect(render({ text: 'Suratnya.', document })).toEqual([
      { kind: 'document', ...document, caption: 'Suratnya.' },
    ]);
    expect(render({ text: 'Suratnya.', document, photos: ['p1'] })).toEqual([
      { kind: 'document', ...document },
      { kind: 'photo', attachmentId: 'p1', caption: 'Suratnya.' },
    ]);
    expect(render({ text: '', document })).toEqual([{ kind: 'document', ...document }]);
  });

  test('a place follows the text', () => {
    const location = { latitude: -8.2, longitude: 114.3, label: 'Balai desa' };
    expect(render({ text: 'Di sini:', location })).toEqual([
      { kind: 'text', text: 'Di sini:' },
      { kind: 'location', ...location },
    ]);
  });

  test('only the first part shows what it answers', () => {
    const parts = render({ text: long(5_000), quotes: 'false_62812@c.us_AC1' });
    expect(parts.map((part) => part.quotes)).toEqual(['false_62812@c.us_AC1', undefined]);
  });

  test('what this channel has not is left out: requests, topics, buttons to close', () => {
    const topic = { subject: 'c1', title: 'KTG-1' };
    expect(render({ text: 'Di mana?', request: 'location', closes: 'x', topic })).toEqual([
      { kind: 'text', text: 'Di mana?' },
    ]);
  });

  test('nothing is nothing', () => {
    expect(render({ text: ' ' })).toEqual([]);
  });
});
