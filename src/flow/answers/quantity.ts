import { readUnit } from '../../core/listing.js';
import { plain } from '../understand/normalise.js';
import { numeral, readNumber } from './numerals.js';
import type { Parser } from './parser.js';

/**
 * An amount with its unit: `2 kw`, `15 ikat`, `setengah ton`, `sekarung`. Kept as `{ amount, unit }`.
 *
 * ```yaml
 * answer: { type: quantity, units: [kg, kuintal, ton, ikat] }
 * ```
 */
export const parseQuantity: Parser<'quantity'> = (message, spec) => {
  const unclear = spec.units
    ? { hint: 'hint_quantity_units' as const, arguments: { units: spec.units.join(', ') } }
    : { hint: 'hint_quantity' as const };
  const found = /(\d[\d.,]*)\s*([\p{L}]+)?/u.exec(message.text);
  let amount: number | null;
  let written: string | null;
  if (found) {
    amount = readNumber(found[1]!);
    written = found[2] ?? null;
  } else {
    const words = message.plain.split(' ');
    const place = words.findIndex((word) => numeral(word) !== null);
    if (place >= 0) {
      amount = numeral(words[place]!);
      written = words[place + 1] ?? null;
    } else {
      // "sekarung", "sekilo": one of it.
      const one = /^se(\p{L}{2,})$/u.exec(words[0] ?? '');
      amount = one ? 1 : null;
      written = one?.[1] ?? null;
    }
  }
  if (amount === null || amount <= 0 || amount > 1_000_000_000) return unclear;
  if (written === null && spec.units?.length === 1) written = spec.units[0]!;
  const unit = written === null ? null : readUnit(plain(written));
  if (unit === null) return unclear;
  if (spec.units && !spec.units.includes(unit)) return unclear;
  return { value: { amount, unit } };
};
