import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { compileWords } from '../words/compile.js';
import { DEFAULT_LANGUAGE } from '../words/languages.js';
import { SYSTEM_TEXTS } from '../words/systemTexts.js';
import type { SystemKey } from '../words/systemTexts.js';
import { checkFlows } from './checks.js';
import type { CompiledFlow, Flows, Localized, ServiceWords } from './compiled.js';
import { at, compileFlow, leaves, tryWords } from './compileFlow.js';
import type { CompileResult, ReadFlow } from './compileFlow.js';
import { FlowFile, ServicesFile } from './schema.js';
import type { Service } from './schema.js';
import { schemaFaults } from './schemaFaults.js';
import { stepFaults } from './stepFaults.js';
import { createVocabulary, WORD_LISTS } from './understand/vocabulary.js';
import type { Vocabulary } from './understand/vocabulary.js';
import { readYaml } from './yamlFile.js';
import type { FlowFault, YamlFile, YamlPath } from './yamlFile.js';

export type { FlowFault } from './yamlFile.js';
export type { CompiledFlow, Flows } from './compiled.js';

/** Flows that do not hold: every fault, with file, line and cure. */
export class FlowFaultsError extends Error {
  override readonly name = 'FlowFaultsError';
  constructor(readonly faults: FlowFault[]) {
    super(faults.map(printFault).join('\n'));
  }
}

/** `flows/services/x.yaml:12  what is wrong — what cures it`. */
export function printFault(fault: FlowFault): string {
  return `${fault.file}:${fault.line}  ${fault.warning ? '(warning) ' : ''}${fault.what} — ${fault.cure}`;
}

/** How much of each further language there is. */
export interface Coverage {
  language: string;
  texts: number;
  missing: { file: string; keys: string[] }[];
}

export interface LoadResult {
  /** null where a fault stands in the way. */
  flows: Flows | null;
  faults: FlowFault[];
  coverage: Coverage[];
}

/** Reads and compiles all flows under a directory. Throws `FlowFaultsError` where any does not hold. */
export async function loadFlows(dir: string): Promise<Flows> {
  const { flows, faults } = await readFlows(dir);
  const serious = faults.filter((fault) => !fault.warning);
  if (!flows || serious.length > 0) throw new FlowFaultsError(serious);
  return flows;
}

/** Older versions' step orders, so that a conversation begun with one goes on near where it was. */
export function withHistory(
  flows: Flows,
  versions: readonly { flow: string; hash: string; steps: readonly string[] }[],
): Flows {
  const history = new Map<string, Map<string, readonly string[]>>();
  for (const { flow, hash, steps } of versions)
    history.set(flow, (history.get(flow) ?? new Map<string, readonly string[]>()).set(hash, steps));
  return { ...flows, history };
}

/** The present versions, as they are kept for later (table flow_versions). */
export function versionsOf(flows: Flows): { flow: string; hash: string; steps: string[] }[] {
  return [...flows.byId.values()].map((flow) => ({
    flow: flow.id,
    hash: flow.hash,
    steps: flow.steps.map((step) => step.id),
  }));
}

/** Reads everything and tells every fault; compiles as far as it goes. */
export async function readFlows(dir: string): Promise<LoadResult> {
  const faults: FlowFault[] = [];
  const files = await readFiles(dir, faults);
  const services = readServices(files, dir, faults);
  const languages = languagesOf(files);
  const serviceWords = wordServices(services, files, languages, faults);
  const system = readSystem(files, languages, faults);
  const vocabulary = readVocabulary(files, faults);
  const results: CompileResult[] = [];
  for (const read of readFlowFiles(files, languages, faults)) {
    const result = compileFlow(read, serviceWords.words);
    faults.push(...result.faults);
    if (results.some(({ flow }) => flow.id === result.flow.id))
      faults.push({
        file: read.yaml.file,
        line: read.yaml.lineOf(['flow']),
        what: `the flow "${result.flow.id}" is there already, in ${results.find(({ flow }) => flow.id === result.flow.id)!.flow.file}`,
        cure: 'give one of them another name',
      });
    else results.push(result);
  }
  const coverage = languages.map((language): Coverage => {
    const missing = [
      ...results.map((result) => ({
        file: textFile(language, result.flow.id),
        keys: result.missing.get(language) ?? [],
      })),
      { file: textFile(language, 'catalogue'), keys: serviceWords.missing.get(language) ?? [] },
      { file: textFile(language, 'system'), keys: system.missing.get(language) ?? [] },
    ].filter(({ keys }) => keys.length > 0);
    const texts = results.reduce(
      (sum, result) => sum + result.texts.length,
      Object.keys(SYSTEM_TEXTS).length,
    );
    return { language, texts, missing };
  });
  if (!vocabulary) return { flows: null, faults, coverage };
  const byId = new Map(results.map(({ flow }) => [flow.id, flow]));
  const flows: Flows = {
    byId,
    byIntent: new Map(
      [...byId.values()].flatMap((flow): [string, CompiledFlow][] =>
        flow.intent ? [[flow.intent, flow]] : [],
      ),
    ),
    services: Object.fromEntries(Object.entries(services?.value ?? {})),
    serviceWords: serviceWords.words,
    languages: [
      DEFAULT_LANGUAGE,
      ...coverage.filter(({ missing }) => missing.length === 0).map(({ language }) => language),
    ],
    system: system.texts,
    vocabulary,
    history: new Map(),
  };
  faults.push(...checkFlows(flows, results));
  return { flows, faults: sorted(faults), coverage };
}

