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
/** Two words make one number: so many are told apart. */
const MOST_WORDS = 1_000_000;
const NONE: readonly number[] = [];
/** Signs that may be told apart. */
const MOST_SIGNS = 4;
/** How much what words are about counts, against the words themselves. */
const THEME = 0.6;

const ROUNDS = 6;
/** Rounds that are not counted: weights still move far. */
const EARLY = 2;
const PACE = 0.5;
/** Keeps what is seen once or twice from telling too much. */
const RESTRAINT = 0.0006;
/** One cry that is passed over weighs as much as so many false alarms. */
const CARE = 1.6;

/**
 * Logistic regression over the words and neighbouring pairs of words of the vocabulary's own phrases, and over what the
 * words are about: "mati" tells one thing after "mau", another after "lampu". Learned anew whenever the flows are loaded,
 * in the same order, in some tens of milliseconds: the same phrases always give the same weights.
 */
export function learnLikeness(lessons: readonly Lesson[], themes: Themes = NO_THEMES): Likeness {
  const features = createFeatures(themes);
  // All in one row, each lesson's places after the one's before: some ten thousand small arrays take longer.
  const ends: number[] = [];
  const row: number[] = [];
  for (const { words, signs } of lessons) {
    for (const place of features.featuresOf(words, signs, true)) row.push(place);
    ends.push(row.length);
  }
  const places = Int32Array.from(row);
  const { themed, all } = features.size();
  const weights = new Float64Array(all);
  let bias = 0;
  // The mean of the later rounds: by themselves weights lean towards whatever was learned last.
  const sums = new Float64Array(all);
  let biases = 0;
  // Every so many-th in turn: neighbours in the files are alike.
  const stride = coprimeTo(lessons.length);
  for (let round = 0; round < ROUNDS; round++) {
    const pace = PACE / (1 + round * 0.3);
    const keep = 1 - pace * RESTRAINT;
    for (let n = 0; n < lessons.length; n++) {
      const at = (n * stride + round) % lessons.length;
      const { isAlarm } = lessons[at]!;
      const [first, end] = [at === 0 ? 0 : ends[at - 1]!, ends[at]!];
      let logit = bias;
      for (let one = first; one < end; one++) {
        const place = places[one]!;
        logit += place < themed ? THEME * weights[place]! : weights[place]!;
      }
      const wrong = (isAlarm ? 1 : 0) - 1 / (1 + Math.exp(-logit));
      const step = pace * wrong * (isAlarm ? CARE : 1);
      bias += step * 0.1;
      for (let one = first; one < end; one++) {
        const place = places[one]!;
        weights[place] = weights[place]! * keep + (place < themed ? step * THEME : step);
      }
    }
    if (round < EARLY) continue;
    for (let place = 0; place < all; place++) sums[place]! += weights[place]!;
    biases += bias;
  }
  const means = ROUNDS - EARLY;
  for (let place = 0; place < all; place++)
    weights[place] = (sums[place]! / means) * (place < themed ? THEME : 1);
  bias = biases / means;
  return {
    of(words, signs) {
      let logit = bias;
      for (const place of features.featuresOf(words, signs)) logit += weights[place]!;
      return logit;
    },
    ofWord: (word) => {
      let own = 0;
      let about = 0;
      for (const place of features.featuresOf([word], []))
        if (place < themed) about = Math.max(about, weights[place]!);
        else own = weights[place]!;
      return own + about;
    },
    reasons: (words, signs) =>
      features
        .featuresOf(words, signs)
        .filter((place) => Math.abs(weights[place]!) > 0.05)
        .map((place) => ({ words: features.nameOf(place), weight: weights[place]! }))
        .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
  };
}

/** What a message has, by the place where its weight stands. */
interface Features {
  /** Each once. What is in no lesson is left out, but while `isLesson`. */
  featuresOf(words: readonly string[], signs: readonly string[], isLesson?: boolean): number[];
  /** How people read it: "tubuh sakit", "~tubuh gejala", "#typed". Slow. */
  nameOf(place: number): string;
  /** How many places there are; the first `themed` are of themes. */
  size(): { themed: number; all: number };
}

/**
 * Words, and two that are neighbours; the themes of words, each by itself and beside a sign, and each two of words that
 * stand near each other: so "kaki" beside "gilas" tells what "tangan" beside "jepit" told, though nobody wrote the two
 * together before. Everything is counted by numbers, not by text: this runs some ten thousand times at the start.
 */
function createFeatures(themes: Themes): Features {
  const themeNames = [...new Set([...themes.values()].flat())];
  const themeIds = new Map(themeNames.map((theme, id) => [theme, id]));
  const themesOf = new Map(
    [...themes].map(([word, about]) => [word, about.map((one) => themeIds.get(one)!)]),
  );
  const count = themeNames.length;
  const signNames: string[] = [];
  const beside = count * count;
  const themed = beside + count + count * MOST_SIGNS;
  let next = themed + MOST_SIGNS;
  const wordIds = new Map<string, number>();
  const wordPlaces = new Map<number, number>();
  const idOf = (word: string, isLesson: boolean): number => {
    const known = wordIds.get(word);
    if (known !== undefined || !isLesson) return known ?? -1;
    wordIds.set(word, wordIds.size);
    return wordIds.size - 1;
  };
  const signOf = (sign: string): number => {
    const known = signNames.indexOf(sign);
    return known >= 0 || signNames.length === MOST_SIGNS ? known : signNames.push(sign) - 1;
  };
  return {
    featuresOf(words, signs, isLesson = false) {
      const found: number[] = [];
      const add = (place: number): void => {
        if (!found.includes(place)) found.push(place);
      };
      const addWords = (key: number): void => {
        let place = wordPlaces.get(key);
        if (place === undefined && isLesson) wordPlaces.set(key, (place = next++));
        if (place !== undefined) add(place);
      };
      const signed = signs.map(signOf).filter((sign) => sign >= 0);
      for (const sign of signed) add(themed + sign);
      let before = -1;
      for (let at = 0; at < words.length; at++) {
        const id = idOf(words[at]!, isLesson);
        if (id >= 0) addWords(id);
        if (before >= 0 && id >= 0) addWords((before + 1) * MOST_WORDS + id);
        before = id;
        for (const theme of themesOf.get(words[at]!) ?? NONE) {
          add(beside + theme);
          for (const sign of signed) add(beside + count + sign * count + theme);
          for (let near = at + 1; near < words.length && near <= at + NEAR; near++)
            for (const other of themesOf.get(words[near]!) ?? NONE)
              add(theme < other ? theme * count + other : other * count + theme);
        }
      }
      return found;
    },
    nameOf(place) {
      if (place < beside) return `~${themeNames[Math.floor(place / count)]} ${themeNames[place % count]}`;
      if (place < beside + count) return `~${themeNames[place - beside]}`;
      if (place < themed)
        return `~${themeNames[(place - beside) % count]} #${signNames[Math.floor((place - beside) / count) - 1]}`;
      if (place < themed + MOST_SIGNS) return `#${signNames[place - themed]}`;
      const words = [...wordIds.keys()];
      const key = [...wordPlaces].find(([, other]) => other === place)![0];
      const [first, second] = [Math.floor(key / MOST_WORDS), key % MOST_WORDS];
      return first === 0 ? words[second]! : `${words[first - 1]} ${words[second]}`;
    },
    size: () => ({ themed, all: next }),
  };
}

function coprimeTo(size: number): number {
  let stride = 7919;
  while (size % stride === 0) stride += 2;
  return stride;
}
