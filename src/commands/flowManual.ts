import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EFFECTS, LOOK_UPS, START_VARS } from '../flow/names.js';
import type { EffectNames } from '../flow/names.js';
import { AnswerSpec, STEP_TYPES } from '../flow/schema.js';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

/** One example of the manual: of a step, or of a type of answer. */
export interface ManualExample {
  of: string;
  kind: 'step' | 'answer';
  yaml: string;
}

/**
 * The manual of the flow language (docs/flow-language.md), made of what stands beside the code: the docstrings of
 * flow/steps, flow/answers and flow/schema.ts, and the tables of names. It needs the sources, as they lie in the
 * repository.
 */
export async function flowManual(): Promise<{ page: string; examples: ManualExample[] }> {
  const schema = await readFile(join(SOURCES, 'flow/schema.ts'), 'utf8');
  const steps = await docsIn('flow/steps', /export const \w+: StepKind<'(\w+)'>/u);
  const answers = new Map([
    ...docsOfOptions(schema),
    ...(await docsIn('flow/answers', /export const \w+: Parser<'(\w+)'>/u)),
  ]);
  const types = AnswerSpec.options.map((option) => option.shape.type.value);
  const lookUps = docsOfKeys(
    partOf(await readFile(join(SOURCES, 'core/lookup.ts'), 'utf8'), 'export interface LookUps {'),
  );
  const page = [
    '# The flow language',
    '<!-- Made by `kentongan check --manual` from the docstrings of src/flow: edit those, not this page. -->',
    firstDoc(schema),
    '## The head of a file',
    fieldsOf(schema, 'FlowFile'),
    '## Steps',
    `A flow runs its steps from the first to the last. Every step may have \`if:\`; where that is false, it is passed over.`,
    ...STEP_TYPES.flatMap((type) => [
      `### ${type}`,
      demanded(steps, type, `src/flow/steps has no docstring for ${type}`),
      fieldsOf(schema, schemaName(type)),
    ]),
    '## Answers',
    docBefore(schema, 'export const AnswerSpec'),
    ...types.flatMap((type) => [
      `### ${type}`,
      demanded(answers, type, `no docstring tells of the answer ${type}`),
    ]),
    '## Look-ups',
    'What a `look_up` may read: its arguments (those in brackets may be left out) and the parts of what it finds.',
    ...Object.entries(LOOK_UPS).map(([name, { args, more, result }]) =>
      entry(name, [...args, ...more.map((arg: string) => `[${arg}]`)], result, lookUps.get(name)),
    ),
    '## Effects',
    'What a `do` may ask for, with its arguments and the parts of its result.',
    ...Object.entries(EFFECTS as { [name: string]: EffectNames | null }).flatMap(([name, known]) =>
      known
        ? [entry(name, [...known.with, ...known.more.map((arg) => `[${arg}]`)], known.result, undefined)]
        : [],
    ),
    '## Flows that the program starts',
    'Each must be there. Its variables:',
    ...Object.entries(START_VARS).map(([name, vars]) => `- \`${name}\`: ${coded(vars) || 'none'}`),
  ];
  return {
    page: `${page.filter(Boolean).join('\n\n')}\n`,
    examples: [
      ...STEP_TYPES.flatMap((type) => examplesIn(steps.get(type) ?? '', type, 'step')),
      ...types.flatMap((type) => examplesIn(answers.get(type) ?? '', type, 'answer')),
    ],
  };
}

const DOC = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\//u.source;

/** Docstrings of a folder's files, by the name that the declaration after them tells. */
async function docsIn(folder: string, declaration: RegExp): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of (await readdir(join(SOURCES, folder))).filter((file) => file.endsWith('.ts')).sort()) {
    const source = await readFile(join(SOURCES, folder, name), 'utf8');
    for (const [, doc, type] of source.matchAll(new RegExp(`${DOC}\\s*${declaration.source}`, 'gu')))
      found.set(type!, plain(doc!));
  }
  return found;
}

