import { expect, test } from 'vitest';
import { markRepeat, type RepeatMark } from '../../src/pipeline/automatic.js';

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
