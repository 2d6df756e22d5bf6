import type { Json } from '../core/json.js';

/** A value as plain text: what is missing is nothing, what is no single value is its JSON. */
export function asText(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
