import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ALPHABET, findCode, newCaseCode, newListingCode, readCode } from '../../src/core/code.js';
import { PAYLOAD_BYTES, spellPayload } from '../../src/core/payload.js';

const code = newCaseCode((size) => Uint8Array.from({ length: size }, (_, n) => n * 7 + 3));
const listing = newListingCode((size) => Uint8Array.from({ length: size }, (_, n) => n * 11 + 5));

describe('a case code', () => {
  test('is eight random symbols and a check character, in groups', () => {
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$/u);
    expect(code).toBe('3AHR-Z6DM-8');
  });

  test('carries forty random bits: each symbol comes of five bits of its own byte', () => {
    const all = (byte: number) => newCaseCode((size) => new Uint8Array(size).fill(byte)).slice(0, 4);
    expect(new Set(Array.from({ length: 32 }, (_, byte) => all(byte))).size).toBe(32);
    expect(all(33)).toBe(all(1));
  });

  test('fits the longest button of an officer', () => {
    const payload = spellPayload({ kind: 'flow', flow: 'officer-listing-approve', arg: code });
    expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(PAYLOAD_BYTES);
  });

  test.each([
    [code],
    [code.toLowerCase()],
    [code.replaceAll('-', '')],
    [code.replaceAll('-', ' ')],
    [` ${code.replaceAll('-', ' - ')}\n`],
    [`#${code}.`],
  ])('is read as typed: %j', (typed) => {
    expect(readCode(typed)).toEqual({ kind: 'case', code });
  });

  test('is read with O for 0 and with I and L for 1', () => {
    const withDigits = newCaseCode(() => Uint8Array.from([0, 1, 0, 1, 10, 20, 0, 1]));
    expect(withDigits).toBe('0101-AM01-' + withDigits.at(-1));
    expect(readCode(withDigits.replaceAll('0', 'o').replaceAll('1', 'l'))).toEqual({
      kind: 'case',
      code: withDigits,
    });
    expect(readCode(withDigits.replaceAll('0', 'O').replaceAll('1', 'I'))).toEqual({
      kind: 'case',
      code: withDigits,
    });
  });

  test('with any one symbol wrong is a typo', () => {
    const plain = code.replaceAll('-', '');
    for (let place = 0; place < plain.length; place++)
      for (const other of ALPHABET.replace(plain[place]!, ''))
        expect(readCode(plain.slice(0, place) + other + plain.slice(place + 1)), `${place}${other}`).toEqual({
          kind: 'typo',
        });
  });

  test('with any two symbols changed round is a typo', () => {
    const plain = [...code.replaceAll('-', '')];
    for (let a = 0; a < plain.length; a++)
      for (let b = a + 1; b < plain.length; b++) {
        if (plain[a] === plain[b]) continue;
        const swapped = plain.with(a, plain[b]!).with(b, plain[a]!).join('');
        expect(readCode(swapped), swapped).toEqual({ kind: 'typo' });
      }
  });

  test('with the letter U, which no code has, is a typo', () => {
    expect(readCode(`U${code.slice(1)}`)).toEqual({ kind: 'typo' });
  });
});

describe('a listing code', () => {
  test('begins with P and is never read as a case', () => {
    expect(listing).toMatch(/^P-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{3}$/u);
    expect(readCode(listing.toLowerCase().replaceAll('-', ''))).toEqual({ kind: 'listing', code: listing });
    const last = listing.at(-1) === '0' ? '1' : '0';
    expect(readCode(listing.slice(0, -1) + last)).toEqual({ kind: 'typo' });
  });
});

describe('a code within a sentence', () => {
  test.each([
    [`status ${code}`, { kind: 'case', code }],
    [`bu, kode saya ${code.toLowerCase()} sudah sampai mana ya`, { kind: 'case', code }],
    [`cek ${code.replaceAll('-', ' ')} ya`, { kind: 'case', code }],
    [`lihat ${listing} dong`, { kind: 'listing', code: listing }],
    [`status ${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`, { kind: 'typo' }],
    ['pak, kesehatan saya bagaimana', { kind: 'none' }],
    ['kesehatan', { kind: 'none' }],
    ['', { kind: 'none' }],
    ['😀', { kind: 'none' }],
  ])('%j is %o', (text, found) => {
    expect(findCode(text)).toEqual(found);
  });
});