/** Docstrings of the options of AnswerSpec. */
function docsOfOptions(schema: string): Map<string, string> {
  const options = partOf(schema, 'export const AnswerSpec');
  const found = new Map<string, string>();
  for (const [, doc, type] of options.matchAll(
    new RegExp(`${DOC}\\s*z\\.strictObject\\(\\{\\s*type: z\\.literal\\('(\\w+)'\\)`, 'gu'),
  ))
    found.set(type!, plain(doc!));
  return found;
}

function docsOfKeys(source: string): Map<string, string> {
  return new Map(
    [...source.matchAll(new RegExp(`${DOC}\\s*(\\w+):`, 'gu'))].map(([, doc, key]) => [key!, plain(doc!)]),
  );
}

/** From a declaration to the empty line after it. */
function partOf(source: string, declaration: string): string {
  const from = source.indexOf(declaration);
  if (from < 0) throw new Error(`the sources have no "${declaration}"`);
  const end = source.indexOf('\n}', from);
  return source.slice(from, end < 0 ? undefined : end);
}

function firstDoc(source: string): string {
  return plain(new RegExp(DOC, 'u').exec(source)?.[1] ?? '');
}

function docBefore(source: string, declaration: string): string {
  const before = source.slice(0, source.indexOf(declaration));
  const start = before.lastIndexOf('/**');
  return plain(before.slice(start + 3, before.lastIndexOf('*/')));
}

/** A comment without its stars. */
function plain(doc: string): string {
  return doc
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/u, ''))
    .join('\n')
    .trim();
}

/** The keys of an object of the schema, with what is said of them. */
function fieldsOf(schema: string, name: string): string {
  const from = schema.indexOf(`export const ${name} = z.strictObject({`);
  if (from < 0) throw new Error(`flow/schema.ts has no ${name}`);
  const oneLine = /^.*\}\);/u.exec(schema.slice(from))?.[0];
  const body = oneLine
    ? oneLine.slice(oneLine.indexOf('({') + 2, -3).replace(/,\s*(?=\w+:|\.\.\.)/gu, ',\n  ')
    : schema.slice(schema.indexOf('\n', from), schema.indexOf('\n});', from));
  const fields = `\n${oneLine ? `  ${body.trim()}` : body}`.split(/\n {2}(?=\/\*\*|\w+:)/u).slice(1);
  const lines: string[] = [];
  let said = '';
  for (const field of fields) {
    if (field.startsWith('/**')) {
      said = plain(field.slice(3, field.lastIndexOf('*/'))).replaceAll('\n', ' ');
      continue;
    }
    const key = /^\w+/u.exec(field)![0];
    const isOptional = /\.optional\(\)|\.default\(/u.test(field);
    const choices = /^\w+:\s*z\s*\.enum\(\[([^\]]+)\]/u.exec(field)?.[1]?.replaceAll("'", '`');
    const more = [choices ? `one of ${choices.trim().replace(/,$/u, '')}` : '', said]
      .filter(Boolean)
      .join('. ');
    lines.push(`- \`${key}\`${isOptional ? ' (may be left out)' : ''}${more ? `: ${more}` : ''}`);
    said = '';
  }
  return lines.join('\n');
}

const SCHEMA_NAMES: { [type: string]: string } = { set: 'SetStep' };

function schemaName(type: string): string {
  const words = type.split('_').map((word) => word[0]!.toUpperCase() + word.slice(1));
  return SCHEMA_NAMES[type] ?? words.join('');
}

function entry(
  name: string,
  args: readonly string[],
  result: readonly string[],
  doc: string | undefined,
): string {
  const told = [
    `takes ${coded(args) || 'nothing'}`,
    result.length > 0 ? `gives ${coded(result)}` : 'gives nothing',
  ].join('; ');
  return `- \`${name}\`: ${told}.${doc ? ` ${doc.replaceAll('\n', ' ')}` : ''}`;
}

function coded(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function demanded(docs: ReadonlyMap<string, string>, type: string, what: string): string {
  const doc = docs.get(type);
  if (!doc) throw new Error(what);
  return doc;
}

function examplesIn(doc: string, of: string, kind: ManualExample['kind']): ManualExample[] {
  return [...doc.matchAll(/```yaml\n([\s\S]*?)```/gu)].map(([, yaml]) => ({ of, kind, yaml: yaml! }));
}
