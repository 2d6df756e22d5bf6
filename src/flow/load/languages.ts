import { z } from 'zod';
import { DEFAULT_LANGUAGE } from '../../words/languages.js';
import { schemaFaults } from '../schemaFaults.js';
import type { FlowFault } from '../yamlFile.js';
import { languagesOf } from './files.js';
import type { Files } from './files.js';

/** Who may still have to look a language over. */
const AWAITED = ['native reader', 'native speaker'] as const;

/** text/languages.yaml: one entry a language, by its code (ISO 639; `osi` and `mad` have three letters). */
const LanguagesFile = z.record(
  z.string().regex(/^[a-z]{2,3}$/u),
  z.strictObject({
    /** As its speakers call it. */
    name: z.string().min(1),
    /** `check` demands it complete. */
    demanded: z.boolean().default(false),
    /** Not offered before somebody who speaks it agreed. */
    approved: z.boolean().default(true),
    /** Who must still look it over; it may be offered meanwhile. */
    awaiting: z.enum(AWAITED).optional(),
  }),
);
export interface Language {
  code: string;
  name: string;
  demanded: boolean;
  approved: boolean;
  awaiting: (typeof AWAITED)[number] | null;
}

const LANGUAGES_FILE = 'text/languages.yaml';

/** All languages beside the default one: those of the file, and any other that has a folder of texts. */
export function readLanguages(files: Files, faults: FlowFault[]): Language[] {
  const yaml = files.get(LANGUAGES_FILE);
  const parsed = yaml ? LanguagesFile.safeParse(yaml.value) : null;
  if (yaml && !parsed!.success) faults.push(...schemaFaults(yaml, parsed!.error));
  const listed = parsed?.data ?? {};
  const codes = [...new Set([...Object.keys(listed), ...languagesOf(files)])].sort();
  return codes
    .filter((code) => code !== DEFAULT_LANGUAGE)
    .map((code) => ({
      code,
      name: listed[code]?.name ?? code,
      demanded: listed[code]?.demanded ?? false,
      approved: listed[code]?.approved ?? true,
      awaiting: listed[code]?.awaiting ?? null,
    }));
}
