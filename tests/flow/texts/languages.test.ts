import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readTranscript, runTranscript } from '../../../src/commands/chat/transcript.js';
import { FLOWS_FOLDER } from '../../../src/commands/flowsFolder.js';
import { readFlows } from '../../../src/flow/load.js';
import type { PlacedText } from '../../../src/flow/texts/places.js';
import { MISSING } from '../../../src/words/compile.js';
import { shapeFault } from '../../../src/words/shape.js';
import { talkWith } from '../support.js';

const { flows, texts, coverage } = await readFlows(FLOWS_FOLDER);
/** Languages whose speakers type the same Indonesian words ("menu", "status"). */
const SAME_WORDS = ['jv', 'osi', 'mad'];
const codes = coverage.map(({ language }) => language);

/** Words that always work, and phrases that start a flow; other quoted words are examples, which may be translated. */
const COMMANDS = new Set([
  ...Object.values(parse(readFileSync(join(FLOWS_FOLDER, 'words/always.yaml'), 'utf8')) as object)
    .flat()
    .map(String),
  ...[...flows!.byId.values()].flatMap((flow) => flow.understands),
]);

/** What a person is told to type. */
function typed(source: string): string[] {
  const words = [...source.matchAll(/"([^"{}]+)"/gu)].map((found) => found[1]!.toLowerCase());
  return [...new Set(words.filter((word) => COMMANDS.has(word)))].sort();
}

/** Texts of a language, beside their Indonesian ones. */
function pairs(language: string): { text: PlacedText; own: string; source: string }[] {
  return texts.flatMap((text) =>
    text.words[language] ? [{ text, own: text.words[language].source, source: text.words.id!.source }] : [],
  );
}

describe.each(codes)('every text in %s', (language) => {
  test('keeps the arguments and the cases of the Indonesian one', () => {
    const faults = pairs(language).flatMap(({ text, own, source }) => {
      const fault = shapeFault(source, own);
      return fault ? [`${text.place}: ${[...fault.lost, ...fault.unknown].join(', ')}`] : [];
    });
    expect(faults).toEqual([]);
  });

  test('fits its button', () => {
    const faults = pairs(language).filter(
      ({ text, own, source }) =>
        text.limit !== null &&
        [...own].length > text.limit &&
        [...own].length > [...source].length &&
        !own.includes('{'),
    );
    expect(faults.map(({ text, own }) => `${text.place}: ${own}`)).toEqual([]);
  });

  test('keeps numbers to call, and is not empty', () => {
    const numbersIn = (source: string) => [...new Set(source.match(/\b1\d\d\b/gu) ?? [])].sort().join();
    const faults = pairs(language).filter(
      ({ own, source }) =>
        own.trim() === '' || (/\b11[289]\b|\b129\b/u.test(source) && numbersIn(own) !== numbersIn(source)),
    );
    expect(faults.map(({ text }) => text.place)).toEqual([]);
  });
});

describe.each(SAME_WORDS)('every text in %s', (language) => {
  test('keeps the words that people type as they are', () => {
    const faults = pairs(language).filter(({ own, source }) => typed(own).join() !== typed(source).join());
    expect(
      faults.map(({ text, own, source }) => `${text.place}: ${typed(source).join()} → ${typed(own).join()}`),
    ).toEqual([]);
  });
});

test('a language that nobody approved is not offered, however much of it there is', () => {
  for (const language of ['osi', 'mad']) {
    expect(flows!.languages).not.toContain(language);
    expect(coverage.find((one) => one.language === language)).toMatchObject({
      offered: false,
      awaiting: 'native speaker',
    });
    expect(texts.filter((text) => text.words[language]).length).toBeGreaterThan(20);
  }
});

test('whoever speaks a language that has not all words yet reads the others in Indonesian', () => {
  const talk = talkWith(flows!, 'language: osi');
  const said = talk.play('menu').join('\n');
  expect(said).toContain(flows!.byId.get('menu')!.steps[0]!.type === 'choose' ? '[' : '?');
  expect(talk.play('profil').join('\n')).toContain('Layanan ini bisa dipakai beberapa orang');
});

test('every conversation can be held in Javanese: nothing is left unfilled, nothing breaks', () => {
  const folder = join(import.meta.dirname, '../../flows');
  const chats = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.chat'),
  );
  const unfilled = chats.filter((name) => {
    // Buttons are called otherwise: the first one is taken instead.
    const text = readFileSync(join(folder, name), 'utf8')
      .replace(/^language:.*\n/mu, '')
      .replaceAll(/\[tap: [^\].]+\]/gu, '1');
    const said = runTranscript(flows!, readTranscript(`language: jv\n${text}`)).split('\n');
    return (
      said
        .filter((line) => !line.startsWith('>'))
        // A list that goes on says so itself: "… 9 malih".
        .some((line) => line.replace(/^ *… \d+ malih:/u, '').includes(MISSING))
    );
  });
  expect(unfilled).toEqual([]);
  expect(chats.length).toBeGreaterThan(100);
}, 60_000);
