import { describe, expect, test } from 'vitest';
import { ChatLineError } from '../../src/commands/chat/talk.js';
import { readTranscript, runTranscript } from '../../src/commands/chat/transcript.js';
import { flowsOf, REQUEST } from './support.js';

const flows = await flowsOf(REQUEST);
const REQUESTED = '> sku\n> Warung\n> toko\n> lewati\n> kirim';
const run = (text: string): string => runTranscript(flows, readTranscript(text));

describe('a .chat file', () => {
  const WRITTEN = `# The straight way.
channel: whatsapp
now: 2026-11-27 15:00

> sku
< Nama usaha?
# A choice by its number.
> Warung Siti
< Bidang apa?
  1. Dagang
  2. Lainnya
> 1
< Sejak tahun?
  Kalau tidak ada, ketik "lewati".
`;

  test('comes out as it went in where the bot says what it tells', () => {
    const now = run(WRITTEN);
    expect(now.split('\n').filter((line) => !line.includes('lewati'))).toEqual(
      WRITTEN.split('\n').filter((line) => !line.includes('lewati')),
    );
    expect(run(now)).toBe(now);
  });

  test('shows what the bot says instead where it says something else', () => {
    expect(run('> sku\n< Nama tokonya?\n')).toBe('> sku\n< Nama usaha?\n');
  });

  test('may prepare the world, once or always', () => {
    const lines = run(
      ['~ open_case: {"code": "X1", "position": 1, "due": null, "is_new": true}', REQUESTED, REQUESTED].join(
        '\n',
      ),
    );
    expect(lines).toContain('Diterima, nomor X1.');
    expect(lines).toContain('Diterima, nomor R3T8-WY5N-1.');
  });

  test('lets time pass, and what falls due in it happen', () => {
    expect(run('> sku\n> Warung\n> (8 days later)\n> kirim\n')).not.toContain('open_case');
  });

  test.each([
    ['colour: red\n\n> halo\n', '"colour: red" is no header line'],
    ['channel: signal\n\n> halo\n', 'telegram or whatsapp'],
    ['village: Atlantis\n\n> halo\n', 'no village "Atlantis"'],
    ['now: tomorrow\n\n> halo\n', 'write it as 2026-11-24 09:00'],
    ['> [dance]\n', '"[dance]" is nothing that a person can do'],
    ['> [photo x1000]\n', 'at most 100 photos'],
    ['> [tap: Nothing]\n', 'there is no button "Nothing"'],
    ['~ my_cases: {oops\n> halo\n', 'is no JSON'],
  ])('%j is refused with the reason', (text, reason) => {
    expect(() => run(text)).toThrow(ChatLineError);
    expect(() => run(text)).toThrow(reason);
  });
});

describe('the world of a talk', () => {
  test('opens one case for one draft, and status finds it', () => {
    const said = run('> sku\n> Warung\n> toko\n> lewati\n> [tap: Kirim]\n>> [tap: Kirim]\n> status\n');
    expect(said.match(/! open_case/gu)).toHaveLength(1);
  });
});
