import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { NeedFile, unpackedNeed } from '../understand/need.js';
import type { Need } from '../understand/need.js';
import type { FlowFault } from '../yamlFile.js';
import { shown } from './files.js';

/** What was learned, and what it was learned of. */
export const NEED_FILE = 'words/need.json';
export const LESSONS = 'words/lessons';
/** Phrases of which the lessons say whether they were heard. */
const PHRASES = 'words/emergency.yaml';
const CURE = 'run `kentongan learn`';

/** flows/words/need.json; null where it is missing, which is a fault only where there are lessons. */
export function readNeed(dir: string, faults: FlowFault[]): Need | null {
  const file = shown(dir, NEED_FILE);
  const text = needText(dir);
  if (text === null) {
    if (existsSync(join(dir, LESSONS)))
      faults.push({ file, line: 1, what: 'this file is missing, though there are lessons', cure: CURE });
    return null;
  }
  try {
    return unpackedNeed(NeedFile.parse(JSON.parse(text)));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    faults.push({ file, line: 1, what: `this file cannot be read: ${why}`, cure: CURE });
    return null;
  }
}

/** That something was learned of other lessons than those that are there. */
export function staleNeed(dir: string): FlowFault[] {
  const text = needText(dir);
  if (text === null) return [];
  const learned = z.looseObject({ lessons: z.string() }).safeParse(jsonOf(text));
  if (!learned.success || learned.data.lessons === lessonsHash(dir)) return [];
  return [
    {
      file: shown(dir, NEED_FILE),
      line: 1,
      what: `the lessons of ${LESSONS}/, or ${PHRASES}, have changed since this was learned`,
      cure: CURE,
    },
  ];
}

/** SHA-256 of the lessons and of the phrases of emergency.yaml. */
export function lessonsHash(dir: string): string {
  const hash = createHash('sha256');
  for (const name of lessonFiles(dir)) hash.update(readFileSync(join(dir, LESSONS, name)));
  return hash.update(readFileSync(join(dir, PHRASES))).digest('hex');
}

export function lessonFiles(dir: string): string[] {
  return readdirSync(join(dir, LESSONS))
    .filter((name) => name.endsWith('.csv'))
    .toSorted();
}

function needText(dir: string): string | null {
  const path = join(dir, NEED_FILE);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
