import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Composer, parse } from 'yaml';
import { readFlows } from '../../src/flow/load.js';
import { readYaml } from '../../src/flow/yamlFile.js';

const FLOWS = new URL('../../flows', import.meta.url).pathname;

test('both readers read every file of the flows alike', () => {
  const names = readdirSync(FLOWS, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  );
  expect(names.length).toBeGreaterThan(300);
  for (const name of names) {
    const text = readFileSync(join(FLOWS, name), 'utf8');
    const { yaml, faults } = readYaml(name, text);
    expect(faults).toEqual([]);
    expect(yaml.value, name).toEqual(parse(text));
  }
});

test.each([
  ['empty', ''],
  ['a comment alone', '# nothing yet\n\n'],
])('a file that is %s holds nothing, and no fault', (_, text) => {
  expect(readYaml('x.yaml', text)).toMatchObject({ yaml: { value: null }, faults: [] });
});

test.each([
  ['a key twice', 'a: 1\nb: 2\na: 3\n', 3],
  ['a colon in a text', 'a: 1\nb: ini: itu\n', 2],
  ['brackets left open', 'a: [1, 2\n', 2],
  ['a tab as indentation', 'a:\n\tb: 1\n', 2],
])('%s is a fault with its line', (_, text, line) => {
  const { yaml, faults } = readYaml('x.yaml', text);
  expect(yaml.value).toBeNull();
  expect(faults[0]).toMatchObject({ file: 'x.yaml', line });
});

test('a line is told of what was read without lines', () => {
  const { yaml } = readYaml('x.yaml', '# words\nsteps:\n  - say: halo\n    text: Halo\n  - end: ya\n');
  expect([yaml.lineOf(['steps', 0, 'text']), yaml.lineOf(['steps', 1]), yaml.lineOf(['none'])]).toEqual([
    4, 5, 2,
  ]);
});

test('a date, a number with an underscore and a word of yes stay words', () => {
  expect(readYaml('x.yaml', 'a: 2026-11-26\nb: 1_000\nc: yes\nd: 0o17\n').yaml.value).toEqual({
    a: '2026-11-26',
    b: '1_000',
    c: 'yes',
    d: 15,
  });
});

test('reading flows that hold looks for the line of nothing', async () => {
  const slow = vi.spyOn(Composer.prototype, 'compose');
  const { faults } = await readFlows(FLOWS);
  expect(faults).toEqual([]);
  expect(slow).not.toHaveBeenCalled();
  readYaml('x.yaml', 'a: 1\n').yaml.lineOf(['a']);
  expect(slow).toHaveBeenCalledOnce();
  slow.mockRestore();
});
