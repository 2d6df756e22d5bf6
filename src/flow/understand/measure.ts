import type { Flows } from '../compiled.js';
import { isAlarm } from './alarm.js';
import { understand } from './understand.js';

/** A phrase, and the intent that whoever wrote it means. */
export interface Sample {
  phrase: string;
  intent: string;
}

/** What became of some phrases. */
export interface Figures {
  phrases: number;
  /** Right at the first guess; among the first three. */
  first: number;
  three: number;
  /** Phrases that tell of an emergency, those of them that were heard as one, and as one of the right kind. */
  emergencies: number;
  heard: number;
  rightKind: number;
  /** Phrases that tell of none, and those of them that were taken for one. */
  innocent: number;
  falseAlarms: number;
  /** What was meant, what it was taken for, and the phrases: the most frequent first. */
  confused: { meant: string; taken: string; phrases: string[] }[];
}

/** What is no intent, but tells that a phrase is no emergency: only that is looked at. */
export const INNOCENT = 'bukan_darurat';

/** Understands each phrase and compares. */
export function measure(flows: Flows, samples: readonly Sample[]): Figures {
  const figures: Figures = {
    phrases: 0,
    first: 0,
    three: 0,
    emergencies: 0,
    heard: 0,
    rightKind: 0,
    innocent: 0,
    falseAlarms: 0,
    confused: [],
  };
  const confused = new Map<string, { meant: string; taken: string; phrases: string[] }>();
  const wrong = (meant: string, taken: string, phrase: string): void => {
    const key = `${meant} ${taken}`;
    const others = confused.get(key);
    if (others) others.phrases.push(phrase);
    else confused.set(key, { meant, taken, phrases: [phrase] });
  };
  for (const { phrase, intent } of samples) {
    const { kind, id, alternatives } = understand(flows, phrase);
    if (isAlarm(intent)) {
      figures.emergencies++;
      if (kind === 'emergency') figures.heard++;
      if (id === intent) figures.rightKind++;
    } else {
      figures.innocent++;
      if (kind === 'emergency') figures.falseAlarms++;
    }
    if (intent === INNOCENT) {
      if (kind === 'emergency') wrong(intent, id, phrase);
      continue;
    }
    figures.phrases++;
    if (id === intent) figures.first++;
    else wrong(intent, id, phrase);
    if ([id, ...alternatives].slice(0, 3).includes(intent)) figures.three++;
  }
  figures.confused = [...confused.values()].sort((a, b) => b.phrases.length - a.phrases.length);
  return figures;
}

/** The figures as text; with `phrases`, each phrase that was taken for another thing. */
export function printFigures(name: string, figures: Figures, withPhrases: boolean): string {
  const share = (part: number, of: number): string =>
    of === 0 ? '-' : `${((100 * part) / of).toFixed(1)} % (${part}/${of})`;
  const lines = [
    `${name}: first guess ${share(figures.first, figures.phrases)}, among three ${share(figures.three, figures.phrases)}`,
    `  emergencies found ${share(figures.heard, figures.emergencies)}, of the right kind ${share(figures.rightKind, figures.emergencies)}; false alarms ${share(figures.falseAlarms, figures.innocent)}`,
  ];
  for (const { meant, taken, phrases } of figures.confused)
    lines.push(`  ${meant} → ${taken}: ${withPhrases ? phrases.join(' | ') : phrases.length}`);
  return lines.join('\n');
}
