import { rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { FlowFaultsError, loadFlows, printFault, versionsOf } from '../../src/flow/load.js';
import type { FlowFault } from '../../src/flow/load.js';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import { fileSchema } from '../../src/flow/jsonSchema.js';
import type { SchemaKind } from '../../src/flow/jsonSchema.js';
import { checkOf, flowFolder, flowsOf, REQUEST } from './support.js';
import type { Files } from './support.js';

/** The faults of one bad file, without those of the flows beside it. */
async function faultsOf(yaml: string, more: Files = {}): Promise<FlowFault[]> {
  const { faults } = await checkOf({ ...more, 'test/bad.yaml': yaml });
  return faults.filter((fault) => fault.file === 'flows/test/bad.yaml');
}

const HEAD = 'flow: bad\ntitle: Buruk\nsteps:\n';

describe('the project’s own flows', () => {
  test('hold', async () => {
    const flows = await loadFlows(FLOWS_FOLDER);
    expect(flows.byId.size).toBeGreaterThan(20);
    expect(flows.languages).toEqual(['id', 'en', 'jv']);
  });
});

describe('a fault is told with its file, line and cure', () => {
  test.each<[what: string, yaml: string, line: number, said: string]>([
    ['YAML that is none', 'flow: bad\n  title: x\n', 1, 'not YAML'],
    ['an unknown step', `${HEAD}  - shout: x\n`, 4, 'no step that is known'],
    ['an unknown key', `${HEAD}  - say: x\n    text: Halo\n    texte: Hai\n`, 6, '"texte" is not known here'],
    ['a wrong type', `${HEAD}  - say: x\n    text: [a]\n`, 5, 'steps.0.text'],
    ['no steps', 'flow: bad\ntitle: Buruk\nsteps: []\n', 3, 'steps'],
    ['a bad name', 'flow: Bad Name\ntitle: x\nsteps:\n  - end: x\n', 1, 'a name of a flow'],
    [
      'an unknown answer type',
      `${HEAD}  - ask: x\n    text: A?\n    answer: { type: nik }\n`,
      6,
      'answer.type',
    ],
    ['a step that is not there', `${HEAD}  - go: nowhere\n`, 4, 'no step "nowhere"'],
    ['a flow that is not there', `${HEAD}  - call: x\n    flow: nowhere\n`, 4, 'no flow "nowhere"'],
    [
      'two steps of one name',
      `${HEAD}  - say: x\n    text: A\n  - say: x\n    text: B\n`,
      6,
      'two steps are called "x"',
    ],
    [
      'an unknown look-up',
      `${HEAD}  - look_up: x\n    what: weather\n    into: w\n`,
      5,
      'no look-up "weather"',
    ],
    [
      'a look-up without its argument',
      `${HEAD}  - look_up: x\n    what: case_by_code\n    into: w\n`,
      4,
      'needs "code"',
    ],
    ['an unknown effect', `${HEAD}  - do: explode\n`, 4, 'cannot do "explode"'],
    ['an effect without its argument', `${HEAD}  - do: set_language\n`, 4, 'needs "language"'],
    [
      'an argument that an effect does not take',
      `${HEAD}  - do: end_hand_over\n    with: { x: '1' }\n`,
      5,
      'takes no "x"',
    ],
    ['words that are not ICU', `${HEAD}  - say: x\n    text: 'Nomor {code'\n`, 5, 'not closed'],
    [
      'an argument that nothing fills',
      `${HEAD}  - say: x\n    text: 'Nomor {code}'\n`,
      5,
      'nothing fills {code}',
    ],
    [
      'an expression that is not CEL',
      `${HEAD}  - say: x\n    if: 1 +\n    text: A\n`,
      5,
      'is not an expression',
    ],
    [
      'a variable that nothing sets',
      `${HEAD}  - say: x\n    if: vars.nothing\n    text: A\n`,
      5,
      'nothing sets the variable "nothing"',
    ],
    [
      'a question that is not there',
      `${HEAD}  - say: x\n    if: answers.nothing\n    text: A\n`,
      5,
      'no question "nothing"',
    ],
    ['a name that is neither', `${HEAD}  - say: x\n    if: nothing == 1\n    text: A\n`, 5, '"nothing" in'],
    [
      'an unreachable step',
      `${HEAD}  - end: x\n  - say: y\n    text: A\n`,
      5,
      'no way leads to the step "y"',
    ],
    ['a circle without a question', `${HEAD}  - say: x\n    text: A\n  - go: x\n`, 4, 'goes in a circle'],
    [
      'a bound that is none',
      `${HEAD}  - ask: x\n    text: A?\n    answer: { type: date, from: tomorrow }\n`,
      4,
      '"tomorrow" is no bound',
    ],
    ['a case without a service', `${HEAD}  - do: open_case\n`, 4, 'no service'],
    [
      'an unknown service',
      `flow: bad\ntitle: x\nservice: magic\nsteps:\n  - end: x\n`,
      1,
      'no service "magic"',
    ],
    [
      'eleven choices',
      `${HEAD}  - choose: x\n    text: A?\n    options:\n${Array.from({ length: 11 }, (_, i) => `      - { text: Opsi ${i}, go: x }\n`).join('')}`,
      6,
      'steps.0.options',
    ],
    [
      'a button too long for Telegram',
      `${HEAD}  - say: x\n    text: A\n    choices: [{ text: B, flow: ${'long-'.repeat(11)}name }]\n`,
      4,
      'bytes that Telegram carries',
    ],
  ])('%s', async (_what, yaml, line, said) => {
    const faults = await faultsOf(yaml);
    const found = faults.find((fault) => fault.what.includes(said));
    expect(found, faults.map(printFault).join('\n') || 'no fault').toBeDefined();
    expect(found!.line).toBe(line);
    expect(found!.cure).not.toBe('');
    expect(printFault(found!)).toMatch(/^flows\/test\/bad\.yaml:\d+ {2}.+ — .+$/u);
  });

  test('two flows of one name', async () => {
    const { faults } = await checkOf({
      ...REQUEST,
      'test/again.yaml': 'flow: request\ntitle: x\nsteps:\n  - end: x\n',
    });
    expect(faults.map((fault) => fault.what).join()).toContain('the flow "request" is there already');
  });

  test('two flows of one intent', async () => {
    const faults = await faultsOf('flow: bad\ntitle: x\nintent: surat.usaha\nsteps:\n  - end: x\n', REQUEST);
    const { faults: all } = await checkOf({
      ...REQUEST,
      'test/bad.yaml': 'flow: bad\ntitle: x\nintent: surat.usaha\nsteps:\n  - end: x\n',
    });
    expect([...faults, ...all].map((fault) => fault.what).join()).toContain('the intent "surat.usaha"');
  });

  test('a text of the engine that is missing, or has an argument that nothing fills', async () => {
    const missing = await checkOf({ 'text/id/system.yaml': 'yes: Ya\n' });
    expect(missing.faults.map((fault) => fault.what)).toContain('the text "no" is missing');
    const unknown = await checkOf({ 'text/id/system.yaml': "yes: 'Ya {nothing}'\n" });
    expect(unknown.faults.map((fault) => fault.what).join()).toContain('nothing fills {nothing} in "yes"');
  });

  test('a word that always works without its flow', async () => {
    const { faults } = await checkOf({ 'system/help.yaml': 'flow: other\ntitle: x\nsteps:\n  - end: x\n' });
    expect(faults.map((fault) => fault.what)).toContain('the word "bantuan" has no flow to start');
  });
});

test('a flow that the program starts by itself, and that is not there, is a fault', async () => {
  const { dir, remove } = flowFolder({});
  try {
    rmSync(join(dir, 'started/case-notice.yaml'));
    await expect(loadFlows(dir)).rejects.toThrow('the flow "case-notice" is missing');
  } finally {
    remove();
  }
});

describe('a warning', () => {
  test('of a choice longer than WhatsApp shows lets the flows run', async () => {
    const yaml = `${HEAD}  - choose: x\n    text: A?\n    options:\n      - { text: Pilihan yang sangat panjang sekali, go: y }\n      - { text: B, go: y }\n  - end: y\n`;
    const { flows, faults } = await checkOf({ 'test/bad.yaml': yaml });
    expect(faults).toMatchObject([{ warning: true, line: 7 }]);
    expect(flows?.byId.has('bad')).toBe(true);
  });
});

describe('loading', () => {
  test('refuses flows with faults, and tells them all at once', async () => {
    const { dir, remove } = flowFolder({ 'test/bad.yaml': `${HEAD}  - go: a\n  - go: b\n` });
    try {
      await expect(loadFlows(dir)).rejects.toThrow(FlowFaultsError);
      await expect(loadFlows(dir)).rejects.toThrow(/"a"[\s\S]*"b"/u);
    } finally {
      remove();
    }
  });

  test('tells a folder that is not there', async () => {
    await expect(loadFlows('/nowhere/flows')).rejects.toThrow('no such folder');
  });

  test('gives a flow another version when what it says changes, and no other', async () => {
    const hashOf = async (text: string): Promise<string> => {
      const flows = await flowsOf({ 'a.yaml': `flow: a\ntitle: A\nsteps:\n  - end: x\n    text: ${text}\n` });
      return flows.byId.get('a')!.hash;
    };
    const first = await hashOf('Halo.');
    expect(first).toMatch(/^[0-9a-f]{8}$/u);
    expect(await hashOf('Halo.')).toBe(first);
    expect(await hashOf('Hai.')).not.toBe(first);
  });

  test('tells the order of steps that is kept for later', async () => {
    const flows = await flowsOf(REQUEST);
    expect(versionsOf(flows).find(({ flow }) => flow === 'request')?.steps).toEqual([
      'name',
      'kind',
      'kind_other',
      'since',
      'summary',
      'open_case',
      'received',
    ]);
  });
});

describe('a further language', () => {
  const overlay = (text: object): Files => ({
    'a.yaml':
      'flow: a\ntitle: Contoh\nsteps:\n  - ask: x\n    text: Apa?\n    answer: { type: choice, options: [{ value: p, text: Satu }, { value: q, text: Dua }] }\n',
    'text/osi/a.yaml': text,
  });

  test('is not offered while a text is missing, and its coverage is told', async () => {
    const { flows, coverage } = await checkOf(overlay({ title: 'Conto' }));
    expect(flows?.languages).toEqual(['id']);
    const own = coverage
      .find(({ language }) => language === 'osi')!
      .missing.find(({ file }) => file === 'text/osi/a.yaml');
    expect(own?.keys).toEqual(['x.text', 'x.options.p.text', 'x.options.q.text']);
  });

  test('takes options by value or by place, and falls back to the default where it has none', async () => {
    const { flows } = await checkOf(overlay({ x: { text: 'Paran?', options: { p: 'Siji' } } }));
    const step = flows!.byId.get('a')!.steps[0]!;
    if (step.type !== 'ask' || step.answer.type !== 'choice') throw new Error('not the question');
    expect(step.text.osi!.source).toBe('Paran?');
    expect(step.answer.options.map(({ label }) => label.osi?.source)).toEqual(['Siji', undefined]);
    expect(step.answer.options[1]!.label.id!.source).toBe('Dua');
  });

  test('with a text of no step is a fault', async () => {
    const { faults } = await checkOf(overlay({ y: { text: 'Paran?' } }));
    expect(faults).toMatchObject([
      { file: 'flows/text/osi/a.yaml', line: 2, what: '"y.text" is no text of the flow a' },
    ]);
  });

  test('with words of no flow is a fault', async () => {
    const { faults } = await checkOf({ 'text/osi/nothing.yaml': { title: 'x' } });
    expect(faults.map((fault) => fault.what)).toEqual([
      'these are words of a flow "nothing" that is not there',
    ]);
  });
});

test('the JSON Schema of a flow file tells every step type', () => {
  const schema = JSON.stringify(fileSchema('flow'));
  for (const type of [
    'say',
    'ask',
    'choose',
    'collect',
    'confirm',
    'look_up',
    'do',
    'call',
    'when',
    'hand_over',
  ])
    expect(schema).toContain(`"${type}"`);
});

describe('the JSON Schemas for editors', () => {
  const holds = (kind: SchemaKind, value: unknown) =>
    z.fromJSONSchema(fileSchema(kind) as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value).success;
  const read = async (file: string): Promise<unknown> => parse(await readFile(file, 'utf8'));

  test('fit the catalogue and every letter as they are shipped', async () => {
    expect(holds('services', await read('flows/services.yaml'))).toBe(true);
    const letters = (await readdir('flows/letters')).filter((name) => name.endsWith('.yaml'));
    expect(letters.length).toBeGreaterThan(10);
    for (const name of letters)
      expect([name, holds('letter', await read(`flows/letters/${name}`))]).toEqual([name, true]);
  });

  test('tell of a key that is misspelled, and of a value that is none', async () => {
    const services = (await read('flows/services.yaml')) as { [id: string]: object };
    expect(holds('services', { ...services, usaha: { ...services['usaha'], promis: 1 } })).toBe(false);
    expect(holds('services', { paths: { letter: [{ act: 'stamp', roles: ['operator'] }] } })).toBe(false);
    const letter = (await read('flows/letters/usaha.yaml')) as object;
    expect(holds('letter', { ...letter, signer: 'mayor' })).toBe(false);
    expect(holds('letter', { ...letter, bodi: 'x' })).toBe(false);
  });
});
