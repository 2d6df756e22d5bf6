import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toInbound } from '../../../src/channels/telegram/toInbound.js';

interface Recorded {
  title: string;
  update: unknown;
  expected: { [field: string]: unknown };
}

const folder = join(import.meta.dirname, 'updates');
const line = { lineId: 'telegram:7001', now: new Date('2026-11-18T12:00:00Z') };

describe('every recorded update is read as its file says', () => {
  for (const file of readdirSync(folder)) {
    const { title, update, expected } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded;
    test(`${file}: ${title}`, () => {
      const reading = toInbound(update, line);
      const seen: unknown =
        reading.kind === 'ignored'
          ? { ignored: reading.why }
          : (JSON.parse(JSON.stringify(reading.inbound)) as unknown);
      expect(seen).toEqual(
        'ignored' in expected ? expected : { lineId: 'telegram:7001', platform: 'telegram', ...expected },
      );
    });
  }
});

test('whatever comes, reading it does not throw, and keeps its update id for confirming', () => {
  const values = [
    null,
    undefined,
    0,
    'x',
    [],
    {},
    { chat: null },
    { chat: { id: 'x' } },
    { from: 5, chat: { id: 1, type: 'private' } },
  ];
  for (const kind of ['message', 'callback_query', 'edited_message', 'my_chat_member']) {
    for (const value of values) {
      expect(toInbound({ update_id: 9, [kind]: value }, line)).toMatchObject({
        kind: 'ignored',
        updateId: 9,
      });
    }
  }
  for (const value of values)
    expect(toInbound(value, line)).toMatchObject({ kind: 'ignored', updateId: null });
});

test('a redelivered update carries the same external id, another message of the chat a different one', () => {
  const message = (id: number) => ({
    update_id: id,
    message: { message_id: id, date: 1, chat: { id: 41, type: 'private' }, from: { id: 41 }, text: 'x' },
  });
  const idOf = (update: unknown) => {
    const reading = toInbound(update, line);
    return reading.kind === 'inbound' ? reading.inbound.externalId : null;
  };
  expect(idOf(message(1))).toBe(idOf({ ...message(1), update_id: 2 }));
  expect(idOf(message(1))).not.toBe(idOf(message(2)));
});
