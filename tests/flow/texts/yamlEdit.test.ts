import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FLOWS_FOLDER } from '../../../src/commands/flowsFolder.js';
import { at, leaves } from '../../../src/flow/compileFlow.js';
import { putWords } from '../../../src/flow/texts/yamlEdit.js';

const FILE = `# What it is for.
flow: a
title: Contoh   # said in lists
steps:
  - ask: x # the question
    text: Apa?
    label: 'Hal''nya: "ini"'
    answer: { type: choice, options: [{ value: p, text: Satu, words: [siji] }, { value: q, text: "Dua" }] }
  - say: y
    text: |-
      Baris satu
      baris dua.

  # A remark before the end.
  - end: z
    text: >-
      Satu kalimat yang panjang sekali dan
      dilipat di sini.
`;

describe('words put into a file leave all else as it is', () => {
  const cases: [what: string, path: (string | number)[], words: string, lines: string[]][] = [
    ['a plain text', ['title'], 'Lain', ['title: Lain   # said in lists']],
    ['a plain text that now needs quotes', ['steps', 0, 'text'], 'Apa: #1?', ["    text: 'Apa: #1?'"]],
    ['a quoted one', ['steps', 0, 'label'], "Hal'nya", ["    label: 'Hal''nya'"]],
    [
      'a text within a flow map',
      ['steps', 0, 'answer', 'options', 0, 'text'],
      'Satu, dua',
      [
        `    answer: { type: choice, options: [{ value: p, text: 'Satu, dua', words: [siji] }, { value: q, text: "Dua" }] }`,
      ],
    ],
    [
      'a block of lines',
      ['steps', 1, 'text'],
      'Satu\ndua\ntiga: #',
      ['      Satu', '      dua', '      tiga: #'],
    ],
    ['a folded text', ['steps', 2, 'text'], 'Pendek.', ['      Pendek.']],
  ];
  test.each(cases)('%s', (_what, path, words, lines) => {
    const edited = putWords(FILE, path, words);
    expect(at(parse(edited), path)).toBe(words);
    for (const line of lines) expect(edited.split('\n')).toContain(line);
    const kept = FILE.split('\n').filter((line) => line.includes('#'));
    const gone = kept.filter((line) => !edited.split('\n').includes(line));
    expect(gone.length).toBeLessThanOrEqual(path[0] === 'title' ? 1 : 0);
    expect(putWords(edited, path, words)).toBe(edited);
    // And back again: nothing else has moved.
    const back = putWords(edited, path, at(parse(FILE), path) as string);
    expect(parse(back)).toEqual(parse(FILE));
  });

  test('a key that is not there comes last in the map around it', () => {
    const file = 'title: A\n# about x\nx:\n  text: B # said\n  options:\n    p: C\n\ny:\n  text: D\n';
    expect(putWords(file, ['x', 'options', 'q'], 'E')).toBe(
      'title: A\n# about x\nx:\n  text: B # said\n  options:\n    p: C\n    q: E\n\ny:\n  text: D\n',
    );
    expect(putWords(file, ['z', 'text'], 'Satu\ndua')).toBe(`${file}z:\n  text: |-\n    Satu\n    dua\n`);
    expect(putWords('', ['z', 'text'], 'E')).toBe('z:\n  text: E\n');
  });

  test('a file without a last line break, and one with Windows line breaks', () => {
    expect(putWords('title: A', ['x', 'text'], 'B')).toBe('title: A\nx:\n  text: B\n');
    expect(parse(putWords('title: A\r\nx:\r\n  text: B\r\n', ['x', 'text'], 'C'))).toEqual({
      title: 'A',
      x: { text: 'C' },
    });
  });
});

test('every text of every flow and overlay can be changed, and only it changes', () => {
  const names = readdirSync(FLOWS_FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  );
  let changed = 0;
  for (const name of names.filter((_, i) => i % 3 === 0)) {
    const source = readFileSync(join(FLOWS_FOLDER, name), 'utf8');
    for (const path of leaves(parse(source))) {
      const words = at(parse(source), path);
      if (typeof words !== 'string' || path.includes('understands')) continue;
      const edited = putWords(source, path, `${words} (diubah)`);
      const [before, after] = [source.split('\n'), edited.split('\n')];
      let [head, tail] = [0, 0];
      while (before[head] === after[head]) head++;
      while (before.at(-1 - tail) === after.at(-1 - tail)) tail++;
      const own = after.length - head - tail;
      expect(own, `${name}: ${path.join('.')}`).toBeLessThanOrEqual(words.split('\n').length + 1);
      changed++;
      if (changed % 7 === 0) break;
    }
  }
  expect(changed).toBeGreaterThan(100);
}, 60_000);

test('whatever is written comes back as it is, and nothing else changes', () => {
  const places: (string | number)[][] = [
    ['title'],
    ['steps', 0, 'text'],
    ['steps', 0, 'label'],
    ['steps', 0, 'answer', 'options', 0, 'text'],
    ['steps', 0, 'answer', 'options', 1, 'text'],
    ['steps', 1, 'text'],
    ['steps', 2, 'text'],
  ];
  const before = parse(FILE) as object;
  const words = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    fc.string({ unit: fc.constantFrom(...'ab: #\'"{}[],&*!|>-?%@`\\\n\t~=é'), minLength: 1, maxLength: 40 }),
    fc.constantFrom(
      'null',
      'yes',
      '12',
      '1e3',
      '0x1f',
      '- a',
      '? a',
      'a:',
      ' a ',
      '\n',
      '\na',
      'a\n\n',
      '---',
      '...',
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), words, (path, text) => {
      const edited = putWords(FILE, path, text);
      expect(at(parse(edited), path)).toBe(text);
      expect(parse(putWords(edited, path, at(before, path) as string))).toEqual(before);
    }),
    { numRuns: 400, seed: 4 },
  );
});
