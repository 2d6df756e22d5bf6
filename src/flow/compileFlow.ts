import { createHash } from 'node:crypto';
import { compileWords, WordsError } from '../words/compile.js';
import { DEFAULT_LANGUAGE } from '../words/languages.js';
import type {
  CompiledAsk,
  CompiledFlow,
  CompiledStep,
  CompiledValues,
  Localized,
  ServiceWords,
} from './compiled.js';
import { compileExpression, ExpressionError } from './expression.js';
import type { Expression } from './expression.js';
import type { FlowFile, Step, StepType } from './schema.js';
import { compileStep, stepId, typeOf } from './steps/index.js';
import type { FlowFault, YamlFile, YamlPath } from './yamlFile.js';

/** A flow file that passed its schema, with the files that give it other languages. */
export interface ReadFlow {
  raw: FlowFile;
  yaml: YamlFile;
  overlays: ReadonlyMap<string, YamlFile>;
}

/** A text that `check` looks over: who uses which arguments, and where it stands. */
export interface UsedText {
  words: Localized;
  line: number;
  step: string;
  /** Where it stands in the flow's file, and where an overlay has it (the first is how it is written anew). */
  path: YamlPath;
  keys: readonly YamlPath[];
}

export interface UsedExpression {
  expression: Expression;
  line: number;
}

/** What the compiler of a flow hands to a step's own compile function. */
export interface StepCompiler {
  readonly id: string;
  readonly at: number;
  readonly line: number;
  readonly service: ServiceWords | null;
  readonly serviceId: string | null;
  /** A text: in place in the default language, in overlays under `key` of the step. */
  words(key: YamlPath, source: string, inOverlay?: readonly YamlPath[]): Localized;
  /** Further words to understand an option by, from overlays. */
  moreWords(inOverlay: readonly YamlPath[]): string[];
  expression(key: YamlPath, source: string): Expression;
  expressionOr<T>(key: YamlPath, source: string | undefined, otherwise: T): Expression | T;
  values(key: YamlPath, values: { [name: string]: string } | undefined): CompiledValues;
  /** The place of a step that is gone to. */
  target(key: YamlPath, id: string): number;
  fault(key: YamlPath, what: string, cure: string): void;
}

export interface CompileResult {
  flow: CompiledFlow;
  faults: FlowFault[];
  texts: UsedText[];
  expressions: UsedExpression[];
  /** Texts that a language lacks: language → keys. */
  missing: Map<string, string[]>;
}

