import { z } from 'zod';
import { schemaFaults } from '../schemaFaults.js';
import type { FlowFault } from '../yamlFile.js';
import type { Files, Overlay } from './files.js';

const List = z.array(z.coerce.string().min(1)).default([]);
const AllowedFile = z.strictObject({
  /** Sites, without `https://`; everything below them too. */
  links: List,
  /** Numbers that people may be told to call. */
  numbers: List,
  /** Made-up numbers that show how one is typed. */
  examples: List,
  /** Amounts that another office charges by law, as written: `Rp600.000`. */
  amounts: List,
});
export type Allowed = z.infer<typeof AllowedFile>;

const NAME = 'allowed.yaml';

/** The installation's list of what texts may name. Where the file is missing, nothing but the emergency lines. */
export function readAllowed(files: Files, over: Overlay | undefined, faults: FlowFault[]): Allowed {
  const yaml = files.get(NAME);
  if (over?.has(NAME))
    faults.push({
      file: yaml?.file ?? NAME,
      line: 1,
      what: 'the list of links, numbers and amounts is not changed by a publication',
      cure: 'change it on the machine itself, where nobody can do so from a chat or the console',
    });
  const parsed = AllowedFile.safeParse(yaml?.value ?? {});
  if (parsed.success) return parsed.data;
  faults.push(...schemaFaults(yaml!, parsed.error));
  return AllowedFile.parse({});
}
