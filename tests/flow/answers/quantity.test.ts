import { expect, test } from 'vitest';
import { parse, valueOf } from './parse.js';

test.each([
  ['2 kw', 2, 'kuintal'],
  ['2kuintal', 2, 'kuintal'],
  ['15 ikat', 15, 'ikat'],
  ['1,5 ton', 1.5, 'ton'],
  ['1.500 kg', 1500, 'kg'],
  ['setengah ton', 0.5, 'ton'],
  ['sekarung', 1, 'karung'],
  ['tiga ekor', 3, 'ekor'],
  ['ada 20 sisir pisang', 20, 'sisir'],
])('"%s" is %d %s', (typed, amount, unit) => {
  expect(valueOf(typed, { type: 'quantity' })).toEqual({ amount, unit });
});

test.each(['banyak', '20', '0 kg'])('"%s" is no quantity', (typed) => {
  expect(valueOf(typed, { type: 'quantity' })).toBe('hint_quantity');
});

test('units are those of the flow, which are told; a single one need not be typed', () => {
  expect(parse('3 ekor', { type: 'quantity', units: ['kg', 'ton'] })).toEqual({
    hint: 'hint_quantity_units',
    arguments: { units: 'kg, ton' },
  });
  expect(valueOf('20', { type: 'quantity', units: ['lembar'] })).toEqual({ amount: 20, unit: 'lembar' });
});
