import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { render } from '../../src/channels/telegram/render.js';
import { toInbound } from '../../src/channels/telegram/toInbound.js';
import { asItLeaves } from '../../src/core/asItLeaves.js';
import { digitsOf, keypadLayout, withKeypad } from '../../src/core/keypad.js';
import type { Outgoing } from '../../src/core/outgoing.js';
import { PAYLOAD_BYTES, readPayload } from '../../src/core/payload.js';
import { createSealer } from '../../src/store/sealer.js';

const KEY = new Uint8Array(32).fill(7);
const keys = createSealer([KEY]);
const ID = '0198a000-0000-7000-8000-000000000001';
const shown: Outgoing = { text: 'Masukkan PIN.', keypad: { id: ID, filled: 0 } };

describe('the layout of a keypad', () => {
  test('is a permutation of the ten digits, whatever its id', () => {
    for (let n = 0; n < 2_000; n++)
      expect(keypadLayout(keys, `pad-${n}`).toSorted((a, b) => a - b)).toEqual([
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
      ]);
  });

  test('is the same for everybody who has the key, and another for the next keypad and the next installation', () => {
    expect(keypadLayout(createSealer([KEY]), ID)).toEqual(keypadLayout(keys, ID));
    expect(keypadLayout(keys, `${ID}2`)).not.toEqual(keypadLayout(keys, ID));
    expect(keypadLayout(createSealer([randomBytes(32)]), ID)).not.toEqual(keypadLayout(keys, ID));
  });

  test('puts every digit at every place about as often', () => {
    const counts = Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => 0));
    const rounds = 10_000;
    for (let n = 0; n < rounds; n++)
      keypadLayout(keys, `pad-${n}`).forEach((digit, place) => (counts[place]![digit]! += 1));
    // 1000 each; six times the standard deviation (30) either way.
    for (const count of counts.flat()) expect(Math.abs(count - rounds / 10)).toBeLessThan(180);
  });

  test('goes on after the bytes of one digest are used up', () => {
    // Bytes that are unfair for ten digits, nine, … : passed over until the next digest.
    let asked = 0;
    const stingy = {
      lookUpKey: (value: string) => {
        asked += 1;
        const bytes = asked < 4 ? Buffer.alloc(32, 255) : createHmac('sha256', KEY).update(value).digest();
        return `key.${bytes.toString('base64url')}`;
      },
    };
    expect(keypadLayout(stingy, ID).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(asked).toBeGreaterThan(3);
  });
});

describe('a keypad in a message', () => {
  test('has its digits only as the message leaves, and each button carries its place alone', () => {
    expect(JSON.stringify(shown)).not.toContain('label');
    const { choices = [] } = withKeypad(shown, keys);
    expect(choices).toHaveLength(12);
    const layout = keypadLayout(keys, ID);
    for (const { label, payload } of choices) {
      expect(payload.length).toBeLessThanOrEqual(PAYLOAD_BYTES);
      const read = readPayload(payload);
      if (read?.kind !== 'keypad') throw new Error('no key of a keypad');
      expect(read.id).toBe(ID);
      if (typeof read.key === 'number') expect(label).toBe(String(layout[read.key]));
    }
    expect(
      choices
        .map(({ label }) => label)
        .filter((label) => /^\d$/u.test(label))
        .toSorted(),
    ).toEqual([...'0123456789']);
  });

  test('tells the digits that were meant to whoever has the key', () => {
    const layout = keypadLayout(keys, ID);
    const positions = [...'482915'].map((digit) => layout.indexOf(Number(digit)));
    expect(digitsOf(keys, { id: ID, positions })).toBe('482915');
    expect(digitsOf(createSealer([randomBytes(32)]), { id: ID, positions })).not.toBe('482915');
  });

  test('leaves a message without one as it is', () => {
    const message: Outgoing = { text: 'Halo', choices: [{ label: 'Menu', payload: 'w.menu' }] };
    expect(asItLeaves(message, keys)).toBe(message);
  });

  test('stands three in a row on Telegram, with what is beside it below', () => {
    const leaving = withKeypad({ ...shown, choices: [{ label: 'Batal', payload: 'a.x1.0' }] }, keys);
    const [request] = render('42', leaving);
    const { inline_keyboard: rows } = request!.params['reply_markup'] as {
      inline_keyboard: { text: string }[][];
    };
    expect(rows.map((row) => row.length)).toEqual([3, 3, 3, 3, 1]);
    expect(rows[3]![0]!.text).toBe('⌫');
    expect(rows[3]![2]!.text).toBe('OK');
    expect(rows[4]![0]!.text).toBe('Batal');
  });

  test('is heard without the digit that its button said', () => {
    const [button] = withKeypad(shown, keys).choices!;
    const reading = toInbound(
      {
        update_id: 1,
        callback_query: {
          id: '99',
          from: { id: 42, is_bot: false, first_name: 'Suparman' },
          data: button!.payload,
          message: {
            message_id: 7,
            date: 1,
            chat: { id: 42, type: 'private' },
            text: shown.text,
            reply_markup: { inline_keyboard: [[{ text: button!.label, callback_data: button!.payload }]] },
          },
        },
      },
      { lineId: 'telegram:1', now: new Date(0) },
    );
    if (reading.kind !== 'inbound') throw new Error(reading.why);
    expect(reading.inbound.content).toEqual({ kind: 'tap', payload: button!.payload });
  });
});

test.each(['k.', 'k.x', 'k.x.10', 'k.x.-1', 'k.x.enter', 'k.x.1.2', 'k..3'])(
  '%s is no key of a keypad',
  (text) => {
    expect(readPayload(text)).toBeNull();
  },
);
