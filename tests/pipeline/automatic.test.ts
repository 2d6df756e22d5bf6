import { expect, test } from 'vitest';
import { markRepeat, repeatable, type RepeatMark } from '../../src/pipeline/automatic.js';

function run(texts: string[], secondsApart: number): boolean[] {
  let mark: RepeatMark | undefined;
  return texts.map((text, n) => {
    const result = markRepeat(mark, text, new Date(n * secondsApart * 1_000));
    mark = result.mark;
    return result.isAutomatic;
  });
}
const times = (n: number, text: string) => Array.from({ length: n }, () => text);

test('the fifth of the same within two minutes looks automatic', () => {
  expect(run(times(6, 'Terima kasih sudah menghubungi kami'), 10)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
});

test('numbers in it do not make it another', () => {
  const texts = Array.from({ length: 5 }, (_, n) => `Pesan otomatis jam 12:0${n}`);
  expect(run(texts, 1).at(-1)).toBe(true);
});

test('spread over more than two minutes it is a person', () => {
  expect(run(times(10, 'Apakah surat saya sudah jadi'), 40).includes(true)).toBe(false);
});

test('short answers may repeat many times, but not for ever', () => {
  expect(run(times(19, '1'), 1).includes(true)).toBe(false);
  expect(run(times(20, '1'), 1).at(-1)).toBe(true);
});

test('another text begins the count anew', () => {
  const same = 'Mohon tunggu sebentar ya';
  expect(run([...times(4, same), 'menu', ...times(4, same)], 1).includes(true)).toBe(false);
});

const turns = (n: number, ...texts: string[]) =>
  Array.from({ length: n }, (_, i) => texts[i % texts.length]!);
const A = 'Terima kasih sudah menghubungi kami';
const B = 'Mohon tunggu, admin akan membalas';

test('two texts that take turns look automatic at the tenth', () => {
  const found = run(turns(12, A, B), 5);
  expect(found.indexOf(true)).toBe(9);
  expect(found.slice(9)).toEqual([true, true, true]);
});

test('two texts that take turns slowly are a person', () => {
  expect(run(turns(30, A, B), 20).includes(true)).toBe(false);
});

test('a form answered with different texts is a person, however fast', () => {
  const answers = Array.from(
    { length: 60 },
    (_, n) => `Jawaban saya ${'abcdefghijklmnop'.slice(n % 16)} begitu`,
  );
  expect(run(answers, 1).includes(true)).toBe(false);
  expect(run(turns(60, A, B, 'Warung saya di pinggir jalan'), 1).includes(true)).toBe(false);
  expect(run(turns(39, 'ya', 'tidak'), 1).includes(true)).toBe(false);
});

test('stickers and pictures in a loop look automatic at the twentieth, an album does not', () => {
  const sticker = repeatable({ kind: 'unreadable', what: 'sticker' })!;
  const photo = repeatable({ kind: 'photo', file: {} })!;
  expect(run(times(20, sticker), 2).at(-1)).toBe(true);
  expect(run(times(10, photo), 0).includes(true)).toBe(false);
  expect(run(times(20, photo), 2).at(-1)).toBe(true);
});

test('what only a hand does is never automatic', () => {
  expect(repeatable({ kind: 'tap', payload: 'w.menu' })).toBeNull();
  expect(repeatable({ kind: 'contact', phone: '62811', isOwn: true })).toBeNull();
});
