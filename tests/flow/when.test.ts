import { describe, expect, test } from 'vitest';
import { flowsOf, talkWith } from './support.js';

/** A flow that says which way it took: conditions in the order of the cases. */
async function wayOf(condition: string, ...header: string[]): Promise<(...lines: string[]) => string> {
  const flows = await flowsOf({
    'a.yaml': {
      flow: 'a',
      title: 'A',
      understands: ['tanya'],
      steps: [
        { ask: 'age', text: 'Umur?', answer: { type: 'number' } },
        { when: 'which', cases: [{ if: condition, go: 'one' }], else: 'other' },
        { end: 'one', text: 'SATU' },
        { end: 'other', text: 'LAIN' },
      ],
    },
  });
  return (...lines) => {
    const talk = talkWith(flows, ...header);
    return ['tanya', ...lines].flatMap((line) => talk.play(line)).join('\n');
  };
}

describe('a condition may look at', () => {
  test('answers', async () => {
    const way = await wayOf('answers.age >= 60');
    expect(way('70')).toContain('SATU');
    expect(way('30')).toContain('LAIN');
  });

  test.each([
    ['the resident', "resident.name == 'Siti'", ['person: resident Siti'], ['person: resident Budi']],
    ['whether history is hidden', 'resident.is_hidden', ['hidden: yes'], []],
    ['whether it is an officer', 'officer != null', ['person: officer Bu Sri'], []],
    ['the village', "village.state == 'active'", ['village: Kemiren'], ['village: Sumbersari']],
    ['no village', 'village == null', ['village: none'], []],
    ['the hours of the office', 'village.is_open_now', ['now: 2026-11-24 09:00'], ['now: 2026-11-24 22:00']],
    [
      'the hour in the village',
      'now.getHours(village.zone) < 11',
      ['now: 2026-11-24 09:00'],
      ['now: 2026-11-24 13:00'],
    ],
    [
      'the day of the week',
      "now.getDayOfWeek('Asia/Jakarta') == 5",
      ['now: 2026-11-27 09:00'],
      ['now: 2026-11-24 09:00'],
    ],
    ['the channel', "channel.platform == 'whatsapp'", ['channel: whatsapp'], ['channel: telegram']],
    ['how choices are shown', "channel.choices == 'buttons'", ['channel: telegram'], ['channel: whatsapp']],
    ['public pages', 'public_url != null', ['public: yes'], ['public: no']],
  ])('%s', async (_, condition, yes, no) => {
    const here = await wayOf(condition, ...yes);
    expect(here('70')).toContain('SATU');
    const there = await wayOf(condition, ...no);
    expect(there('70')).toContain('LAIN');
  });
});
