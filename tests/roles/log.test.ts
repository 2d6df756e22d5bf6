import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog, describeError } from '../../src/roles/log.js';

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

test('a message’s id is told without the number that WhatsApp spells in it', () => {
  const lines: string[] = [];
  const to = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createLog('info', to);
  const wamid = `wamid.${Buffer.from('\x1d\x04\x0d6281234567890\x15\x02\x00\x12\x18 3EB0A1B2C3D4E5F6').toString('base64')}`;
  log.info({ line: 'whatsapp-web:desa', message: 'false_6281234567890@c.us_3EB0C767D26A1D8E' }, 'not stored');
  log.info({ reason: 'no LID for user 6281234567890, +6281234567890' }, 'not sent');
  log.info({ message: wamid, conversation: '0198a5e0-6281-7345-8789-012345678901' }, 'not stored');
  const told = lines.join('');
  expect(told).not.toContain('6281234567890');
  expect(told).toContain('false_#@c.us_3EB0C767D26A1D8E');
  expect(told).toContain(`wamid.…${wamid.slice(-16)}"`);
  expect(told).toContain('0198a5e0-6281-7345-8789-012345678901');
  expect(told).toContain('whatsapp-web:desa');
});
