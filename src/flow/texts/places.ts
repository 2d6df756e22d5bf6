import { DEFAULT_LANGUAGE } from '../../words/languages.js';
import type { SystemKey } from '../../words/systemTexts.js';
import type { CompiledFlow, CompiledStep, Flows, Localized } from '../compiled.js';
import type { CompileResult, UsedText } from '../compileFlow.js';
import type { StepType } from '../schema.js';
import type { YamlPath } from '../yamlFile.js';

/** What WhatsApp shows of a button; with more than three choices they become a list, whose rows are a little longer. */
export const BUTTON_LABEL = 20;
export const ROW_LABEL = 24;
const MOST_BUTTONS = 3;

/** One text of the flows, the catalogue or the engine, with what a translator should know of it. */
export interface PlacedText {
  /** `business-letter · kind · options.trade`: unique, and stable while the step keeps its name. */
  place: string;
  /** The Indonesian words: file by its path from the flows' folder, and where in it. */
  source: { file: string; path: YamlPath };
  /** Where an overlay has it: the file's name, and the keys that are understood, the one to write first. */
  overlay: { name: string; keys: readonly YamlPath[] };
  words: Localized;
  /** The flow's title, or the service's. */
  title: string;
  kind: StepType | 'title' | 'label' | 'hint' | 'button' | 'topic' | 'service' | 'system';
  /** What is said before it, in Indonesian; for a button, the question that it answers. */
  before: string | null;
  /** The most characters of a label that is shown whole; null: as long as a message may be. */
  limit: number | null;
}

/** A text of the catalogue. */
export interface PlacedService {
  service: string;
  path: YamlPath;
  key: YamlPath;
  words: Localized;
}

/** All texts in the order of their files: flows, catalogue, the engine's own. */
export function placedTexts(
  results: readonly CompileResult[],
  services: readonly PlacedService[],
  system: Flows['system'],
): PlacedText[] {
  return [
    ...results.flatMap(({ flow, texts }) => ofFlow(flow, texts)),
    ...services.map(ofService),
    ...Object.entries(system).map(([key, words]) => ofSystem(key as SystemKey, words)),
  ];
}

function ofFlow(flow: CompiledFlow, texts: readonly UsedText[]): PlacedText[] {
  const taken = new Set<string>();
  let said: string | null = null;
  return texts.map((text) => {
    const keys = inOrder(text.keys, taken);
    taken.add(String(keys[0]));
    const step = flow.steps[flow.places.get(text.step) ?? -1];
    const kind = kindOf(text, step);
    const before = kind === 'title' ? null : said;
    if (kind !== 'label' && kind !== 'hint' && kind !== 'button' && kind !== 'title' && kind !== 'topic')
      said = text.words[DEFAULT_LANGUAGE]!.source;
    return {
      place: [flow.id, ...placeOf(keys[0]!)].join(' · '),
      source: { file: flow.file.replace(/^[^/]*\//u, ''), path: text.path },
      overlay: { name: flow.id, keys },
      words: text.words,
      title: flow.title[DEFAULT_LANGUAGE]!.source,
      kind,
      before,
      limit: kind === 'button' ? limitOf(step) : null,
    };
  });
}

/** The shortest key made of names comes first: `options.trade` rather than `options.0.text`. */
function inOrder(keys: readonly YamlPath[], taken: ReadonlySet<string>): YamlPath[] {
  const weight = (key: YamlPath): number =>
    (taken.has(String(key)) ? 100 : 0) + (key.some((part) => typeof part === 'number') ? 10 : 0) + key.length;
  return [...keys].sort((a, b) => weight(a) - weight(b));
}

function placeOf([step, ...rest]: YamlPath): string[] {
  return rest.length === 0 ? [String(step)] : [String(step), rest.join('.')];
}

function kindOf({ path }: UsedText, step: CompiledStep | undefined): PlacedText['kind'] {
  if (!step) return 'title';
  if (path.includes('options') || path.includes('choices') || path.at(-1) === 'send') return 'button';
  if (path.includes('topic')) return 'topic';
  const last = path.at(-1);
  return last === 'label' || last === 'hint' ? last : step.type;
}

function limitOf(step: CompiledStep | undefined): number {
  const count =
    step && 'options' in step ? step.options.length : step?.type === 'say' ? step.choices.length : 0;
  const options = step?.type === 'ask' && step.answer.type === 'choice' ? step.answer.options.length : count;
  return options <= MOST_BUTTONS ? BUTTON_LABEL : ROW_LABEL;
}

function ofService({ service, path, key, words }: PlacedService): PlacedText {
  return {
    place: ['catalogue', ...placeOf(key)].join(' · '),
    source: { file: 'services.yaml', path },
    overlay: { name: 'catalogue', keys: [key] },
    words,
    title: service,
    kind: 'service',
    before: null,
    limit: null,
  };
}

/** The engine's own buttons. */
const BUTTONS: ReadonlySet<SystemKey> = new Set([
  'yes',
  'no',
  'skip',
  'done',
  'send',
  'change',
  'cancel',
  'menu',
  'officer_button',
  'try_again',
  'other',
  'none_of_these',
  'send_location',
  'send_contact',
]);

function ofSystem(key: SystemKey, words: Localized): PlacedText {
  const isButton = BUTTONS.has(key);
  return {
    place: `system · ${key}`,
    source: { file: `text/${DEFAULT_LANGUAGE}/system.yaml`, path: [key] },
    overlay: { name: 'system', keys: [[key]] },
    words,
    title: key,
    kind: isButton ? 'button' : 'system',
    before: null,
    limit: isButton ? BUTTON_LABEL : null,
  };
}
