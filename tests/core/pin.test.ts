import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { pinFault } from '../../src/core/pin.js';
import { hashPin, verifyPin } from '../../src/store/pinHash.js';
import { createSealer } from '../../src/store/sealer.js';

describe('a PIN that somebody chooses', () => {
  test.each([
    ['48291', 'form'],
    ['4829155', 'form'],
    ['48a915', 'form'],
    ['４８２９１５', 'form'],
    ['111111', 'same'],
    ['121212', 'same'],
    ['112112', 'same'],
    ['123456', 'run'],
    ['345678', 'run'],
    ['890123', 'run'],
    ['987654', 'run'],
    ['321098', 'run'],
    ['482482', 'repeated'],
    ['482284', 'repeated'],
    ['198765', 'year'],
    ['651987', 'year'],
    ['652004', 'year'],
    ['170845', 'date'],
    ['450817', 'date'],
    ['785612', 'phone'],
  ])('%s is refused: %s', (pin, fault) => {
    expect(pinFault(pin, '6281278561234')).toBe(fault);
  });

  test.each(['482915', '739046', '605138', '947362'])('%s is taken', (pin) => {
    expect(pinFault(pin, '6281278561234')).toBeNull();
  });

  test('most of all PINs are taken', () => {
    let taken = 0;
    for (let n = 0; n < 1_000_000; n += 7) if (pinFault(String(n).padStart(6, '0')) === null) taken += 1;
    expect(taken / (1_000_000 / 7)).toBeGreaterThan(0.85);
  });
});

describe('the hash of a PIN', () => {
  const keys = createSealer([randomBytes(32)]);
  const officer = '0198a000-0000-7000-8000-00000000000a';

  test('knows its PIN, of its officer alone', async () => {
    const hash = await hashPin(officer, '482915', keys);
    expect(hash).toMatch(/^scrypt\$16384\$16\$1\$/u);
    expect(hash).not.toContain('482915');
    expect(await verifyPin(officer, '482915', hash, keys)).toEqual({ isRight: true, isOld: false });
    expect(await verifyPin(officer, '482916', hash, keys)).toEqual({ isRight: false, isOld: false });
    const another = '0198a000-0000-7000-8000-00000000000b';
    expect((await verifyPin(another, '482915', hash, keys))?.isRight).toBe(false);
  });

  test('is another each time', async () => {
    expect(await hashPin(officer, '482915', keys)).not.toBe(await hashPin(officer, '482915', keys));
  });

  test('is known after a rotation of keys, and to be made anew; without its key it cannot be told', async () => {
    const [before, after] = [randomBytes(32), randomBytes(32)];
    const hash = await hashPin(officer, '482915', createSealer([before]));
    expect(await verifyPin(officer, '482915', hash, createSealer([after, before]))).toEqual({
      isRight: true,
      isOld: true,
    });
    expect(await verifyPin(officer, '482915', hash, createSealer([after]))).toBeNull();
  });
});
