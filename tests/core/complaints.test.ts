import { describe, expect, test } from 'vitest';
import { isReceiver, receiverOf } from '../../src/core/complaints.js';
import type { VillageOfficer } from '../../src/core/handlers.js';

const officer = (id: string, name: string, roles: string[], isKeeper = false): VillageOfficer => ({
  id,
  name,
  roles,
  isKeeper,
});
const OPERATOR = officer('o', 'Andi Wijaya', ['operator']);
const SECRETARY = officer('s', 'Ibu Ratna Dewi', ['sekretaris']);
const HEAD = officer('h', 'Bapak Slamet', ['kepala_desa']);
const KEEPER = officer('k', 'Penjaga', ['admin'], true);
const ALL = [OPERATOR, SECRETARY, HEAD, KEEPER];

describe('the receiver of a complaint', () => {
  test.each([
    ['staff', 'sekretaris'],
    ['hamlet', 'sekretaris'],
    ['secretary', 'kepala_desa'],
    ['unknown', 'kepala_desa'],
    ['head', null],
    ['anything else', 'kepala_desa'],
  ])('about %s is %s', (who, role) => {
    expect(receiverOf(who, null, ALL)?.role ?? null).toBe(role);
  });

  test('is passed over where the words name them', () => {
    expect(receiverOf('staff', 'bu RATNA itu', ALL)).toEqual({ role: 'kepala_desa', officers: ['h'] });
    expect(receiverOf('staff', 'pak andi', ALL)).toEqual({ role: 'sekretaris', officers: ['s'] });
    expect(receiverOf('secretary', 'pak slamet', ALL)).toBeNull();
    // A title is no name.
    expect(receiverOf('secretary', 'bapak', ALL)?.role).toBe('kepala_desa');
  });

  test('is passed over where they may be the very person: they hold such a role as well', () => {
    const both = officer('s', 'Ibu Ratna', ['operator', 'sekretaris']);
    expect(receiverOf('staff', null, [both, HEAD])?.role).toBe('kepala_desa');
    expect(receiverOf('staff', null, [both])).toBeNull();
    expect(receiverOf('secretary', null, [officer('h', 'Slamet', ['kepala_desa', 'sekretaris'])])).toBeNull();
  });

  test('is never a keeper of the installation, and nobody where the role is held by nobody', () => {
    expect(receiverOf('staff', null, [OPERATOR, KEEPER])).toBeNull();
    expect(receiverOf('staff', null, [officer('k', 'Ratna', ['sekretaris'], true)])).toBeNull();
  });

  test('sees it while they hold the role in that village: whoever is given the role later does not', () => {
    const sealed = { role: 'sekretaris', officers: ['s'] };
    const here = [{ role: 'sekretaris', village: 'v' }];
    expect(isReceiver(sealed, { id: 's', roles: here }, 'v')).toBe(true);
    expect(isReceiver(sealed, { id: 's', roles: here }, 'w')).toBe(false);
    expect(isReceiver(sealed, { id: 's', roles: [{ role: 'operator', village: 'v' }] }, 'v')).toBe(false);
    expect(isReceiver(sealed, { id: 'o', roles: here }, 'v')).toBe(false);
    expect(isReceiver(sealed, { id: 's', roles: [{ role: 'admin', village: null }] }, 'v')).toBe(false);
  });
});
