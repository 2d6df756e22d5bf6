import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from '../../core/path.js';
import { compileWords } from '../../words/compile.js';
import { DEFAULT_LANGUAGE } from '../../words/languages.js';
import type { Localized, ServiceWords } from '../compiled.js';
import { at, leaves, tryWords } from '../compileFlow.js';
import { compileExpression, ExpressionError } from '../expression.js';
import type { Expression } from '../expression.js';
import { PathsFile, ServicesFile } from '../schema.js';
import type { Service } from '../schema.js';
import { schemaFaults } from '../schemaFaults.js';
import { readYaml } from '../yamlFile.js';
import type { FlowFault, YamlFile, YamlPath } from '../yamlFile.js';
import type { PlacedService } from '../texts/places.js';
import { shown, textFile } from './files.js';
import type { Files } from './files.js';

/** A service with the steps of its path. */
type ServiceOnPath = Service & { steps: readonly Step[] };

/** The catalogue, services.yaml: one entry a service, and `paths`, which say how requests go through the office. */
export function readServices(
  files: Files,
  dir: string,
  faults: FlowFault[],
): { value: { [id: string]: ServiceOnPath }; yaml: YamlFile } | null {
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
  const { paths = {}, ...entries } = (yaml.value ?? {}) as { [key: string]: unknown };
  const parsed = ServicesFile.safeParse(entries);
  const read = PathsFile.safeParse(paths);
  if (!parsed.success) faults.push(...schemaFaults(yaml, parsed.error));
  if (!read.success) faults.push(...schemaFaults(yaml, read.error, ['paths']));
  if (!parsed.success || !read.success) return null;
  faults.push(...unknownPaths(parsed.data, Object.keys(read.data), yaml));
  const value = Object.fromEntries(
    Object.entries(parsed.data).map(([id, service]) => [
      id,
      { ...service, steps: read.data[service.path ?? service.kind] ?? [] },
    ]),
  );
  return { value, yaml };
}

/** The catalogue alone, of a folder of flows. Throws where it has faults. */
export async function loadCatalogue(dir: string): Promise<{ [id: string]: ServiceOnPath }> {
  const faults: FlowFault[] = [];
  const { yaml } = readYaml(shown(dir, 'services.yaml'), await readFile(join(dir, 'services.yaml'), 'utf8'));
  const services = readServices(new Map([['services.yaml', yaml]]), dir, faults);
  if (!services || faults.length > 0)
    throw new Error(faults.map(({ line, what }) => `line ${line}: ${what}`).join('\n'));
  return services.value;
}

/** Whoever reads of a path that is not there would take the service for one without steps. */
function unknownPaths(services: { [id: string]: Service }, paths: string[], yaml: YamlFile): FlowFault[] {
  return Object.entries(services).flatMap(([id, { path }]) =>
    path === undefined || paths.includes(path)
      ? []
      : [
          {
            file: yaml.file,
            line: yaml.lineOf([id, 'path']),
            what: `${id}.path: there is no path "${path}"`,
            cure: `use one of: ${paths.join(', ')}, or add it under \`paths\``,
          },
        ],
  );
}

/** Its words in every language: text/<language>/catalogue.yaml. */
export function wordServices(
  services: ReturnType<typeof readServices>,
  files: Files,
  languages: string[],
  faults: FlowFault[],
): { words: Map<string, ServiceWords>; missing: Map<string, string[]>; placed: PlacedService[] } {
  const missing = new Map<string, string[]>(languages.map((language) => [language, []]));
  const words = new Map<string, ServiceWords>();
  const used = new Set<string>();
  const placed: PlacedService[] = [];
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
      placed.push({ service: service.title, path, key, words: localized });
      return localized;
    };
    const conditionOf = (source: string, path: YamlPath): Expression | null => {
      try {
        return compileExpression(source);
      } catch (cause) {
        if (!(cause instanceof ExpressionError)) throw cause;
        const what = `"${source}" is not an expression: ${cause.message}`;
        const line = services!.yaml.lineOf(path);
        faults.push({ file: services!.yaml.file, line, what, cure: 'write it in CEL, over `answers`' });
        return null;
      }
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
        if: item.if === undefined ? null : conditionOf(item.if, [id, 'checklist', i, 'if']),
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
  return { words, missing, placed };
}
