import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { DEFAULT_LANGUAGE } from '../../words/languages.js';
import { readYaml } from '../yamlFile.js';
import type { FlowFault, YamlFile } from '../yamlFile.js';

/** All YAML files of the flows, by their path from the folder. */
export type Files = Map<string, YamlFile>;

/** What lies over the files of a folder: the text of each, by its path there; null where it is taken away. */
export type Overlay = ReadonlyMap<string, string | null>;

/** Files read in one go, before others have their turn: some ten milliseconds. */
const AT_ONCE = 8;
const SEEN = /^text\/[a-z]{2,3}-seen\.yaml$/u;

/** All YAML files, by their path from the directory, with what lies over them. */
export async function readFiles(dir: string, faults: FlowFault[], over?: Overlay): Promise<Files> {
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
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  for (const [at, name] of [...new Set([...names, ...(over?.keys() ?? [])])].sort().entries()) {
    if (at % AT_ONCE === 0) await breathe();
    // Some hundred small files: each is there sooner than the event loop would come back to it.
    const text = over?.has(name) ? over.get(name)! : readFileSync(join(dir, name), 'utf8');
    // What translations were made from is no flow's business.
    if (text === null || SEEN.test(name)) continue;
    const { yaml, faults: found } = readYaml(shown(dir, name), text);
    faults.push(...found);
    if (found.length === 0) files.set(name, yaml);
  }
  return files;
}

/** `flows/services/x.yaml`, whatever the folder's whole path is. */
export function shown(dir: string, name: string): string {
  return join(dir.split(/[\\/]/u).filter(Boolean).at(-1) ?? dir, name).replaceAll('\\', '/');
}

/** Where the words of a flow, of the catalogue or of the engine stand in a language. */
export function textFile(language: string, name: string): string {
  return `text/${language}/${name}.yaml`;
}

/** Languages beside the default one, found by their folders. */
export function languagesOf(files: Files): string[] {
  const found = new Set<string>();
  for (const name of files.keys()) {
    const language = /^text\/([^/]+)\//u.exec(name)?.[1];
    if (language && language !== DEFAULT_LANGUAGE) found.add(language);
  }
  return [...found].sort();
}
