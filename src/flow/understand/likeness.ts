/** A phrase by its words in their usual form, and whether it was said in need. */
export interface Lesson {
  words: readonly string[];
  isAlarm: boolean;
  /** What else is known of it, by names of the caller's own. */
  signs: readonly string[];
}

/** Tells how much a message is like what was said in need, against all else: logits; above 0 it is more like that. */
export interface Likeness {
  of(words: readonly string[], signs: readonly string[]): number;
  /** What one word tells by itself, in logits. */
  ofWord(word: string): number;
  /** What each word and pair of words of a message adds, the largest first. */
  reasons(words: readonly string[], signs: readonly string[]): { words: string; weight: number }[];
}

const ROUNDS = 14;
const PACE = 0.4;
/** Keeps what is seen once or twice from telling too much. */
const RESTRAINT = 0.0006;
/** One cry that is passed over weighs as much as so many false alarms. */
const CARE = 1.6;

/**
 * Logistic regression over the words and neighbouring pairs of words of the vocabulary's own phrases: "mati" tells one
 * thing after "mau", another after "lampu". Learned anew whenever the flows are loaded, in the same order, in some tens
 * of milliseconds: the same phrases always give the same weights.
 */
export function learnLikeness(lessons: readonly Lesson[]): Likeness {
  const places = new Map<string, number>();
  const placeOf = (feature: string): number => {
    const known = places.get(feature);
    if (known !== undefined) return known;
    places.set(feature, places.size);
    return places.size - 1;
  };
  const samples = lessons.map(({ words, signs, isAlarm }) => ({
    places: featuresOf(words, signs).map(placeOf),
    isAlarm,
  }));
  const weights = new Float64Array(places.size);
  let bias = 0;
  // Every so many-th in turn: neighbours in the files are alike.
  const stride = coprimeTo(samples.length);
  for (let round = 0; round < ROUNDS; round++) {
    const pace = PACE / (1 + round * 0.3);
    for (let n = 0; n < samples.length; n++) {
      const { places: at, isAlarm } = samples[(n * stride + round) % samples.length]!;
      let logit = bias;
      for (const place of at) logit += weights[place]!;
      const wrong = (isAlarm ? 1 : 0) - 1 / (1 + Math.exp(-logit));
      const step = pace * wrong * (isAlarm ? CARE : 1);
      bias += step * 0.1;
      for (const place of at) weights[place]! += step - pace * RESTRAINT * weights[place]!;
    }
  }
  const weightOf = (feature: string): number => {
    const place = places.get(feature);
    return place === undefined ? 0 : weights[place]!;
  };
  return {
    of: (words, signs) => featuresOf(words, signs).reduce((sum, feature) => sum + weightOf(feature), bias),
    ofWord: (word) => weightOf(word),
    reasons: (words, signs) =>
      featuresOf(words, signs)
        .map((feature) => ({ words: feature, weight: weightOf(feature) }))
        .filter(({ weight }) => Math.abs(weight) > 0.05)
        .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
  };
}

function featuresOf(words: readonly string[], signs: readonly string[]): string[] {
  const features = new Set<string>(signs.map((sign) => `#${sign}`));
  for (let at = 0; at < words.length; at++) {
    features.add(words[at]!);
    if (at > 0) features.add(`${words[at - 1]} ${words[at]}`);
  }
  return [...features];
}

function coprimeTo(size: number): number {
  let stride = 7919;
  while (size % stride === 0) stride += 2;
  return stride;
}
