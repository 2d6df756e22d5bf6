import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { Sample } from '../understand/measure.js';
import { lessonFiles, LESSONS } from './need.js';

const Lessons = z.array(z.strictObject({ phrase: z.string().min(1), intent: z.string().min(1) }));
const Samples = z.array(z.object({ phrase: z.string(), intent: z.string() }));

/** flows/words/lessons/*.csv: what was said, and the kind of emergency it tells of, or another intent: none. */
export function readLessons(dir: string): Sample[] {
  return lessonFiles(dir).flatMap((name) => Lessons.parse(rowsOf(join(dir, LESSONS, name))));
}

/** A CSV of `phrase,intent`, which may have more columns. Throws where a line lacks one of the two. */
export function readSamples(file: string): Sample[] {
  return Samples.parse(rowsOf(file));
}

function rowsOf(file: string): unknown {
  return parse(readFileSync(file), { columns: true, skip_empty_lines: true, bom: true });
}
