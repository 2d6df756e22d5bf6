import { describe, expect, test } from 'vitest';
import { compileExpression, ExpressionError } from '../../src/flow/expression.js';
import type { Json } from '../../src/core/json.js';

const scope = (values: { [root: string]: unknown }) => (root: string) => values[root];
const valueOf = (source: string, values: { [root: string]: unknown } = {}): Json =>
  compileExpression(source).value(scope(values));

describe('an expression', () => {
  test.each([
    ["answers.kind == 'other'", { answers: { kind: 'other' } }, true],
    ['answers.count + 1', { answers: { count: 2 } }, 3],
    ['answers.count / 2', { answers: { count: 5 } }, 2.5],
    ['answers.count >= 3 && !answers.sure', { answers: { count: 3, sure: false } }, true],
    ['size(vars.items) > 0', { vars: { items: [1] } }, true],
    ['vars.case.status in ["open", "asked"]', { vars: { case: { status: 'asked' } } }, true],
    ['{"a": answers.x, "b": [1, 2]}', { answers: { x: 'y' } }, { a: 'y', b: [1, 2] }],
    ['case.code', { case: { code: 'K7' } }, 'K7'],
    ["lower('ABC')", {}, 'abc'],
    ["forbidden_goods('rokok murah')", {}, 'tobacco'],
    ["forbidden_goods('jeruk')", {}, null],
    ["months_between('2026-08-31', '2026-09-30')", {}, 1],
    ["months_between('2026-08-24', '2026-11-23')", {}, 2],
    ["month_after('2026-11-24', 2)", {}, '2027-01-01'],
    ["month_after('2027-01', -1)", {}, '2026-12-01'],
    ["month_after('tidak tahu', 1)", {}, ''],
    ["days_between('2026-11-20', '2026-11-24')", {}, 4],
  ])('%s', (source, values, expected) => {
    expect(valueOf(source, values)).toEqual(expected);
  });

  test('of something that is missing is null, and holds not', () => {
    expect(valueOf('answers.x', { answers: {} })).toBeNull();
    expect(valueOf('answers.x == null', { answers: {} })).toBe(true);
    expect(valueOf('vars.case.code', { vars: {} })).toBeNull();
    expect(compileExpression('village.is_open_now').holds(scope({ village: null }))).toBe(false);
  });

  test('asks with has() whether a variable was handed in', () => {
    expect(valueOf('has(vars.arg)', { vars: {} })).toBe(false);
    expect(valueOf('has(vars.arg) && vars.arg == "x"', { vars: { arg: 'x' } })).toBe(true);
  });

  test('tells the names that it uses', () => {
    const { roots, answers, vars } = compileExpression(
      'answers.a == 1 && vars.b.c && items.exists(i, i.d == x)',
    );
    expect([...roots].sort()).toEqual(['answers', 'items', 'vars', 'x']);
    expect(answers).toEqual(['a']);
    expect(vars).toEqual(['b']);
  });

  test.each(['1 +', 'nosuch(1)', "'a' + 1", 'answers.'])('"%s" is refused when it is read', (source) => {
    expect(() => compileExpression(source)).toThrow(ExpressionError);
  });
});
