import type { CompiledFlow } from '../compiled.js';
import type { FlowFault } from '../yamlFile.js';

/** A fault of a flow at a line of its file. */
export function fault(
  flow: CompiledFlow,
  line: number,
  what: string,
  cure: string,
  warning = false,
): FlowFault {
  return { file: flow.file, line, what, cure, ...(warning ? { warning } : {}) };
}
