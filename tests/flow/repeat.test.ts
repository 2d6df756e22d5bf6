import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.js';
import type { Talk } from '../../src/commands/chat/talk.js';
import { flowsOf, system, talkWith } from './support.js';

const flows = await flowsOf({
  'a.yaml': {
    flow: 'letter',
    title: 'Surat usaha',
    service: 'usaha',
    understands: ['surat usaha'],
    steps: [
      { repeat: 'as_before' },
      { say: 'intro', text: 'Gratis.' },
      { ask: 'name', text: 'Nama usaha?', label: 'Nama', answer: { type: 'text', min: 3 } },
      {
        ask: 'kind',
        text: 'Bidang?',
        label: 'Bidang',
        answer: {
          type: 'choice',
          options: [
            { value: 'trade', text: 'Dagang' },
            { value: 'farm', text: 'Tani' },
          ],
        },
      },
      {
        ask: 'farm',
        text: 'Tani apa?',
        label: 'Tani',
        if: "answers.kind == 'farm'",
        answer: { type: 'text' },
      },
      { ask: 'secret', text: 'Rahasia?', label: 'Rahasia', sensitive: true, answer: { type: 'text' } },
      { ask: 'place', text: 'Di mana?', answer: { type: 'text' }, optional: true },
      { call: 'who', flow: 'who' },
      { collect: 'checklist' },
      { confirm: 'summary', text: 'Benar?' },
      { do: 'open_case' },
      { end: 'done', text: 'Nomor {case_code}.' },
    ],
  },
  'b.yaml': {
    flow: 'who',
    title: 'Siapa',
    steps: [{ ask: 'who', text: 'Untuk siapa?', answer: { type: 'text' } }],
  },
});
const text = (lines: string[]): string => lines.join('\n');

function earlier(talk: Talk, answers: Json): void {
  const opened = '2026-03-02T02:00:00Z';
  talk.world.prepare('earlier_request', { found: true, code: 'K7M2-PXQ4-3', opened, answers }, true);
}

describe('"Sama seperti dulu?"', () => {
  test('shows what was said then, and asks only what is not known', () => {
    const talk = talkWith(flows);
    earlier(talk, { name: 'Warung Siti', kind: 'trade', place: 'Krajan' });
    const offer = text(talk.play('surat usaha'));
    expect(offer).toContain('• Nama: Warung Siti\n  • Bidang: Dagang');
    expect(offer).toContain('2 Maret 2026');
    expect(offer).not.toContain('Gratis.');
    // Sealed answers do not come back, and what a call asks is asked.
    expect(text(talk.play('ya'))).toContain('Rahasia?');
    expect(text(talk.play('rahasiaku'))).toContain('Untuk siapa?');
    const summary = text(talk.play('saya sendiri'));
    expect(summary).toContain('• Nama: Warung Siti');
    expect(summary).not.toContain('Gratis.');
    expect(text(talk.play('kirim'))).toContain(
      '"answers":{"name":"Warung Siti","kind":"trade","place":"Krajan"},"private":{"secret":"rahasiaku"}',
    );
  });

  test('drops answers that the questions of today would not take, and asks them', () => {
    const talk = talkWith(flows);
    earlier(talk, { name: 'Warung Siti', kind: 'mining', farm: 'Padi', place: 'Krajan', gone: 'x' });
    talk.play('surat usaha');
    expect(text(talk.play('ya'))).toContain('Bidang?');
    expect(talk.session.a).toEqual({ name: 'Warung Siti', place: 'Krajan' });
    expect(text(talk.play('tani'))).toContain('Tani apa?');
  });

  test('"tidak" begins as ever', () => {
    const talk = talkWith(flows);
    earlier(talk, { name: 'Warung Siti', kind: 'trade' });
    talk.play('surat usaha');
    const said = text(talk.play('tidak'));
    expect(said).toContain('Gratis.');
    expect(said).toContain('Nama usaha?');
    expect(talk.session.a ?? {}).toEqual({});
    expect(talk.session.v ?? {}).toEqual({});
  });

  test('is not asked where there is nothing, where history is hidden, or of somebody new', () => {
    const none = talkWith(flows);
    expect(text(none.play('surat usaha'))).toContain('Nama usaha?');
    const blind = talkWith(flows);
    earlier(blind, { name: 'W', place: 'Krajan' });
    expect(text(blind.play('surat usaha'))).toContain('Nama usaha?');
    for (const header of ['hidden: yes', 'first: yes']) {
      const talk = talkWith(flows, header);
      earlier(talk, { name: 'Warung Siti', kind: 'trade' });
      expect(text(talk.play('surat usaha'))).not.toContain(system(flows, 'repeat_yes'));
    }
  });

  test('is not asked of who asks for somebody else', () => {
    const talk = talkWith(flows);
    earlier(talk, { name: 'Warung Siti', kind: 'trade' });
    talk.session.fw = { n: 'Mbah Karti', r: 'parent', q: Math.floor(talk.world.now.getTime() / 60_000) };
    expect(text(talk.play('surat usaha'))).toContain('Nama usaha?');
  });

  test('what was taken over can be changed at the summary', () => {
    const talk = talkWith(flows);
    earlier(talk, { name: 'Warung Siti', kind: 'trade' });
    for (const line of ['surat usaha', 'ya', 'rahasiaku', 'saya', 'nama']) talk.play(line);
    expect(text(talk.play('Toko Siti'))).toContain('• Nama: Toko Siti');
  });
});
