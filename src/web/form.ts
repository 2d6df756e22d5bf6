import { z } from 'zod';
import { storable } from '../core/identityNumbers.js';
import type { WebContext } from './env.js';

export type ReadForm<T> =
  | { data: T; given: Given; field?: undefined }
  /** `field`: the first that does not fit. */
  | { data: null; given: Given; field: string };
/** What was typed, to be shown again; never a password or a PIN. */
export type Given = { [field: string]: string };

/** Reads a form at the door: text fields only, cleaned of what the database refuses. */
export async function readForm<T>(c: WebContext, shape: z.ZodType<T>): Promise<ReadForm<T>> {
  const fields: { [field: string]: string | string[] } = {};
  for (const [name, value] of Object.entries(await c.req.parseBody({ all: true }))) {
    const texts = (Array.isArray(value) ? value : [value])
      .filter((text) => typeof text === 'string')
      .map(storable);
    if (texts.length > 0) fields[name] = texts.length === 1 ? texts[0]! : texts;
  }
  const given: Given = {};
  for (const [name, value] of Object.entries(fields))
    if (typeof value === 'string' && !['password', 'again', 'current', 'pin'].includes(name))
      given[name] = value;
  const read = shape.safeParse(fields);
  if (read.success) return { data: read.data, given };
  return { data: null, given, field: String(read.error.issues[0]?.path[0] ?? '') };
}
