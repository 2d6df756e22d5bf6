import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toInbound } from '../../../src/channels/whatsapp-web/toInbound.js';

interface Recorded {
  title: string;
  record: unknown;
  expected: { [field: string]: unknown };
}

const folder = join(import.meta.dirname, 'messages');
const line = {
  lineId: 'whatsapp-web:desa',
  isPrivate: (chatId: string) => chatId === '6281200000099@c.us',
};

describe('every recorded message is read as its file says', () => {
  for (const file of readdirSync(folder)) {
    const { title, record, expected } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded;
    test(`${file}: ${title}`, () => {
      const reading = toInbound(record, line);
      const seen: unknown =
        reading.kind === 'ignored'
          ? { ignored: reading.why }
          : (JSON.parse(JSON.stringify(reading.inbound)) as unknown);
      expect(seen).toEqual(
        'ignored' in expected ? expected : { lineId: line.lineId, platform: 'whatsapp', ...expected },
      );
    });
  }
});

test('whatever comes, reading it does not throw', () => {
  const whole = { id: 'x', chat: '6281200000041@c.us', fromMe: false, type: 'chat', at: 1 };
  const values = [null, undefined, 0, 'x', [], {}, { at: null }, { ...whole, chat: 5 }, { ...whole, at: -1 }];
  for (const value of values) expect(toInbound(value, line)).toMatchObject({ kind: 'ignored' });
  for (const field of ['text', 'file', 'location', 'cards', 'quotes', 'edit'])
    for (const value of [null, 0, [], {}, [1], { bytes: 'x' }])
      expect(toInbound({ ...whole, [field]: value }, line)).toMatchObject({ kind: 'inbound' });
});

test('what a group or a private chat says never leaves the reading', () => {
  const secret = 'rahasia keluarga';
  for (const chat of ['120363041234567890@g.us', 'status@broadcast', '6281200000099@c.us']) {
    const reading = toInbound({ id: 'x', chat, fromMe: false, type: 'chat', at: 1, text: secret }, line);
    expect(JSON.stringify(reading)).not.toContain('rahasia');
  }
});
