import type { FlowFault } from '../yamlFile.js';
import { sentencesOf } from './placed.js';
import type { Spoken } from './placed.js';

/**
 * Whether somebody who reads little can follow. A simple measure, as those for Indonesian schoolbooks are: words a
 * sentence and long words. A sentence of more than 25 words is read twice; more than five words of 12 letters and
 * more are an official's sentence. Both are warnings: a person decides.
 */
export const MOST_WORDS = 25;
export const MOST_LONG_WORDS = 5;
const LONG_WORD = 12;
/** Less than so many characters are neither so many words nor so many long ones. */
const SHORT = Math.min(MOST_WORDS * 3, MOST_LONG_WORDS * LONG_WORD);

/** The first sentence of a text that is hard to read. */
export function checkReading(texts: readonly Spoken[]): FlowFault[] {
  return texts.flatMap((text) => {
    // A short text has no long sentence.
    if (text.words.source.length < SHORT) return [];
    for (const sentence of sentencesOf(text.words.source)) {
      const words = sentence.split(/[\s/]+/u).filter((word) => /\p{L}/u.test(word));
      const long = words.filter((word) => (word.match(/\p{L}/gu) ?? []).length >= LONG_WORD);
      if (words.length > MOST_WORDS)
        return [
          text.fault(
            `a sentence of ${words.length} words is hard to follow: "${sentence}"`,
            `make two of it; at most ${MOST_WORDS} words`,
            true,
          ),
        ];
      if (long.length > MOST_LONG_WORDS)
        return [
          text.fault(
            `${long.length} long words in one sentence are hard to follow: "${sentence}"`,
            `use shorter words; at most ${MOST_LONG_WORDS} of ${LONG_WORD} letters and more`,
            true,
          ),
        ];
    }
    return [];
  });
}
