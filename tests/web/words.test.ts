import { parse, TYPE } from '@formatjs/icu-messageformat-parser';
import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NOTICE_OF, STATUSES } from '../../src/core/cases.js';
import { CATEGORIES } from '../../src/core/listing.js';
import { REPORT_REASONS } from '../../src/web/views/market.js';
import { ACTS } from '../../src/web/acts.js';
import { ROLES } from '../../src/store/officers.js';
import { isKey, wordsIn } from '../../src/web/words.js';
import en from '../../src/web/locales/en.json' with { type: 'json' };
import id from '../../src/web/locales/id.json' with { type: 'json' };

const src = new URL('../../src/web/', import.meta.url);
const code = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/u.test(file))
  .map((file) => readFileSync(new URL(file, src), 'utf8'))
  .join('\n');

/** Acts that a case's page calls otherwise: its large button names the steps, and two acts share one form. */
const WORD_OF: { [act in (typeof ACTS)[number]]?: string } = {
  verify: 'step.verify',
  initial: 'step.initial',
  sign: 'step.sign',
  merge: 'act.merge_submit',
  relate: 'act.relate_submit',
};

test('English has every text that Indonesian has, in the same order and with the same blanks', () => {
  expect(Object.keys(en)).toEqual(Object.keys(id));
  const blanks = (texts: { [key: string]: string }) =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, blanksOf(text)]));
  expect(blanks(en)).toEqual(blanks(id));
});

test('every text is used, by its name or by a name that is put together', () => {
  const families = [...code.matchAll(/`([a-z_]+\.(?:[a-z]+\.)?(?:[a-z]+_)?)\$\{/gu)].map(
    (found) => found[1]!,
  );
  const unused = Object.keys(id).filter(
    (key) =>
      !code.includes(`'${key}'`) &&
      !code.includes(`="${key}"`) &&
      !families.some((family) => key.startsWith(family)),
  );
  expect(unused).toEqual([]);
});

test('whatever the rules can say has its words', () => {
  const wanted = [
    ...STATUSES.flatMap((status) => [`status.${status}`, `track.${status}`]),
    ...Object.keys(NOTICE_OF).map((kind) => `event.${kind}`),
    ...CATEGORIES.map((category) => `category.${category}`),
    ...ROLES.map((role) => `role.${role}`),
    ...REPORT_REASONS.map((reason) => `report.${reason}`),
    ...ACTS.flatMap((act) => [WORD_OF[act] ?? `act.${act}`, `notice.case_${act}`]),
    ...['lost', 'not_allowed', 'not_found', 'no_words'].map((outcome) => `notice.case_${outcome}`),
  ];
  expect(wanted.filter((key) => !isKey(key))).toEqual([]);
});

test('texts are filled in, and what is filled in is left as it is', () => {
  expect(wordsIn('id')('market.found', { n: 2, search: '<b>{x}</b>' })).toBe('2 hasil untuk “<b>{x}</b>”');
  expect(wordsIn('en')('attention.listings', { n: 1 })).toBe('1 listing waits for approval');
});

function blanksOf(text: string): string[] {
  const names = new Set<string>();
  const collect = (elements: MessageFormatElement[]) => {
    for (const element of elements) {
      if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
      if ('value' in element && typeof element.value === 'string') names.add(element.value);
      if ('options' in element) for (const option of Object.values(element.options)) collect(option.value);
    }
  };
  collect(parse(text, { ignoreTag: true }));
  return [...names].toSorted((a, b) => a.localeCompare(b));
}
