import { z } from 'zod';
import { LetterTemplate } from '../core/letterTemplate.js';
import { FlowFile, PathsFile, Service } from './schema.js';

/** The files under flows/ that an editor can complete: conversations, the catalogue, templates of letters. */
export type SchemaKind = 'flow' | 'services' | 'letter';

/** The JSON Schema of a kind of file under flows/, by which an editor completes and checks it while it is written. */
export function fileSchema(kind: SchemaKind): object {
  const { title, of } = FILES[kind];
  return { title, ...z.toJSONSchema(of, { io: 'input', target: 'draft-7' }) };
}

const FILES: { [K in SchemaKind]: { title: string; of: z.ZodType } } = {
  /** flows/<area>/<flow>.yaml */
  flow: { title: 'A flow of Kentongan', of: FlowFile },
  /** flows/services.yaml: `paths`, and one entry a service. */
  services: {
    title: 'The catalogue of services of Kentongan',
    of: z.object({ paths: PathsFile.optional() }).catchall(Service),
  },
  /** flows/letters/<service>.yaml */
  letter: { title: 'The template of a letter of Kentongan', of: LetterTemplate },
};
