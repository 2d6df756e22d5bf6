import type { Json } from '../../core/json.js';
import type { CompiledAnswer } from '../compiled.js';
import type { Run } from '../run.js';
import { bound } from './days.js';

/**
 * Whether a stored answer (as `cases.answers` holds it) is one that the question would take today: its options, bounds
 * and units may have changed since. Files are none: they do not outlive their case.
 */
export function fits(run: Run, spec: CompiledAnswer, value: Json): boolean {
  switch (spec.type) {
    case 'text': {
      const letters = typeof value === 'string' ? [...value].length : 0;
      return letters >= (spec.min ?? 1) && letters <= (spec.max ?? 1000);
    }
    case 'choice': {
      const option = spec.options.find((one) => one.value === value);
      return option !== undefined && (!option.if || run.holds(option.if));
    }
    case 'yes_no':
      return typeof value === 'boolean';
    case 'number':
    case 'money':
      return typeof value === 'number' && value >= (spec.min ?? -Infinity) && value <= (spec.max ?? Infinity);
    case 'quantity':
      return (
        isObject(value) &&
        typeof value.amount === 'number' &&
        typeof value.unit === 'string' &&
        (!spec.units || spec.units.includes(value.unit))
      );
    case 'date':
      return isBetween(run, value, /^\d{4}-\d{2}-\d{2}$/u, spec.from, spec.to);
    case 'month':
      return isBetween(run, value, /^\d{4}-\d{2}$/u, spec.from, spec.to);
    case 'year':
      return isBetween(run, String(value as number), /^\d{4}$/u, spec.from, spec.to);
    case 'time':
      return typeof value === 'string' && /^\d{2}:\d{2}$/u.test(value);
    case 'phone':
    case 'contact':
      return typeof value === 'string' && /^62\d{8,13}$/u.test(value);
    case 'rt_rw':
      return typeof value === 'string' && /^\d{3}\/\d{3}$/u.test(value);
    case 'person_name':
      return typeof value === 'string' && value.trim() !== '';
    case 'village':
      return isObject(value) && typeof value.id === 'string' && typeof value.name === 'string';
    case 'location':
      return isObject(value) && typeof value.latitude === 'number' && typeof value.longitude === 'number';
    case 'photo':
    case 'document':
      return false;
  }
}

/** Days, months and years are compared as far as both are written: `2026-08` with `2026-08-01`. */
function isBetween(
  run: Run,
  value: Json,
  form: RegExp,
  from: string | number | undefined,
  to: string | number | undefined,
): boolean {
  if (typeof value !== 'string' || !form.test(value)) return false;
  const limit = (written: string | number): string =>
    bound(String(written), run.today).slice(0, value.length);
  return (from === undefined || value >= limit(from)) && (to === undefined || value <= limit(to));
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
