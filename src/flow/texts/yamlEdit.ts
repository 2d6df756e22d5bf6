import { isDeepStrictEqual } from 'node:util';
import { Composer, CST, isMap, isScalar, parse, parseDocument, Parser, stringify } from 'yaml';
import type { Document, Scalar, YAMLMap } from 'yaml';
import { at } from '../compileFlow.js';
import type { YamlPath } from '../yamlFile.js';

/**
 * Puts words at a place of a YAML file and leaves every other byte as it is: comments, order, quotes, line breaks. A key
 * that is not there yet comes last in the deepest map around it; an empty source becomes a file of its own. Throws where
 * the file is not YAML, or where the place is not a text.
 */
export function putWords(source: string, path: YamlPath, words: string): string {
  if (source.trim() === '') return stringify(nested(path, words), { lineWidth: 0 });
  const present = at(parse(source), path);
  if (present === words) return source;
  for (const edit of [typeof present === 'string' ? replaceScalar : appendKey, rewrite]) {
    const edited = edit(source, path, words);
    if (edited !== null && differsOnlyAt(source, edited, path, words)) return edited;
  }
  throw new Error(`cannot write at ${path.join('.')}`);
}

/** The scalar's own token is written anew; all other tokens are printed as they were read. */
function replaceScalar(source: string, path: YamlPath, words: string): string | null {
  const tokens = [...new Parser().parse(source)];
  const [document] = new Composer({ keepSourceTokens: true }).compose(tokens);
  const node = document?.getIn(path, true);
  if (!isScalar(node) || !node.srcToken) return null;
  const inFlow = isInFlow(document!, path);
  CST.setScalarValue(node.srcToken, words, {
    afterKey: true,
    inFlow,
    type: typeFor(node as Scalar<string>, words, inFlow),
  });
  return tokens.map((token) => CST.stringify(token)).join('');
}

function typeFor(node: Scalar<string>, words: string, inFlow: boolean): Scalar.Type {
  const isOneLine = !words.includes('\n');
  if (!isOneLine) return inFlow ? 'QUOTE_DOUBLE' : 'BLOCK_LITERAL';
  if (node.type === 'PLAIN') return isPlain(words) ? 'PLAIN' : 'QUOTE_SINGLE';
  return (node.type as Scalar.Type | undefined) ?? 'QUOTE_SINGLE';
}

/** Whether words read the same without quotes, also within a flow map. */
function isPlain(words: string): boolean {
  try {
    return isDeepStrictEqual(parse(`{ a: ${words} }`), { a: words });
  } catch {
    return false;
  }
}

function isInFlow(document: Document, path: YamlPath): boolean {
  return path.some((_, i) => {
    const around = document.getIn(path.slice(0, i), true) as { flow?: boolean } | undefined;
    return around?.flow === true;
  });
}

/** Writes the missing part of the path below the last line of the map that is there. */
function appendKey(source: string, path: YamlPath, words: string): string | null {
  const document = parseDocument(source);
  let depth = path.length - 1;
  while (depth > 0 && !isMap(document.getIn(path.slice(0, depth), true))) depth--;
  const map = (
    depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true)
  ) as YAMLMap | null;
  if (!isMap(map) || map.flow || !map.range || map.items.length === 0) return null;
  const first = map.items[0]!.key as Scalar | null;
  const start = first?.range?.[0] ?? map.range[0];
  const indent = start - (source.lastIndexOf('\n', start - 1) + 1);
  const end = lineEnd(source, map.range[1]);
  const lines = stringify(nested(path.slice(depth), words), { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
  const before = source.slice(0, end);
  return `${before}${before.endsWith('\n') ? '' : '\n'}${lines.join('\n')}\n${source.slice(end)}`;
}

/** Behind the line in which a value ends; a block scalar's range ends behind it already. */
function lineEnd(source: string, from: number): number {
  if (from > 0 && source[from - 1] === '\n') return from;
  const next = source.indexOf('\n', from);
  return next < 0 ? source.length : next + 1;
}

/** Last resort, for shapes that are not ours: the whole file is printed anew, its comments kept. */
function rewrite(source: string, path: YamlPath, words: string): string | null {
  const document = parseDocument(source);
  document.setIn(path, words);
  return document.toString({ lineWidth: 0 });
}

function differsOnlyAt(source: string, edited: string, path: YamlPath, words: string): boolean {
  try {
    const expected = parseDocument(source);
    expected.setIn(path, words);
    return isDeepStrictEqual(parse(edited), expected.toJS());
  } catch {
    return false;
  }
}

function nested(path: YamlPath, words: string): unknown {
  return path.reduceRight<unknown>((value, key) => ({ [key]: value }), words);
}
