import { CHANNEL_LIMITS } from '../../core/limits.js';
import { ROW_LABEL } from '../texts/places.js';
import type { ArgumentUse } from '../../words/compile.js';
import type { FlowFault } from '../yamlFile.js';
import type { Spoken } from './placed.js';

const ZONE = 'Asia/Jakarta';
const limits = Object.values(CHANNEL_LIMITS);
/** What the narrowest channel carries. */
const TEXT = Math.min(...limits.map(({ text }) => text));
const CAPTION = Math.min(...limits.map(({ caption }) => caption));
/** The words of a usual argument: a name, a village, a title, a date. */
const USUAL = 24;
/** A list that a look-up worded, or somebody's own words. */
const LONG: { [name: string]: number } = { text: 500, summary: 400, list: 300, items: 300, names: 120 };

/** Texts that a channel would cut or send in pieces, once their arguments are filled in. */
export function checkLengths(texts: readonly Spoken[]): FlowFault[] {
  return texts.flatMap((text) => {
    if (limitOf(text) === null && text.words.constant !== null && text.words.constant.length <= CAPTION)
      return [];
    const filled = filledIn(text);
    const letters = [...filled].length;
    const limit = limitOf(text);
    if (limit !== null)
      return letters > limit
        ? [
            text.fault(
              `the choice "${filled}" is longer than the ${limit} letters that WhatsApp shows`,
              `shorten it to ${limit} letters`,
              true,
            ),
          ]
        : [];
    if (letters > TEXT)
      return [
        text.fault(
          `the text is longer than a message may be (${letters})`,
          `shorten it to ${TEXT} characters`,
        ),
      ];
    const hasPhotos = text.step !== null && 'photos' in text.step && text.step.photos !== null;
    return hasPhotos && letters > CAPTION
      ? [text.fault(`beside photos only ${CAPTION} characters are shown (${letters})`, `shorten it`, true)]
      : [];
  });
}

/** A choice has its limit, and so has the name of an answer: "Ubah" lists them. */
function limitOf(text: Spoken): number | null {
  const isListed = text.kind === 'label' && text.step?.type === 'ask';
  return isListed && text.flow!.steps.some((step) => step.type === 'confirm') ? ROW_LABEL : text.limit;
}

/** A text as it usually reads. */
export function filledIn(text: Spoken): string {
  return text.words.constant ?? text.words.fill((name, use) => usual(text, name, use), ZONE);
}

function usual(text: Spoken, name: string, use: ArgumentUse): string | number | Date {
  if (use === 'number') return 3;
  if (use === 'date') return new Date('2026-11-24T02:00:00Z');
  if (use === 'select') return name.startsWith('has_') ? 'yes' : 'other';
  const answer = text.flow?.asks.get(name)?.answer;
  const length =
    answer?.type === 'text' ? (answer.max ?? 1000) : (LONG[name] ?? LONG[name.split('_').at(-1)!] ?? USUAL);
  // Words of usual length, not one long one.
  return 'kata-kata '.repeat(Math.ceil(length / 10)).slice(0, length);
}
