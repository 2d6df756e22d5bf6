import { expect, test } from 'vitest';
import { describeError } from '../../src/roles/log.js';

test('an error is logged without the row that a database quotes', () => {
  const error = Object.assign(new Error('new row violates a check'), {
    code: '23514',
    detail: 'Failing row contains (7, Siti Aminah, 3510121708900001)',
    parameters: ['Siti Aminah'],
  });
  const told = JSON.stringify(describeError(error));
  expect(told).toContain('23514');
  expect(told).not.toContain('Siti');
  expect(told).not.toContain('3510121708900001');
});

test('numbers of people in the words of an error are taken out, its stack and its cause are kept', () => {
  const cause = new Error('invalid input: "081234567890"');
  const told = describeError(new Error('could not be stored', { cause })) as {
    stack: string;
    cause: { message: string };
  };
  expect(told.cause.message).toBe('invalid input: "…"');
  expect(told.stack).toContain('log.test.ts');
});

test('what is no error at all is told, too', () => {
  expect(describeError('auth timeout')).toBe('auth timeout');
});
