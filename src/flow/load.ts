import { setImmediate as breathe } from 'node:timers/promises';
import { z } from 'zod';
import { DEFAULT_LANGUAGE } from '../words/languages.js';
import { spokenTexts } from './check/placed.js';
import { checkChecklists } from './check/unsafe.js';
import { checkFlows, checkTexts } from './checks.js';
import type { CompiledFlow, Flows } from './compiled.js';
import { compileFlow } from './compileFlow.js';
import type { CompileResult, ReadFlow } from './compileFlow.js';
import { readAllowed } from './load/allowed.js';
import { readFiles, textFile } from './load/files.js';
import type { Files, Overlay } from './load/files.js';
import { readLanguages } from './load/languages.js';
import { readLetters } from './load/letters.js';
import { readNeed } from './load/need.js';
import { readServices, wordServices } from './load/services.js';
import { readSystem } from './load/system.js';
import { readVocabulary } from './load/words.js';
import { FlowFile } from './schema.js';
import { schemaFaults } from './schemaFaults.js';
import { stepFaults } from './stepFaults.js';
import { placedTexts } from './texts/places.js';
import type { PlacedText } from './texts/places.js';
import type { FlowFault, YamlFile } from './yamlFile.js';

/** How many flows are compiled in one go: some milliseconds. */
const FLOWS_AT_ONCE = 8;

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
  /** As its speakers call it. */
  name: string;
  texts: number;
  missing: { file: string; keys: string[] }[];
  /** `check` demands it complete. */
  demanded: boolean;
  /** Whoever must still look it over. */
  awaiting: 'native reader' | 'native speaker' | null;
  /** Complete, and approved by somebody who speaks it. */
  offered: boolean;
}

export interface LoadResult {
  /** null where a fault stands in the way. */
  flows: Flows | null;
  faults: FlowFault[];
  coverage: Coverage[];
  /** Every text with its place, in the order of the files: what translators are handed. */
  texts: PlacedText[];
}

/** Reads and compiles all flows under a directory. Throws `FlowFaultsError` where any does not hold. */
export async function loadFlows(dir: string, over?: Overlay): Promise<Flows> {
  const { flows, faults } = await readFlows(dir, over);
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

/**
 * Reads everything and tells every fault; compiles as far as it goes. `over`: texts in place of files' own. It may be
 * called beside running conversations: every few flows it lets others have their turn.
 */
export async function readFlows(dir: string, over?: Overlay): Promise<LoadResult> {
  const faults: FlowFault[] = [];
  const files = await readFiles(dir, faults, over);
  const services = readServices(files, dir, faults);
  const known = readLanguages(files, faults);
  const languages = known.map(({ code }) => code);
  const serviceWords = wordServices(services, files, languages, faults);
  const system = readSystem(files, languages, faults);
  const vocabulary = readVocabulary(files, readNeed(dir, faults), faults);
  const allowed = readAllowed(files, over, faults);
  const results: CompileResult[] = [];
  for (const read of readFlowFiles(files, languages, faults)) {
    if (results.length % FLOWS_AT_ONCE === 0) await breathe();
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
  const texts = placedTexts(results, serviceWords.placed, system.texts);
  const coverage = known.map(({ code: language, ...about }): Coverage => {
    const missing = [
      ...results.map((result) => ({
        file: textFile(language, result.flow.id),
        keys: result.missing.get(language) ?? [],
      })),
      { file: textFile(language, 'catalogue'), keys: serviceWords.missing.get(language) ?? [] },
      { file: textFile(language, 'system'), keys: system.missing.get(language) ?? [] },
    ].filter(({ keys }) => keys.length > 0);
    return {
      language,
      name: about.name,
      texts: texts.length,
      missing,
      demanded: about.demanded,
      awaiting: about.awaiting,
      offered: missing.length === 0 && about.approved,
    };
  });
  const letters = readLetters(
    files,
    services?.value ?? {},
    results.map(({ flow }) => flow),
    services && { file: services.yaml.file, lineOf: (id) => services.yaml.lineOf([id]) },
    faults,
  );
  if (!vocabulary) return { flows: null, faults, coverage, texts };
  const byId = new Map(results.map(({ flow }) => [flow.id, flow]));
  const flows: Flows = {
    byId,
    byIntent: new Map(
      [...byId.values()].flatMap((flow): [string, CompiledFlow][] =>
        flow.intent ? [[flow.intent, flow]] : [],
      ),
    ),
    services: Object.fromEntries(
      Object.entries(services?.value ?? {}).map(([id, service]) => [
        id,
        letters.has(id) ? { ...service, letter: letters.get(id) } : service,
      ]),
    ),
    serviceWords: serviceWords.words,
    languages: [
      DEFAULT_LANGUAGE,
      ...coverage.filter(({ offered }) => offered).map(({ language }) => language),
    ],
    system: system.texts,
    vocabulary,
    history: new Map(),
  };
  faults.push(
    ...checkFlows(flows, results),
    ...checkTexts(flows, results, spokenTexts(flows, texts, files), allowed),
    ...checkCatalogue(services),
  );
  return { flows, faults: sorted(faults), coverage, texts };
}

function checkCatalogue(services: ReturnType<typeof readServices>): FlowFault[] {
  if (!services) return [];
  const { value, yaml } = services;
  return checkChecklists(value, yaml.file, (id, item) => yaml.lineOf([id, 'checklist', item]));
}

function sorted(faults: FlowFault[]): FlowFault[] {
  return faults.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}

function readFlowFiles(files: Files, languages: string[], faults: FlowFault[]): ReadFlow[] {
  const flows: ReadFlow[] = [];
  for (const [name, yaml] of files) {
    if (/^(?:text|words|letters)\//u.test(name) || name === 'services.yaml' || name === 'allowed.yaml')
      continue;
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