/** Compiles one flow: reads its texts and expressions, resolves where it goes. Faults are gathered, not thrown. */
export function compileFlow(read: ReadFlow, services: ReadonlyMap<string, ServiceWords>): CompileResult {
  const { raw, yaml, overlays } = read;
  const faults: FlowFault[] = [];
  const texts: UsedText[] = [];
  const expressions: UsedExpression[] = [];
  const missing = new Map<string, string[]>([...overlays.keys()].map((language) => [language, []]));
  const used = new Map<string, Set<string>>([...overlays.keys()].map((language) => [language, new Set()]));
  const fault = (path: YamlPath, what: string, cure: string): void => {
    faults.push({ file: yaml.file, line: yaml.lineOf(path), what, cure });
  };

  const localize = (path: YamlPath, source: string, keys: readonly YamlPath[], step: string): Localized => {
    const localized: { [language: string]: ReturnType<typeof compileWords> } = {};
    const compiled = tryWords(source, DEFAULT_LANGUAGE, (what, cure) => fault(path, what, cure));
    localized[DEFAULT_LANGUAGE] = compiled ?? compileWords('…', DEFAULT_LANGUAGE);
    for (const [language, overlay] of overlays) {
      const key = keys.find((candidate) => typeof at(overlay.value, candidate) === 'string');
      if (!key) {
        missing.get(language)!.push(keys[0]!.join('.'));
        continue;
      }
      used.get(language)!.add(key.join('\n'));
      const words = tryWords(at(overlay.value, key) as string, language, (what, cure) =>
        faults.push({ file: overlay.file, line: overlay.lineOf(key), what, cure }),
      );
      if (words) localized[language] = words;
    }
    texts.push({
      words: localized,
      get line() {
        return yaml.lineOf(path);
      },
      step,
      path,
      keys,
    });
    return localized;
  };

  const places = new Map<string, number>();
  const types = raw.steps.map((step) => typeOf(step));
  raw.steps.forEach((step, i) => {
    const id = stepId(step, types[i]!);
    if (id === null) return;
    if (!places.has(id)) places.set(id, i);
    else if (types[i] !== 'do' && types[i] !== 'set')
      fault(['steps', i], `two steps are called "${id}"`, 'give one of them another name');
  });

  const steps = raw.steps.map((step, i): CompiledStep => {
    const type = types[i]!;
    const id = stepId(step, type) ?? `${type}_${i}`;
    const path: YamlPath = ['steps', i];
    const compiler: StepCompiler = {
      id,
      at: i,
      get line() {
        return yaml.lineOf(path);
      },
      service: raw.service ? (services.get(raw.service) ?? null) : null,
      serviceId: raw.service ?? null,
      words: (key, source, inOverlay = [key]) =>
        localize(
          [...path, ...key],
          source,
          inOverlay.map((k) => [id, ...k]),
          id,
        ),
      moreWords: (inOverlay) =>
        [...overlays].flatMap(([language, overlay]) =>
          inOverlay.flatMap((key) => {
            const words = at(overlay.value, [id, ...key]);
            if (!Array.isArray(words)) return [];
            words.forEach((_, n) => used.get(language)!.add([id, ...key, n].join('\n')));
            return words.filter((word) => typeof word === 'string');
          }),
        ),
      expression: (key, source) => {
        try {
          const expression = compileExpression(source);
          expressions.push({
            expression,
            get line() {
              return yaml.lineOf([...path, ...key]);
            },
          });
          return expression;
        } catch (cause) {
          if (!(cause instanceof ExpressionError)) throw cause;
          fault(
            [...path, ...key],
            `"${source}" is not an expression: ${cause.message}`,
            `write CEL, for example answers.kind == 'other'; a fixed text needs quotes: "'text'"`,
          );
          return compileExpression('null');
        }
      },
      expressionOr: (key, source, otherwise) =>
        source === undefined ? otherwise : compiler.expression(key, source),
      values: (key, values) =>
        Object.entries(values ?? {}).map(
          ([name, source]) => [name, compiler.expression([...key, name], source)] as const,
        ),
      target: (key, target) => {
        const place = places.get(target);
        if (place !== undefined) return place;
        fault(
          [...path, ...key],
          `there is no step "${target}" to go to`,
          `use one of: ${[...places.keys()].slice(0, 12).join(', ')}`,
        );
        return raw.steps.length;
      },
      fault: (key, what, cure) => fault([...path, ...key], what, cure),
    };
    return compileStep(type, step, compiler);
  });

  // A flow that has a step called "title" words its own as `flow_title`.
  const title = localize(['title'], raw.title, [['title'], ['flow_title']], '');
  const phrases = [...overlays].flatMap(([language, overlay]) => {
    const more = at(overlay.value, ['understands']);
    if (!Array.isArray(more)) return [];
    more.forEach((_, i) => used.get(language)!.add(`understands\n${i}`));
    return more.filter((phrase) => typeof phrase === 'string');
  });
  for (const [language, overlay] of overlays)
    for (const key of leaves(overlay.value))
      if (!used.get(language)!.has(key.join('\n')))
        faults.push({
          file: overlay.file,
          line: overlay.lineOf(key),
          what: `"${key.join('.')}" is no text of the flow ${raw.flow}`,
          cure: `take it out, or use a step and key of ${yaml.file}`,
        });

  return {
    flow: {
      id: raw.flow,
      hash: hashOf(raw),
      file: yaml.file,
      intent: raw.intent ?? null,
      title,
      service: raw.service ?? null,
      understands: [...raw.understands, ...phrases],
      commands: raw.commands,
      isForOfficers: raw.for === 'officer',
      needs: raw.needs,
      interrupts: raw.interrupts,
      beside: raw.beside,
      health: raw.health,
      opensByLink: raw.opens_by_link ?? false,
      byButton: raw.by_button ?? false,
      hasDraft: steps.some(
        (step) => step.type === 'do' && (step.effect === 'open_case' || step.effect === 'publish_listing'),
      ),
      steps,
      places,
      asks: asksOf(steps),
    },
    faults,
    texts,
    expressions,
    missing,
  };
}

/** The version of a flow: what it says and does in the default language. Other languages change nothing that waits. */
function hashOf(raw: FlowFile): string {
  return createHash('sha256').update(JSON.stringify(raw)).digest('hex').slice(0, 8);
}

function asksOf(steps: CompiledStep[]): Map<string, CompiledAsk> {
  return new Map(steps.filter((step) => step.type === 'ask').map((step) => [step.id, step]));
}

export function tryWords(
  source: string,
  language: string,
  fault: (what: string, cure: string) => void,
): ReturnType<typeof compileWords> | null {
  try {
    return compileWords(source, language);
  } catch (cause) {
    if (!(cause instanceof WordsError)) throw cause;
    const near = source.slice(Math.max(0, cause.offset - 5), cause.offset + 25).replaceAll('\n', ' ');
    fault(
      `the text cannot be read near "${near}": ${cause.message}`,
      "write arguments as {name}, an apostrophe as ''",
    );
    return null;
  }
}

/** The value at a path of parsed YAML. */
export function at(value: unknown, path: YamlPath): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as { [key: string]: unknown })[String(key)];
  }
  return here;
}

/** Paths of all values that are no maps or lists. */
export function leaves(value: unknown, path: YamlPath = []): YamlPath[] {
  if (typeof value !== 'object' || value === null) return value === null || value === undefined ? [] : [path];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, key]));
}

export type { Step, StepType };
