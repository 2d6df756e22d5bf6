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

/** What words are about (flows/words/themes.yaml), by their usual form. */
export type Themes = ReadonlyMap<string, readonly string[]>;
const NO_THEMES: Themes = new Map();
/** Words so far from each other may still tell of one thing. */
const NEAR = 4;
/** Begins what is told by themes. */
const ABOUT = '~';
/** How much what words are about counts, against the words themselves. */
const THEME = 0.6;

const ROUNDS = 8;
const PACE = 0.5;
/** Keeps what is seen once or twice from telling too much. */
const RESTRAINT = 0.0006;
/** One cry that is passed over weighs as much as so many false alarms. */
const CARE = 1.6;

/**
 * Logistic regression over the words and neighbouring pairs of words of the vocabulary's own phrases, and over what the
 * words are about: "mati" tells one thing after "mau", another after "lampu". Learned anew whenever the flows are loaded,
 * in the same order, in some hundred milliseconds: the same phrases always give the same weights.
 */
export function learnLikeness(lessons: readonly Lesson[], themes: Themes = NO_THEMES): Likeness {
  const places = new Map<string, number>();
  const placeOf = (feature: string): number => {
    const known = places.get(feature);
    if (known !== undefined) return known;
    places.set(feature, places.size);
    return places.size - 1;
  };
  const samples = lessons.map(({ words, signs, isAlarm }) => ({
    plain: Int32Array.from(plainFeatures(words, signs), placeOf),
    about: Int32Array.from(themeFeatures(words, signs, themes), placeOf),
    isAlarm,
  }));
  const weights = new Float64Array(places.size);
  let bias = 0;
  // Every so many-th in turn: neighbours in the files are alike.
  const stride = coprimeTo(samples.length);
  for (let round = 0; round < ROUNDS; round++) {
    const pace = PACE / (1 + round * 0.3);
    const keep = 1 - pace * RESTRAINT;
    for (let n = 0; n < samples.length; n++) {
      const { plain, about, isAlarm } = samples[(n * stride + round) % samples.length]!;
      const logit = bias + sumAt(weights, plain) + THEME * sumAt(weights, about);
      const wrong = (isAlarm ? 1 : 0) - 1 / (1 + Math.exp(-logit));
      const step = pace * wrong * (isAlarm ? CARE : 1);
      bias += step * 0.1;
      for (const place of plain) weights[place] = weights[place]! * keep + step;
      for (const place of about) weights[place] = weights[place]! * keep + step * THEME;
    }
  }
  const featuresOf = (words: readonly string[], signs: readonly string[]): string[] => [
    ...plainFeatures(words, signs),
    ...themeFeatures(words, signs, themes),
  ];
  const weightOf = (feature: string): number => {
    const place = places.get(feature);
    if (place === undefined) return 0;
    return feature.startsWith(ABOUT) ? THEME * weights[place]! : weights[place]!;
  };
  return {
    of: (words, signs) => featuresOf(words, signs).reduce((sum, feature) => sum + weightOf(feature), bias),
    ofWord: (word) =>
      weightOf(word) + Math.max(0, ...(themes.get(word) ?? []).map((theme) => weightOf(`${ABOUT}${theme}`))),
    reasons: (words, signs) =>
      featuresOf(words, signs)
        .map((feature) => ({ words: feature, weight: weightOf(feature) }))
        .filter(({ weight }) => Math.abs(weight) > 0.05)
        .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
  };
}

function sumAt(weights: Float64Array, places: Int32Array): number {
  let sum = 0;
  for (const place of places) sum += weights[place]!;
  return sum;
}

function plainFeatures(words: readonly string[], signs: readonly string[]): string[] {
  const features = new Set<string>(signs.map((sign) => `#${sign}`));
  for (let at = 0; at < words.length; at++) {
    features.add(words[at]!);
    if (at > 0) features.add(`${words[at - 1]} ${words[at]}`);
  }
  return [...features];
}

/**
 * Each theme that is there, by itself and beside what else was heard, and each two of words that stand near each other: so
 * "kaki" beside "gilas" tells what "tangan" beside "jepit" told, though nobody wrote the two together before.
 */
function themeFeatures(words: readonly string[], signs: readonly string[], themes: Themes): string[] {
  const features = new Set<string>();
  for (let at = 0; at < words.length; at++)
    for (const theme of themes.get(words[at]!) ?? []) {
      features.add(`${ABOUT}${theme}`);
      for (const sign of signs) features.add(`${ABOUT}${theme} #${sign}`);
      for (let next = at + 1; next < words.length && next <= at + NEAR; next++)
        for (const other of themes.get(words[next]!) ?? [])
          features.add(theme < other ? `${ABOUT}${theme} ${other}` : `${ABOUT}${other} ${theme}`);
    }
  return [...features];
}

function coprimeTo(size: number): number {
  let stride = 7919;
  while (size % stride === 0) stride += 2;
  return stride;
}