function sorted(faults: FlowFault[]): FlowFault[] {
  return faults.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}

type Files = Map<string, YamlFile>;

/** All YAML files, by their path from the directory. */
async function readFiles(dir: string, faults: FlowFault[]): Promise<Files> {
  const files: Files = new Map();
  let entries;
  try {
    entries = await readdir(dir, { recursive: true, withFileTypes: true });
  } catch {
    faults.push({
      file: dir,
      line: 1,
      what: 'there is no such folder',
      cure: 'point to the folder that holds the flows',
    });
    return files;
  }
  const names = entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/u.test(entry.name))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort();
  for (const name of names) {
    const path = join(dir, name);
    const { yaml, faults: found } = readYaml(shown(dir, name), await readFile(path, 'utf8'));
    faults.push(...found);
    if (found.length === 0) files.set(name.replaceAll('\\', '/'), yaml);
  }
  return files;
}

/** `flows/services/x.yaml`, whatever the folder's whole path is. */
function shown(dir: string, name: string): string {
  return join(dir.split(/[\\/]/u).filter(Boolean).at(-1) ?? dir, name).replaceAll('\\', '/');
}

function textFile(language: string, name: string): string {
  return `text/${language}/${name}.yaml`;
}

function languagesOf(files: Files): string[] {
  const found = new Set<string>();
  for (const name of files.keys()) {
    const language = /^text\/([^/]+)\//u.exec(name)?.[1];
    if (language && language !== DEFAULT_LANGUAGE) found.add(language);
  }
  return [...found].sort();
}

