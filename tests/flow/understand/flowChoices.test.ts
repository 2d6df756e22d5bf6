import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { FLOWS_FOLDER } from '../../../src/commands/flowsFolder.js';
import { matchOption } from '../../../src/flow/understand/options.js';
import { vocabulary } from '../answers/parse.js';

interface Choice {
  value: string;
  text: string;
  words?: string[];
}

/** Which option of a question of a flow a text means, by its value. */
function meaning(file: string, question: string): (text: string) => string | null {
  const { steps } = parseYaml(readFileSync(join(FLOWS_FOLDER, file), 'utf8')) as {
    steps: { ask?: string; answer?: { options?: Choice[] } }[];
  };
  const options = steps
    .find(({ ask }) => ask === question)!
    .answer!.options!.map(({ value, text, words }) => ({ value, label: text, words: words ?? [] }));
  return (text) => matchOption(options, vocabulary.read(text), vocabulary, true)?.value ?? null;
}

const kind = meaning('services/business-letter.yaml', 'business_kind');

test.each([
  ['warung', 'trade'],
  ['toko kelontong', 'trade'],
  ['jualan pulsa', 'trade'],
  ['pracangan', 'trade'],
  ['jual sayur keliling', 'trade'],
  ['tukang sayur', 'trade'],
  ['warung kopi', 'food'],
  ['warung kopi pak', 'food'],
  ['gorengan', 'food'],
  ['jual gorengan', 'food'],
  ['jualan gorengan', 'food'],
  ['es', 'food'],
  ['jual es', 'food'],
  ['jual es degan', 'food'],
  ['mie ayam', 'food'],
  ['jual pecel lele', 'food'],
  ['sate kambing', 'food'],
  ['nasi tempong', 'food'],
  ['warung sego tempong', 'food'],
  ['warung bakso', 'food'],
  ['dagang es', 'food'],
  ['warung kelontong', 'trade'],
  ['jualan di pasar', 'trade'],
  ['bikin kripik pisang', 'food'],
  ['petani cabe', 'farm'],
  ['kebun kopi', 'farm'],
  ['tanam sayur', 'farm'],
  ['ternak bebek', 'livestock'],
  ['jual telor', 'livestock'],
  ['bikin batu bata', 'craft'],
  ['penjahit', 'craft'],
  ['tambal ban', 'service'],
  ['foto kopi', 'service'],
  ['potong rambut', 'service'],
  ['penggilingan padi', 'service'],
  ['ga tau yg mana pak', 'other'],
  ['gak tau yang mana', 'other'],
  ['gatau', 'other'],
  ['bingung bu', 'other'],
  ['mboten ngertos', 'other'],
])('a business of "%s" is of the kind %s', (said, value) => {
  expect(kind(said)).toBe(value);
});

test('two kinds of business are none', () => {
  expect(kind('sapi dan jeruk')).toBeNull();
});

test.each(['kasun', 'pak kasun', 'kampung', 'kepala kampung', 'pak rt', 'pak rt saya', 'bu rw', 'kadus'])(
  'a complaint about "%s" is about one who heads a neighbourhood',
  (said) => {
    expect(meaning('complaints/service-complaint.yaml', 'who')(said)).toBe('hamlet');
  },
);

test.each([
  ['kades', 'head'],
  ['kepala desa', 'head'],
  ['bidan', 'staff'],
])('a complaint about "%s" is about the %s', (said, value) => {
  expect(meaning('complaints/service-complaint.yaml', 'who')(said)).toBe(value);
});

const relation = meaning('services/birth-letter.yaml', 'relation');

test('where a child was born is nobody of the family, and a midwife is none', () => {
  expect(relation('di bidan')).toBeNull();
  expect(relation('lahir di bidan desa')).toBeNull();
  expect(relation('saya')).toBeNull();
  expect(relation('bidan')).toBe('other');
  expect(relation('saya bidannya')).toBe('other');
});
