import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  formPath,
  formToken,
  formTokenHash,
  formUrlOf,
  withFormTokens,
  withoutFormTokens,
} from '../../src/core/formLink.js';
import { cleanText } from '../../src/channels/clean.js';
import { createSealer } from '../../src/store/sealer.js';

const FORM = '0190f3a1-7c2e-7000-8000-00000000abcd';
const sealer = createSealer([randomBytes(32)]);

test('a token has 128 bits and more, is the same whenever it is asked for, and another for every link', () => {
  const token = formToken(sealer, FORM, 1);
  expect(token).toMatch(/^[\w-]{22}$/u);
  expect(formToken(sealer, FORM, 1)).toBe(token);
  const others = [
    formToken(sealer, FORM, 2),
    formToken(createSealer([randomBytes(32)]), FORM, 1),
    formToken(sealer, FORM.replace('abcd', 'abce'), 1),
  ];
  expect(new Set([token, ...others]).size).toBe(4);
  expect(formTokenHash(token)).not.toContain(token);
});

test('a message gets its token as it leaves, and not before', () => {
  const stored = `Buka https://desa.example.id${formPath(FORM, 3)}\nlalu isi.`;
  const left = withFormTokens(stored, sealer);
  expect(stored).not.toContain(formToken(sealer, FORM, 3));
  expect(left).toBe(`Buka https://desa.example.id/isi/${formToken(sealer, FORM, 3)}\nlalu isi.`);
});

test('what a person writes makes no link work, and a link that is passed on is not kept', () => {
  const token = formToken(sealer, FORM, 1);
  for (const typed of [
    `https://desa.example.id/isi/${token}`,
    `lihat https://desa.example.id${formPath(FORM, 1)} ya`,
  ])
    expect(withFormTokens(cleanText(typed), sealer)).not.toContain(token);
  expect(withoutFormTokens(`ini /isi/${token} ya`)).toBe('ini /isi/… ya');
  expect(cleanText('jalan /isi ulang galon')).toBe('jalan /isi ulang galon');
});

test.each([
  ['https://desa.example.id', false, 'https://desa.example.id'],
  ['http://desa.example.id', false, null],
  ['http://desa.example.id', true, null],
  ['http://127.0.0.1:8080', false, null],
  ['http://127.0.0.1:8080', true, 'http://127.0.0.1:8080'],
  ['http://localhost:8080', true, 'http://localhost:8080'],
  [null, true, null],
])('at %s (invented people: %s) forms are reached at %s', (publicUrl, isTrial, formUrl) => {
  expect(formUrlOf(publicUrl, isTrial)).toBe(formUrl);
});
