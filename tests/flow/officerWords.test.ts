import { describe, expect, test } from 'vitest';
import type { Content } from '../../src/core/content.js';
import { beginsWithCode, codesIn, leadingCodes } from '../../src/core/meantCode.js';
import { advance } from '../../src/flow/engine.js';
import type { Session, TurnContext } from '../../src/flow/types.js';
import { flowsOf } from './support.js';

const flows = await flowsOf({
  'officer-text.yaml': `
flow: officer-text
title: Pesan
for: officer
interrupts: true
steps:
  - say: heard
    text: 'heard {text} / {has_to, select, yes {{to}} other {-}} / {has_quotes, select, yes {{quotes}} other {-}}'
  - end: done
`,
  'officer-take.yaml': `
flow: officer-take
title: Ambil
for: officer
commands: [ambil, saya ambil]
by_button: true
steps:
  - end: taken
    text: taken
`,
  'ask.yaml': `
flow: ask
title: Tanya
understands: [mulai tanya]
steps:
  - ask: reason
    text: Apa alasannya?
    answer: { type: text, min: 1 }
  - end: told
    text: 'noted {reason}'
`,
});
const context: TurnContext = {
  now: new Date('2026-11-24T02:00:00Z'),
  newId: () => '01936b00-0000-7000-8000-000000000001',
  language: 'id',
  channel: { platform: 'telegram', choices: 'buttons', group: false },
  publicUrl: null,
  resident: { id: 'r', name: 'Sri', isNew: false, phone: null },
  village: null,
  officer: { id: 'o', name: 'Bu Sri', roles: [] },
  handedOver: false,
};

function hears(content: Content, session: Session = {}, as = context) {
  const turn = advance(flows, session, { kind: 'message', content, at: context.now }, as);
  const said = turn.effects.flatMap((effect) =>
    effect.kind === 'send_message' ? [effect.message.text] : [],
  );
  return { session: turn.session, said: said.join('\n') };
}
const text = (words: string, quotes?: string): Content => ({
  kind: 'text',
  text: words,
  ...(quotes === undefined ? {} : { quotes }),
});

describe('an officer’s words', () => {
  test.each([
    [text('ambil K7QF'), 'heard K7QF / officer-take / -'],
    [text('Saya ambil  K7M2-PXQ4-3 ya'), 'heard K7M2-PXQ4-3 ya / officer-take / -'],
    [text('ambil KQFX'), 'heard KQFX / officer-take / -'],
    [text('K7QF Besok\nbisa diambil'), 'heard K7QF Besok\nbisa diambil / - / -'],
    [text('besok bisa diambil', 'm:41:7'), 'heard besok bisa diambil / - / m:41:7'],
    [text('ambil', 'm:41:7'), 'heard  / officer-take / m:41:7'],
    [text('nanti sore kami mampir lagi'), 'heard nanti sore kami mampir lagi / - / -'],
  ])('%o', (content, said) => {
    expect(hears(content).said).toBe(said);
  });

  test('a short word, or a command before a mere word, is none of it', () => {
    for (const words of ['besok', 'ambil data', 'ambil saja'])
      expect(hears(text(words)).said).not.toContain('heard');
  });

  test('of somebody who is no officer begin no such flow', () => {
    const resident = { ...context, officer: null };
    for (const content of [text('ambil K7QF'), text('besok ya', 'm:41:7')])
      expect(hears(content, {}, resident).said).not.toContain('heard');
  });

  test('while a question waits are its answer, quoted or not; but a command with a code is heard, and it is asked again', () => {
    const { session } = hears(text('mulai tanya'));
    expect(hears(text('berkas kurang', 'm:41:7'), session).said).toBe('noted berkas kurang');
    expect(hears(text('K7QF belum lengkap'), session).said).toBe('noted K7QF belum lengkap');
    const commanded = hears(text('ambil K7QF'), session);
    expect(commanded.said).toContain('heard K7QF / officer-take / -');
    expect(commanded.said).toContain('Apa alasannya?');
    expect(hears(text('berkas kurang'), commanded.session).said).toBe('noted berkas kurang');
  });
});

describe('a code at the beginning', () => {
  test.each([
    ['K7M2-PXQ4-3 besok', { code: 'K7M2-PXQ4-3', rest: 'besok' }],
    ['k7m2 pxq4 3: besok', { code: 'K7M2-PXQ4-3', rest: 'besok' }],
    ['k7qf: Besok\nya', { code: 'K7QF', rest: 'Besok\nya' }],
    ['saya mau', { code: 'SAYA', rest: 'mau' }],
    ['besok', null],
    ['', null],
    // Letters alone are a whole code where spaces stand as its dashes do.
    ['xxtm dwyv d: besok ya', { code: 'XXTM-DWYV-D', rest: 'besok ya' }],
    ['ambil data', null],
  ])('of "%s"', (words, expected) => {
    expect(leadingCodes(words)[0] ?? null).toEqual(expected);
  });

  test('four letters and a word that make a sound code by chance are read as both', () => {
    expect(leadingCodes('gj67 besok ya')).toEqual([
      { code: 'GJ67-BES0-K', rest: 'ya' },
      { code: 'GJ67', rest: 'besok ya' },
    ]);
  });

  test.each([
    ['K7QF besok', true, true],
    ['KQFX besok', false, true],
    ['kqfx besok', false, false],
    ['saya mau', false, false],
    ['2026 nanti', false, true],
  ])('"%s" plainly begins with one: %s, after a command: %s', (words, plainly, afterCommand) => {
    expect([beginsWithCode(words), beginsWithCode(words, true)]).toEqual([plainly, afterCommand]);
  });
});

test('all codes of a text are found once; what only looks like one is not', () => {
  expect(codesIn('K7M2-PXQ4-3 · R3T8-WY5N-1\nK7M2-PXQ4-3, AAAA-BBBB-C')).toEqual([
    'K7M2-PXQ4-3',
    'R3T8-WY5N-1',
  ]);
});
