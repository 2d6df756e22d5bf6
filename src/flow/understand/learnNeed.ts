import { featuresOf, KIND_PLACES, PLACES, SCALES } from './need.js';
import type { Told, Weights } from './need.js';

/** Something that was said, and the kind of need that it tells of; null: none. */
export interface Lesson extends Told {
  kind: string | null;
}

const ROUNDS = 20;
/** Rounds that are not counted: weights still move far. */
const EARLY = 8;
const PACE = 0.25;
/** Keeps what is seen once or twice from telling too much. */
const RESTRAINT = 0.02;
/** One cry that is passed over weighs as much as so many false alarms. */
const CARE = 1.25;

/**
 * Logistic regression over what is known of each lesson, the mean of its later rounds: by themselves weights lean towards
 * whatever was learned last. In the same order each time: the same lessons give the same weights.
 */
export function learnNeed(lessons: readonly Lesson[], kinds: readonly string[]): Weights {
  const rows = rowsOf(lessons);
  const cries = rowsOf(lessons.filter(({ kind }) => kind !== null));
  return {
    ...regression(rows, (lesson) => lesson.kind !== null, PLACES, CARE),
    kinds: kinds.map((kind) => ({
      kind,
      ...regression(cries, (lesson) => lesson.kind === kind, KIND_PLACES, 1),
    })),
  };
}

/** The features of all lessons in one row: some ten thousand small arrays take longer. */
interface Rows {
  lessons: readonly Lesson[];
  places: Int32Array;
  /** Where the parts of lesson `n` end: three numbers each, after those of the one before. */
  ends: Int32Array;
}

function rowsOf(lessons: readonly Lesson[]): Rows {
  const each = lessons.map(featuresOf);
  const places = new Int32Array(each.reduce((sum, { places: own }) => sum + own.length, 0));
  const ends = new Int32Array(each.length * SCALES.length);
  let begin = 0;
  for (const [n, { places: own, ends: parts }] of each.entries()) {
    places.set(own, begin);
    for (const [part, end] of parts.entries()) ends[n * SCALES.length + part] = begin + end;
    begin += own.length;
  }
  return { lessons, places, ends };
}

function regression(
  { lessons, places, ends }: Rows,
  isMeant: (lesson: Lesson) => boolean,
  size: number,
  care: number,
): { bias: number; weights: Float64Array } {
  const mask = size - 1;
  const weights = new Float64Array(size);
  const sums = new Float64Array(size);
  let bias = 0;
  let biases = 0;
  const parts = SCALES.length;
  // Every so many-th in turn: neighbours in the files are alike.
  const stride = coprimeTo(lessons.length);
  for (let round = 0; round < ROUNDS; round++) {
    const pace = PACE / (1 + round * 0.3);
    const keep = 1 - pace * RESTRAINT;
    for (let n = 0; n < lessons.length; n++) {
      const row = (n * stride + round) % lessons.length;
      const begin = row === 0 ? 0 : ends[row * parts - 1]!;
      let logit = bias;
      for (let part = 0, at = begin; part < parts; part++) {
        let own = 0;
        for (const end = ends[row * parts + part]!; at < end; at++) own += weights[places[at]! & mask]!;
        logit += own * SCALES[part]!;
      }
      const is = isMeant(lessons[row]!);
      const step = pace * ((is ? 1 : 0) - 1 / (1 + Math.exp(-logit))) * (is ? care : 1);
      bias += step * 0.1;
      for (let part = 0, at = begin; part < parts; part++) {
        const own = step * SCALES[part]!;
        for (const end = ends[row * parts + part]!; at < end; at++) {
          const place = places[at]! & mask;
          weights[place] = weights[place]! * keep + own;
        }
      }
    }
    if (round < EARLY) continue;
    for (let place = 0; place < size; place++) sums[place]! += weights[place]!;
    biases += bias;
  }
  const rounds = ROUNDS - EARLY;
  return { bias: biases / rounds, weights: sums.map((sum) => sum / rounds) };
}

function coprimeTo(size: number): number {
  let stride = 7919;
  while (size > 0 && size % stride === 0) stride += 2;
  return stride;
}
