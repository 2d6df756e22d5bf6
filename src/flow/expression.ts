import { Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import { judgeGoods } from '../core/forbiddenGoods.js';
import type { Json } from '../core/json.js';

/** Gives what a name at the root of an expression stands for; null where it is unknown. */
export type Scope = (root: string) => unknown;

/** A condition or value of a flow file: CEL, read once. */
export interface Expression {
  readonly source: string;
  /** Names at the root, and second parts of `answers.…` and `vars.…`: what `check` looks for. */
  readonly roots: readonly string[];
  readonly answers: readonly string[];
  readonly vars: readonly string[];
  /** The value as JSON. What is missing is null. */
  value(scope: Scope): Json;
  /** Whether it is true. What is missing makes it false. */
  holds(scope: Scope): boolean;
}

/** An expression that is not CEL. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })
  // JSON numbers are doubles and written numbers ints: a clerk need not know.
  .registerOperator('double + int', (a: number, b: bigint) => a + Number(b))
  .registerOperator('int + double', (a: bigint, b: number) => Number(a) + b)
  .registerOperator('double - int', (a: number, b: bigint) => a - Number(b))
  .registerOperator('int - double', (a: bigint, b: number) => Number(a) - b)
  .registerOperator('double * int', (a: number, b: bigint) => a * Number(b))
  .registerOperator('int * double', (a: bigint, b: number) => Number(a) * b)
  .registerOperator('double / int', (a: number, b: bigint) => a / Number(b))
  .registerOperator('int / double', (a: bigint, b: number) => Number(a) / b)
  .registerFunction('months_between(dyn, dyn): double', (from: unknown, to: unknown) =>
    monthsBetween(from, to),
  )
  .registerFunction('days_between(dyn, dyn): double', (from: unknown, to: unknown) =>
    Math.floor((asDay(to) - asDay(from)) / 86_400_000),
  )
  .registerFunction('month_after(dyn, dyn): string', (day: unknown, months: unknown) =>
    monthAfter(day, Number(months)),
  )
  .registerFunction('lower(string): string', (text: string) => text.toLowerCase())
  .registerFunction('forbidden_goods(dyn): dyn', (text: unknown) =>
    typeof text === 'string' ? judgeGoods(text).refused : null,
  );

/** Functions of CEL and ours that an expression may call are checked when it is read. Throws `ExpressionError`. */
export function compileExpression(source: string): Expression {
  let evaluate: ReturnType<typeof environment.parse>;
  try {
    evaluate = environment.parse(source);
  } catch (cause) {
    throw new ExpressionError(
      cause instanceof ParseError ? firstLine(cause.message) : 'it cannot be read as CEL',
      { cause },
    );
  }
  const typed = evaluate.check();
  if (!typed.valid) throw new ExpressionError(firstLine(typed.error?.message ?? 'its types do not fit'));
  const names = namesOf(evaluate.ast);
  const run = (scope: Scope): unknown => {
    const context: { [root: string]: unknown } = {};
    for (const root of names.roots) context[root] = scope(root) ?? null;
    if (names.fills.answers.length > 0) context.answers = filled(context.answers, names.fills.answers);
    if (names.fills.vars.length > 0) context.vars = filled(context.vars, names.fills.vars);
    try {
      return evaluate(context);
    } catch (cause) {
      // A part of something missing is itself missing: `vars.case.due` before there is a case.
      if (cause instanceof EvaluationError) return null;
      throw cause;
    }
  };
  return {
    source,
    roots: names.roots,
    answers: names.answers,
    vars: names.vars,
    value: (scope) => toJson(run(scope)),
    holds: (scope) => run(scope) === true,
  };
}

function firstLine(text: string): string {
  return text.split('\n')[0]!;
}

interface Names {
  roots: string[];
  answers: string[];
  vars: string[];
  /** Parts read outside `has(…)`: null where absent. */
  fills: { answers: string[]; vars: string[] };
}

function namesOf(ast: ASTNode): Names {
  const roots = new Set<string>();
  const parts = { answers: new Set<string>(), vars: new Set<string>() };
  const asked = { answers: new Set<string>(), vars: new Set<string>() };
  const visit = (node: unknown, inHas: boolean, bound: readonly string[]): void => {
    if (Array.isArray(node)) {
      for (const part of node) visit(part, inHas, bound);
      return;
    }
    if (!isNode(node)) return;
    if (node.op === 'value') return;
    if (node.op === 'id') {
      if (!bound.includes(node.args)) roots.add(node.args);
      return;
    }
    if (node.op === '.' && isNode(node.args[0]) && node.args[0].op === 'id') {
      const [of, part] = [node.args[0].args, node.args[1]];
      if (of === 'answers' || of === 'vars') {
        parts[of].add(part);
        if (inHas) asked[of].add(part);
      }
    }
    const isHas = node.op === 'call' && node.args[0] === 'has';
    // Macros bind a name: `items.exists(i, i.found)`.
    const binds =
      node.op === 'rcall' &&
      node.args[2].length >= 2 &&
      isNode(node.args[2][0]) &&
      node.args[2][0].op === 'id'
        ? [...bound, node.args[2][0].args]
        : bound;
    visit(node.args, inHas || isHas, binds);
  };
  visit(ast, false, []);
  const fills = (of: 'answers' | 'vars'): string[] => [...parts[of]].filter((part) => !asked[of].has(part));
  return {
    roots: [...roots],
    answers: [...parts.answers],
    vars: [...parts.vars],
    fills: { answers: fills('answers'), vars: fills('vars') },
  };
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function filled(value: unknown, names: string[]): { [key: string]: unknown } {
  const object: { [key: string]: unknown } = { ...(value as object) };
  for (const name of names) object[name] ??= null;
  return object;
}

function toJson(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, part]) => [String(key), toJson(part)]));
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toJson(part)]));
  return null;
}

/** Whole months from one day to another: a child born on the 31st is a month old on the last day of a short month. */
function monthsBetween(from: unknown, to: unknown): number {
  const [a, b] = [new Date(asDay(from)), new Date(asDay(to))];
  const months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
  const lastDay = new Date(Date.UTC(b.getUTCFullYear(), b.getUTCMonth() + 1, 0)).getUTCDate();
  return b.getUTCDate() < Math.min(a.getUTCDate(), lastDay) ? months - 1 : months;
}

/** The first day of the month so many months after that of a day: '2026-12-01'. Missing or no day: ''. */
function monthAfter(day: unknown, months: number): string {
  const date = new Date(asDay(day));
  if (Number.isNaN(date.getTime())) return '';
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)).toISOString().slice(0, 10);
}

function asDay(value: unknown): number {
  const date = value instanceof Date ? value : new Date(String(value));
  return date.getTime();
}
