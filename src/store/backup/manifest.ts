import { z } from 'zod';
import { SetupError } from '../../core/errors.js';

export const FORMAT = 1;
const name = z.string().regex(/^[a-z_][a-z0-9_]*$/u);

/** The first file of a backup: what is in it, and what it fits. */
export const Manifest = z.object({
  format: z.literal(FORMAT),
  madeAt: z.iso.datetime(),
  /** The tables' version; restored at that version, then brought up to date. */
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  /** In an order in which every row comes after those that it refers to. */
  tables: z.array(z.object({ name, columns: z.array(name) })),
  /** The id of the key that sealed values need; the key itself is never in a backup. */
  keyId: z.string().nullable(),
});
export type Manifest = z.infer<typeof Manifest>;

/** The last file: what a whole backup must have had. */
export const Ending = z.object({
  rows: z.record(z.string(), z.number().int().min(0)),
  /** Where each counting column goes on. */
  counters: z.array(z.object({ table: name, column: name, last: z.number().int(), isCalled: z.boolean() })),
  files: z.number().int().min(0),
  /** Files that were erased or lost while the backup was made. */
  missing: z.array(z.string()),
});
export type Ending = z.infer<typeof Ending>;

/** Parses a JSON file of a backup. Throws SetupError where it is none of ours. */
export function parseJson<T>(schema: z.ZodType<T>, data: Uint8Array): T {
  const parsed = schema.safeParse(JSON.parse(Buffer.from(data).toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new SetupError([
    `This is no backup that this program can read: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`,
  ]);
}
