import { z } from 'zod';
import { FlowFile } from './schema.js';

/** The JSON Schema of a flow file, by which an editor completes and checks it while it is written. */
export function flowSchema(): object {
  return { title: 'A flow of Kentongan', ...z.toJSONSchema(FlowFile, { io: 'input', target: 'draft-7' }) };
}
