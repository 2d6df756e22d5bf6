import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';

/** A message as need is heard in it. */
export interface Told {
  /** Its words, abbreviations spelled out. */
  typed: readonly string[];
  /** The same in their usual form. */
  usual: readonly string[];
  /** The kind of which a phrase of emergency.yaml was heard, or null. */
  phrase: string | null;
}

/** Tells need from everything else, and its kinds from each other. */
export interface Need {
  /** How much a message is like what was said in need, against all else: logits; above 0 it is more like that. */
  of(told: Told): number;
  /** The kind that it is most like. */
  kindOf(told: Told): string;
  /** Words of the lessons, which are spelled right. */
  words: readonly string[];
}

/** Places where a weight may stand, told by a hash: 2^18 for need, of which kinds use the lower 2^16. */
export const PLACES = 1 << 18;
export const KIND_PLACES = 1 << 16;
/** How much a word in its usual form counts, a typed word, and a letter group: of the last there are many. */
export const SCALES = [1, 0.7, 0.4] as const;
/** Letters of a group, ends of words among them: "au_ma" is heard in "mau mati" and in "mo mau matiii". */
const GROUP = { least: 4, most: 7 };
const GAP = '_'.charCodeAt(0);

/** The places of a message's features, each once; `ends`: where those of each scale end. */
export interface Features {
  places: number[];
  ends: readonly [number, number, number];
}

/** FNV-1a over UTF-16 units: fast, and the same everywhere. */
const SEED = 0x811c9dc5;
const hashed = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);
/** The low bits of FNV alone are poor: the high ones are folded in. */
const placeOf = (hash: number): number => (hash ^ (hash >>> 15)) & (PLACES - 1);

function hashOf(text: string, seed: number): number {
  let hash = hashed(SEED, seed);
  for (let at = 0; at < text.length; at++) hash = hashed(hash, text.charCodeAt(at));
  return hash;
}

/**
 * What is known of a message: words and neighbouring pairs in their usual form, and whether a phrase was heard; the same of
 * the words as typed; and groups of letters over them, which hear a word that nobody spelled so before.
 */
export function featuresOf({ typed, usual, phrase }: Told): Features {
  const places: number[] = [];
  const seen = new Set<number>();
  const add = (hash: number): void => {
    const place = placeOf(hash);
    if (seen.has(place)) return;
    seen.add(place);
    places.push(place);
  };
  const addWords = (words: readonly string[], seed: number): void => {
    for (let at = 0; at < words.length; at++) {
      const word = hashOf(words[at]!, seed);
      add(word);
      if (at + 1 < words.length) add(hashOf(words[at + 1]!, hashed(word, GAP)));
    }
  };
  if (phrase !== null) {
    add(hashOf('#', 1));
    add(hashOf(phrase, 1));
  }
  addWords(usual, 2);
  const first = places.length;
  addWords(typed, 3);
  const second = places.length;
  const text = `_${typed.join('_')}_`;
  for (let at = 0; at < text.length; at++) {
    let hash = hashed(SEED, 4);
    const end = Math.min(text.length, at + GROUP.most);
    for (let to = at; to < end; to++) {
      hash = hashed(hash, text.charCodeAt(to));
      if (to - at + 1 >= GROUP.least) add(hash);
    }
  }
  return { places, ends: [first, second, places.length] };
}

/** The sum of the weights of what is known of a message. */
export function sumOf({ places, ends }: Features, weights: ArrayLike<number>, mask: number): number {
  let sum = 0;
  let at = 0;
  for (let part = 0; part < ends.length; part++) {
    let own = 0;
    for (; at < ends[part]!; at++) own += weights[places[at]! & mask]!;
    sum += own * SCALES[part]!;
  }
  return sum;
}

/** What was learned, as it is used. */
export interface Weights {
  bias: number;
  weights: ArrayLike<number>;
  kinds: { kind: string; bias: number; weights: ArrayLike<number> }[];
}

export function needOf({ bias, weights, kinds }: Weights, words: readonly string[]): Need {
  return {
    words,
    of: (told) => bias + sumOf(featuresOf(told), weights, PLACES - 1),
    kindOf(told) {
      const features = featuresOf(told);
      let best = { kind: '', score: -Infinity };
      for (const one of kinds) {
        const score = one.bias + sumOf(features, one.weights, KIND_PLACES - 1);
        if (score > best.score) best = { kind: one.kind, score };
      }
      return best.kind;
    },
  };
}

/** Weights are kept as so many steps of a size of their own: a byte each, packed. */
const Packed = z.strictObject({ bias: z.number(), step: z.number().positive(), weights: z.base64() });
/** flows/words/need.json, which `kentongan learn` writes. */
export const NeedFile = z.strictObject({
  about: z.string(),
  /** SHA-256 of what it was learned from, see `lessonsHash`. */
  lessons: z.hash('sha256'),
  need: Packed,
  kinds: z.record(z.string(), Packed),
  words: z.string(),
});
export type NeedFile = z.infer<typeof NeedFile>;

function packed({ bias, weights }: { bias: number; weights: ArrayLike<number> }): z.infer<typeof Packed> {
  let most = 0;
  for (let at = 0; at < weights.length; at++) most = Math.max(most, Math.abs(weights[at]!));
  const step = most / 127 || 1;
  const bytes = Int8Array.from(weights, (weight) => Math.round(weight / step));
  return { bias, step, weights: deflateRawSync(bytes, { level: 9 }).toString('base64') };
}

/** The file's text; `words`: those of the lessons that are spelled right. */
export function packedNeed(lessons: string, learned: Weights, words: readonly string[]): string {
  const file: NeedFile = {
    about: 'Written by `kentongan learn` from lessons/ and the phrases of the flows: not to be edited.',
    lessons,
    need: packed(learned),
    kinds: Object.fromEntries(learned.kinds.map(({ kind, ...own }) => [kind, packed(own)])),
    words: words.join(' '),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Throws where the file does not hold as many weights as there are places. */
export function unpackedNeed({ need, kinds, words }: NeedFile): Need {
  const unpacked = (one: z.infer<typeof Packed>, places: number) => {
    const bytes = inflateRawSync(Buffer.from(one.weights, 'base64'), { maxOutputLength: places });
    if (bytes.length !== places) throw new Error(`${bytes.length} weights instead of ${places}`);
    return { bias: one.bias, weights: scaled(bytes, one.step) };
  };
  const learned = {
    ...unpacked(need, PLACES),
    kinds: Object.entries(kinds).map(([kind, one]) => ({ kind, ...unpacked(one, KIND_PLACES) })),
  };
  return needOf(learned, words.split(' '));
}

/** By hand: `Float32Array.from` with a function takes ten times as long, at every start. */
function scaled(bytes: Buffer, step: number): Float32Array {
  const steps = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const weights = new Float32Array(steps.length);
  for (let at = 0; at < steps.length; at++) weights[at] = steps[at]! * step;
  return weights;
}