function readFlowFiles(files: Files, languages: string[], faults: FlowFault[]): ReadFlow[] {
  const flows: ReadFlow[] = [];
  for (const [name, yaml] of files) {
    if (/^(?:text|words|letters)\//u.test(name) || name === 'services.yaml') continue;
    const own = [...headFaults(yaml), ...stepFaults(yaml)];
    faults.push(...own);
    if (own.length > 0) continue;
    const parsed = FlowFile.safeParse(yaml.value);
    if (!parsed.success) {
      faults.push(...schemaFaults(yaml, parsed.error));
      continue;
    }
    const overlays = new Map(
      languages.flatMap((language) => {
        const overlay = files.get(textFile(language, parsed.data.flow));
        return overlay
          ? [[language, overlay] as const]
          : [[language, empty(language, parsed.data.flow)] as const];
      }),
    );
    flows.push({ raw: parsed.data, yaml, overlays });
  }
  for (const name of files.keys()) {
    const of = /^text\/[^/]+\/(.+)\.yaml$/u.exec(name)?.[1];
    if (!of || of === 'system' || of === 'catalogue' || flows.some(({ raw }) => raw.flow === of)) continue;
    if (faults.some((fault) => !fault.warning)) continue;
    faults.push({
      file: files.get(name)!.file,
      line: 1,
      what: `these are words of a flow "${of}" that is not there`,
      cure: 'name the file after a flow, or take it out',
    });
  }
  return flows;
}

function empty(language: string, flow: string): YamlFile {
  return { file: textFile(language, flow), value: {}, lineOf: () => 1 };
}

/** Faults at the top of a flow file: its steps are looked at one by one, since a union's faults tell nothing. */
function headFaults(yaml: YamlFile): FlowFault[] {
  const parsed = FlowFile.omit({ steps: true })
    .extend({ steps: z.array(z.unknown()).min(1) })
    .safeParse(yaml.value);
  return parsed.success ? [] : schemaFaults(yaml, parsed.error);
}

function readServices(
  files: Files,
  dir: string,
  faults: FlowFault[],
): { value: { [id: string]: Service }; yaml: YamlFile } | null {
  const yaml = files.get('services.yaml');
  if (!yaml) {
    faults.push({
      file: shown(dir, 'services.yaml'),
      line: 1,
      what: 'the catalogue of services is missing',
      cure: 'add it, or mend it',
    });
    return null;
  }
  const parsed = ServicesFile.safeParse(yaml.value);
  if (parsed.success) return { value: parsed.data, yaml };
  faults.push(...schemaFaults(yaml, parsed.error));
  return null;
}

function wordServices(
  services: ReturnType<typeof readServices>,
  files: Files,
  languages: string[],
  faults: FlowFault[],
): { words: Map<string, ServiceWords>; missing: Map<string, string[]> } {
  const missing = new Map<string, string[]>(languages.map((language) => [language, []]));
  const words = new Map<string, ServiceWords>();
  const used = new Set<string>();
  for (const [id, service] of Object.entries(services?.value ?? {})) {
    const localize = (path: YamlPath, source: string, key: YamlPath): Localized => {
      const localized: { [language: string]: ReturnType<typeof compileWords> } = {};
      const own = tryWords(source, DEFAULT_LANGUAGE, (what, cure) =>
        faults.push({ file: services!.yaml.file, line: services!.yaml.lineOf(path), what, cure }),
      );
      localized[DEFAULT_LANGUAGE] = own ?? compileWords('…', DEFAULT_LANGUAGE);
      for (const language of languages) {
        const overlay = files.get(textFile(language, 'catalogue'));
        const text = overlay ? at(overlay.value, key) : undefined;
        used.add(key.join('\n'));
        if (typeof text !== 'string') {
          missing.get(language)!.push(key.join('.'));
          continue;
        }
        const compiled = tryWords(text, language, (what, cure) =>
          faults.push({ file: overlay!.file, line: overlay!.lineOf(key), what, cure }),
        );
        if (compiled) localized[language] = compiled;
      }
      return localized;
    };
    words.set(id, {
      title: localize([id, 'title'], service.title, [id, 'title']),
      promise: localize([id, 'promise'], service.promise, [id, 'promise']),
      checklist: service.checklist.map((item, i) => ({
        id: item.id,
        text: localize([id, 'checklist', i, 'text'], item.text, [id, 'checklist', item.id]),
        by: item.by,
        kind: item.kind ?? 'document',
        optional: item.optional,
      })),
    });
  }
  for (const language of languages) {
    const overlay = files.get(textFile(language, 'catalogue'));
    for (const key of overlay ? leaves(overlay.value) : [])
      if (!used.has(key.join('\n')))
        faults.push({
          file: overlay!.file,
          line: overlay!.lineOf(key),
          what: `"${key.join('.')}" is no text of the catalogue`,
          cure: 'use <service>: { title, promise, checklist: { <item>: … } }',
        });
  }
  return { words, missing };
}

function readSystem(
  files: Files,
  languages: string[],
  faults: FlowFault[],
): { texts: Flows['system']; missing: Map<string, string[]> } {
  const missing = new Map<string, string[]>(languages.map((language) => [language, []]));
  const texts: { [key: string]: { [language: string]: ReturnType<typeof compileWords> } } = {};
  for (const language of [DEFAULT_LANGUAGE, ...languages]) {
    const name = textFile(language, 'system');
    const yaml = files.get(name);
    const values = (yaml?.value ?? {}) as { [key: string]: unknown };
    for (const key of Object.keys(SYSTEM_TEXTS) as SystemKey[]) {
      texts[key] ??= { [DEFAULT_LANGUAGE]: compileWords('…', DEFAULT_LANGUAGE) };
      const text = values[key];
      if (typeof text !== 'string') {
        if (language === DEFAULT_LANGUAGE)
          faults.push({
            file: yaml?.file ?? name,
            line: 1,
            what: `the text "${key}" is missing`,
            cure: 'add it: the engine says it itself',
          });
        else missing.get(language)!.push(key);
        continue;
      }
      const words = tryWords(text, language, (what, cure) =>
        faults.push({ file: yaml!.file, line: yaml!.lineOf([key]), what, cure }),
      );
      if (words) texts[key]![language] = words;
    }
    for (const key of Object.keys(values))
      if (!(key in SYSTEM_TEXTS))
        faults.push({
          file: yaml!.file,
          line: yaml!.lineOf([key]),
          what: `the engine says no text "${key}"`,
          cure: 'check its spelling, or take it out',
        });
  }
  return { texts: texts as unknown as Flows['system'], missing };
}

const WordLists = z.strictObject(
  Object.fromEntries(WORD_LISTS.map((list) => [list, z.array(z.coerce.string()).min(1)])) as {
    [K in (typeof WORD_LISTS)[number]]: z.ZodArray<z.ZodCoercedString>;
  },
);
const WORD_FILES = {
  always: WordLists,
  abbreviations: z.record(z.string(), z.coerce.string()),
  synonyms: z.record(z.string(), z.array(z.coerce.string())),
  emergency: z.record(
    z.string().regex(/^[a-z_]+(\.[a-z_]+)*$/u),
    z.strictObject({
      phrases: z.array(z.string()).min(1),
      together: z.array(z.array(z.string()).min(2)).default([]),
      except: z.array(z.string()).default([]),
    }),
  ),
};

function readVocabulary(files: Files, faults: FlowFault[]): Vocabulary | null {
  const values: { [name: string]: unknown } = {};
  let isWhole = true;
  for (const [name, schema] of Object.entries(WORD_FILES)) {
    const yaml = files.get(`words/${name}.yaml`);
    const parsed = yaml ? schema.safeParse(yaml.value) : null;
    if (parsed?.success) values[name] = parsed.data;
    else {
      isWhole = false;
      if (!yaml)
        faults.push({
          file: `words/${name}.yaml`,
          line: 1,
          what: 'this file is missing',
          cure: 'add it, or mend it',
        });
      else faults.push(...schemaFaults(yaml, parsed!.error));
    }
  }
  return isWhole ? createVocabulary(values as unknown as Parameters<typeof createVocabulary>[0]) : null;
}
