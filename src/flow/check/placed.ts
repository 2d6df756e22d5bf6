import { DEFAULT_LANGUAGE } from '../../words/languages.js';
import type { Words } from '../../words/compile.js';
import type { CompiledFlow, CompiledStep, Flows } from '../compiled.js';
import { at } from '../compileFlow.js';
import type { CompileResult } from '../compileFlow.js';
import { textFile } from '../load/files.js';
import type { Files } from '../load/files.js';
import type { PlacedText } from '../texts/places.js';
import type { FlowFault } from '../yamlFile.js';

/** One text in one language, with where it stands: what the checks of words go through. */
export interface Spoken {
  language: string;
  words: Words;
  kind: PlacedText['kind'];
  /** The flow and the step that say it; null for the catalogue's and the engine's own. */
  flow: CompiledFlow | null;
  step: CompiledStep | null;
  /** The key of an engine's text, or the flow's id. */
  of: string;
  limit: number | null;
  fault(what: string, cure: string, warning?: boolean): FlowFault;
}

/** All texts in all languages that have them. */
export function spokenTexts(flows: Flows, texts: readonly PlacedText[], files: Files): Spoken[] {
  return texts.flatMap((text) =>
    Object.entries(text.words).map(([language, words]): Spoken => {
      const flow = flows.byId.get(text.overlay.name) ?? null;
      const id = text.overlay.keys[0]![0];
      return {
        language,
        words,
        kind: text.kind,
        flow,
        step: flow?.steps[flow.places.get(String(id)) ?? -1] ?? null,
        of: flow?.id ?? String(id),
        limit: text.limit,
        fault: (what, cure, warning = false) => ({
          ...placeOf(text, language, files),
          what,
          cure,
          ...(warning ? { warning } : {}),
        }),
      };
    }),
  );
}

const LITERAL = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gu;

/**
 * What expressions hold between quotation marks: `set` makes a value of it that a text may show, so that it is looked
 * over as texts are. All of one expression are one text: they may be put together.
 */
export function writtenValues(results: readonly CompileResult[]): Spoken[] {
  return results.flatMap(({ flow, expressions }) =>
    expressions.flatMap((used): Spoken[] => {
      const { expression } = used;
      const literals = expression.source.match(LITERAL) ?? [];
      if (literals.length === 0) return [];
      const source = literals.map((literal) => literal.slice(1, -1)).join('');
      return [
        {
          language: DEFAULT_LANGUAGE,
          words: { source, constant: source, arguments: [], fill: () => source },
          kind: 'say',
          flow,
          step: null,
          of: flow.id,
          limit: null,
          fault: (what, cure, warning = false) => ({
            file: flow.file,
            // Looked for only where there is something to tell.
            line: used.line,
            what,
            cure,
            ...(warning ? { warning } : {}),
          }),
        },
      ];
    }),
  );
}

/** File and line of a text: found only where there is something to tell. */
function placeOf(text: PlacedText, language: string, files: Files): { file: string; line: number } {
  const isOwn = language === DEFAULT_LANGUAGE;
  const name = isOwn ? text.source.file : textFile(language, text.overlay.name);
  const yaml = files.get(name);
  const key = isOwn
    ? text.source.path
    : text.overlay.keys.find((candidate) => typeof at(yaml?.value, candidate) === 'string');
  return { file: yaml?.file ?? name, line: yaml && key ? yaml.lineOf(key) : 1 };
}

/**
 * The sentences of a text, with every branch of a choice of words: arguments read as `…`, and what stands between
 * quotation marks (words to be typed) is taken out.
 */
export function sentencesOf(source: string): string[] {
  return source
    .replace(/\{\s*\w+\s*\}/gu, '…')
    .replace(/\{\s*\w+\s*,\s*(?:select|plural|selectordinal)\s*,/gu, ' ')
    .replace(/(?:^|\s)(?:=\d+|\w+)\s*\{/gu, '\n')
    .replace(/\{[^{}]*\}/gu, '…')
    .replaceAll('}', '\n')
    .replace(/["“”][^"“”\n]*["“”]/gu, '“”')
    .replace(/\b(No|Jl|Kec|Kab|Ds|Bpk|Dr|St)\.(?=\s)/giu, '$1')
    .split(/(?<=[.!?;])\s+|[\n•]+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /\p{L}/u.test(sentence));
}
