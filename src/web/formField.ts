import type { FormField } from '../core/formField.js';
import { maskIdentityNumbers } from '../core/identityNumbers.js';
import { readFamilyCard, readNik } from '../core/nik.js';
import { readPhone } from '../flow/answers/phone.js';
import type { FormKey } from './formWords.js';

/** What is wrong with what was entered, in the page's words; never the entry itself. */
export interface FieldFault {
  key: FormKey;
  values?: { count: number };
}

/** What is wrong, by the field's id. */
export interface Faults {
  [field: string]: FieldFault;
}

/** What stands beside a field that is saved. */
export function savedKey(type: FormField['type']): FormKey {
  return type === 'photo' ? 'form.saved_photo' : 'form.saved';
}

export type ReadField = { value: string } | { fault: FieldFault };

/** Reads what was entered in a field that is no photo. `today`: `2026-11-26` in the village's zone. */
export function readField(field: FormField, entered: string, today: string): ReadField {
  const text = entered.replace(/\s+/gu, ' ').trim();
  switch (field.type) {
    case 'nik':
    case 'family_card': {
      const read = field.type === 'nik' ? readNik(text, today) : readFamilyCard(text, today);
      if ('value' in read) return read;
      return wrong(`form.fault_${read.fault}`, read.count);
    }
    case 'person_name': {
      const letters = text.replace(/[^\p{L}]/gu, '').length;
      const isName = letters >= 2 && text.length <= 80 && /^[\p{L}][\p{L}\p{M}\s.,'’`-]*$/u.test(text);
      return isName ? { value: text } : wrong('form.fault_person_name');
    }
    case 'date': {
      const value = readDay(text);
      return value !== null && value <= today ? { value } : wrong('form.fault_day');
    }
    case 'phone': {
      const value = readPhone(text);
      return value === null ? wrong('form.fault_phone') : { value };
    }
    case 'text':
      return text.length >= 2 && text.length <= 200
        ? { value: maskIdentityNumbers(text).text }
        : wrong('form.fault_text');
    case 'photo':
      return wrong('form.fault_photo_kind');
  }
}

function wrong(key: FormKey, count?: number): { fault: FieldFault } {
  return { fault: count === undefined ? { key } : { key, values: { count } } };
}

/** A day as a date field gives it, or as people write it, as `1990-08-17`. */
function readDay(text: string): string | null {
  const [, y, m, d] = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text) ?? [];
  const [, day, month, year] = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/u.exec(text) ?? [];
  const at = y
    ? new Date(Date.UTC(Number(y), Number(m) - 1, Number(d)))
    : new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (Number.isNaN(at.getTime()) || at.getUTCFullYear() < 1900) return null;
  const isSame = y ? at.getUTCDate() === Number(d) : at.getUTCDate() === Number(day);
  return isSame ? at.toISOString().slice(0, 10) : null;
}
