import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { flowManual } from '../../src/commands/flowManual.js';
import { printFault } from '../../src/flow/load.js';
import { AnswerSpec, STEP_TYPES } from '../../src/flow/schema.js';
import { CONVERSATION_ARGUMENTS } from '../../src/words/systemTexts.js';
import { checkOf } from './support.js';
import type { Files } from './support.js';

const PAGE = join(import.meta.dirname, '../../docs/flow-language.md');
const { page, examples } = await flowManual();

test('the manual is what the sources tell (UPDATE_MANUAL=1 writes it anew)', async () => {
  const now = await format(page, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
  if (process.env.UPDATE_MANUAL === '1') writeFileSync(PAGE, now);
  expect(readFileSync(PAGE, 'utf8'), 'docs/flow-language.md').toBe(now);
});

test('every step and every type of answer has an example', () => {
  const has = (kind: string): Set<string> =>
    new Set(examples.filter((example) => example.kind === kind).map(({ of }) => of));
  expect(STEP_TYPES.filter((type) => !has('step').has(type))).toEqual([]);
  const types = AnswerSpec.options.map((option) => option.shape.type.value);
  expect(types.filter((type) => !has('answer').has(type))).toEqual([]);
});

describe('each example compiles, pasted into a flow', () => {
  const files = examples.map((example, n) => {
    const steps =
      example.kind === 'step'
        ? (parse(example.yaml) as Step[])
        : [{ ask: 'asked', text: 'Apa?', ...(parse(example.yaml) as Step) }];
    return around(`example-${n}`, steps);
  });
  const checked = checkOf(Object.assign({}, ...files) as Files);

  test.each(examples.map((example, n) => [`${example.of}, example ${n}`, n] as const))('%s', async (_, n) => {
    const { faults } = await checked;
    expect(faults.filter(({ file }) => file === `flows/example-${n}.yaml`).map(printFault)).toEqual([]);
  });
});

type Step = { [key: string]: unknown };

/** A flow around an example: what it speaks of is there, and where it goes. */
function around(flow: string, steps: Step[]): Files {
  const text = JSON.stringify(steps);
  const all = (pattern: RegExp): string[] => [
    ...new Set([...text.matchAll(pattern)].map(([, name]) => name!)),
  ];
  const own = new Set(steps.map((step) => Object.keys(step)[0] !== 'go' && Object.values(step)[0]));
  const targets = all(/"(?:go|else|otherwise)":"(\w+)"/gu).filter((target) => !own.has(target));
  const variables = new Set([...all(/vars\.(\w+)/gu), ...all(/\{(\w+)\}/gu)]);
  const item = /"item":"([^"]*)"/u.exec(text)?.[1] ?? '';
  const known: readonly string[] = CONVERSATION_ARGUMENTS;
  return {
    [`${flow}.yaml`]: {
      flow,
      title: 'Contoh',
      service: 'usaha',
      steps: [
        ...[...variables]
          .filter((name) => !known.includes(name) && !item.includes(`{${name}}`))
          .map((name) => ({ set: name, to: "'x'" })),
        ...all(/answers\.(\w+)/gu)
          .filter((name) => !own.has(name))
          .map((name) => ({ ask: name, text: 'Apa?', answer: { type: 'text' } })),
        ...steps,
        ...targets.map((target) => ({ end: target })),
      ],
    },
    ...Object.fromEntries(
      all(/"flow":"([\w-]+)"/gu).map((named) => [
        `named/${named}.yaml`,
        { flow: named, title: named, by_button: true, steps: [{ end: 'told', text: 'Baik.' }] },
      ]),
    ),
  };
}
