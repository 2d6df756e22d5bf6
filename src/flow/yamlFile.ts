import { CORE_SCHEMA, load } from 'js-yaml';
import { LineCounter, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';

/** Something wrong in a flow file: where, what, and what cures it. */
export interface FlowFault {
  file: string;
  line: number;
  what: string;
  cure: string;
  /** A warning lets the program start. */
  warning?: boolean;
}

export type YamlPath = readonly (string | number)[];

/** A YAML file that knows the line of every value in it. */
export interface YamlFile {
  file: string;
  value: unknown;
  lineOf(path: YamlPath): number;
}

/**
 * Reads YAML; what is not YAML comes back as faults. Values come from the quick reader, as they do every time that the
 * program starts; the slow one knows where each stands, and is asked only where there is something to tell.
 */
export function readYaml(file: string, text: string): { yaml: YamlFile; faults: FlowFault[] } {
  let placed: Placed | null = null;
  const place = (): Placed => (placed ??= readPlaced(text));
  const withLines = (value: unknown): YamlFile => ({
    file,
    value,
    lineOf: (path) => lineOf(place().document, place().lines, path),
  });
  try {
    // Empty is nothing, as everywhere, and no fault.
    if (/^(?:\s*(?:#.*)?\n?)*$/u.test(text)) return { yaml: withLines(null), faults: [] };
    return { yaml: withLines(load(text, { schema: CORE_SCHEMA })), faults: [] };
  } catch {
    const { document, lines } = place();
    const faults = document.errors.map((error) => ({
      file,
      line: lines.linePos(error.pos[0]).line,
      what: `this is not YAML: ${error.message}`,
      cure: 'check the indentation, and put texts with ": " or "#" between quotes',
    }));
    return { yaml: withLines(faults.length > 0 ? null : document.toJS()), faults };
  }
}

/** A document of which every value's place is known. */
interface Placed {
  document: Document;
  lines: LineCounter;
}

function readPlaced(text: string): Placed {
  const lines = new LineCounter();
  return {
    document: parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false }),
    lines,
  };
}

/** The line of a value, or of the nearest thing around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: YamlPath): number {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const key of path) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair || !isPair(pair)) break;
      offset = offsetOf(pair.key) ?? offset;
      next = pair.value;
    } else if (isSeq(node) && typeof key === 'number') {
      next = node.items[key];
      offset = offsetOf(next) ?? offset;
    } else break;
    node = next;
  }
  return lines.linePos(offset).line;
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}