describe('ordinary words', () => {
  test.each(['akta cerai', 'kok lama jawabnya', 'gak punya kode', 'takut pak nanti ketauan', 'kesehatan'])(
    'are no code, though their check character may be right: %j',
    (words) => {
      expect(readCode(words)).toEqual({ kind: 'none' });
      expect(findCode(words)).toEqual({ kind: 'none' });
    },
  );

  test('of nine letters are never one, however they are parted', () => {
    const someWords = [
      'akta',
      'cerai',
      'surat',
      'pindah',
      'mau',
      'tanya',
      'pak',
      'bansos',
      'kapan',
      'g',
      'ya',
    ];
    for (const a of someWords)
      for (const b of someWords)
        for (const c of ['', ...someWords])
          expect(findCode(`${a} ${b} ${c}`).kind, `${a} ${b} ${c}`).toBe('none');
  });

  test('of four, four and one letters are no slip of a code', () => {
    expect(findCode('saya mana g')).toEqual({ kind: 'none' });
  });
});

describe('a code of letters alone', () => {
  const letters = newCaseCode(() => Uint8Array.from([10, 11, 12, 13, 14, 15, 16, 19]));

  test('is one', () => {
    expect(letters).toMatch(/^[A-Z]{4}-[A-Z]{4}-[A-Z]$/u);
  });

  test.each([
    letters,
    letters.toLowerCase(),
    `#${letters.toLowerCase()}.`,
    letters.toLowerCase().replaceAll('-', ' '),
    letters.toLowerCase().replaceAll('-', ' - '),
  ])('counts as it is shown: %j', (typed) => {
    expect(readCode(typed)).toEqual({ kind: 'case', code: letters });
    expect(findCode(`kode saya ${typed} ya`)).toEqual({ kind: 'case', code: letters });
  });

  test('does not count where it may be words', () => {
    const bare = letters.toLowerCase().replaceAll('-', '');
    expect(readCode(bare)).toEqual({ kind: 'none' });
    expect(readCode(`${bare.slice(0, 5)} ${bare.slice(5)}`)).toEqual({ kind: 'none' });
  });

  test('with a slip is a typo where it has its dashes', () => {
    const slip = letters.toLowerCase().replace(/.$/u, (last) => (last === 'a' ? 'b' : 'a'));
    expect(findCode(`kode ${slip}`)).toEqual({ kind: 'typo' });
  });
});

test('each of five hundred codes reads back as shown, by itself and beside words', () => {
  for (let n = 0; n < 500; n++) {
    const random = (size: number): Uint8Array => randomBytes(size);
    for (const found of [
      { kind: 'case', code: newCaseCode(random) },
      { kind: 'listing', code: newListingCode(random) },
    ]) {
      const small = found.code.toLowerCase();
      for (const typed of [found.code, small, small.replaceAll('-', ' ')]) {
        expect(readCode(typed), typed).toEqual(found);
        for (const words of [
          `kode saya ${typed} ya`,
          `nomor ${typed}`,
          `pake ${typed} pak`,
          `p ${typed} g`,
          `${typed} g`,
          `p ${typed}`,
        ])
          expect(findCode(words), words).toEqual(found);
      }
      const bare = small.replaceAll('-', '');
      if (/\d/u.test(bare)) expect(findCode(`nomor ${bare} ya`), bare).toEqual(found);
    }
  }
});

test('ten thousand fresh codes differ and are all sound', () => {
  const codes = Array.from({ length: 10_000 }, () => newCaseCode((size) => randomBytes(size)));
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.every((one) => readCode(one).kind === 'case')).toBe(true);
});
