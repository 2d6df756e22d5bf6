import { describe, expect, test } from 'vitest';
import { firstName } from '../../src/core/firstName.js';
import { handlingOf, mayHandle, officersToTell, serves } from '../../src/core/handlers.js';
import type { HandlingKind, VillageOfficer } from '../../src/core/handlers.js';
import type { Service } from '../../src/core/service.js';
import { judgeInvite, maskPhone, readPhone } from '../../src/core/invites.js';

const HERE = 'v1';
const aService: Service = {
  title: 'Surat',
  kind: 'letter',
  promise_hours: null,
  promise: '',
  signer: 'none',
  checklist: [],
  confidential: false,
};
const ROLES = [
  'kepala_desa',
  'sekretaris',
  'kasi_pelayanan',
  'kasi_pemerintahan',
  'kasi_kesejahteraan',
  'kaur_tu',
  'operator',
  'bidan',
  'kader',
  'kepala_dusun',
  'admin',
];

function officer(id: string, ...roles: string[]): VillageOfficer {
  return { id, name: id, roles, isKeeper: false };
}

describe('who handles what', () => {
  const staff = ROLES.map((role) => officer(role, role));
  const letterDesk = [
    'kepala_desa',
    'sekretaris',
    'kasi_pelayanan',
    'kasi_pemerintahan',
    'kasi_kesejahteraan',
    'kaur_tu',
    'operator',
  ];
  const TABLE: [HandlingKind, boolean, string[]][] = [
    ['letter', false, letterDesk],
    ['referral', false, letterDesk],
    ['appointment', false, letterDesk],
    ['complaint', false, ['kepala_desa', 'sekretaris']],
    ['letter', true, ['kepala_desa', 'sekretaris']],
    ['complaint', true, ['kepala_desa', 'sekretaris']],
    ['referral', true, ['kepala_desa', 'sekretaris', 'kasi_kesejahteraan']],
    ['health', false, ['sekretaris', 'bidan', 'kader']],
    ['health', true, ['kepala_desa', 'sekretaris', 'bidan']],
    ['market', false, ['kepala_desa', 'sekretaris', 'kasi_pelayanan', 'kasi_kesejahteraan', 'operator']],
    ['conversation', false, ['kepala_desa', 'sekretaris', 'kasi_pelayanan', 'kaur_tu', 'operator']],
  ];

  test.each(TABLE)(
    '%s (confidential: %s) is told to %o and they, with the admin, may act',
    (kind, isConfidential, roles) => {
      const handling = { kind, isConfidential };
      expect(
        officersToTell(staff, handling)
          .map((one) => one.id)
          .toSorted(),
      ).toEqual(roles.toSorted());
      const may = ROLES.filter((role) => mayHandle([{ role, village: HERE }], HERE, handling, staff));
      expect(may.toSorted()).toEqual([...roles, 'admin'].toSorted());
    },
  );

  test('land and heirs are Kasi Pemerintahan’s and the heads’, whatever other desks a village has', () => {
    const handling = handlingOf({ ...aService, kind: 'appointment', desk: 'land' });
    expect(officersToTell(staff, handling).map((one) => one.id)).toEqual([
      'kepala_desa',
      'sekretaris',
      'kasi_pemerintahan',
    ]);
    expect(mayHandle([{ role: 'kasi_pelayanan', village: HERE }], HERE, handling, staff)).toBe(false);
    expect(mayHandle([{ role: 'kasi_pemerintahan', village: HERE }], HERE, handling, staff)).toBe(true);
  });

  test('a village with none of the roles lets all its officers handle it, but nothing confidential', () => {
    const small = [officer('kader', 'kader'), officer('dusun', 'kepala_dusun')];
    const keeper: VillageOfficer = { id: 'keeper', name: 'keeper', roles: ['admin'], isKeeper: true };
    const letter = { kind: 'letter' as const, isConfidential: false };
    expect(officersToTell([...small, keeper], letter).map((one) => one.id)).toEqual(['kader', 'dusun']);
    expect(mayHandle([{ role: 'kader', village: HERE }], HERE, letter, small)).toBe(true);
    const secret = { ...letter, isConfidential: true };
    expect(officersToTell([...small, keeper], secret).map((one) => one.id)).toEqual(['keeper']);
    expect(mayHandle([{ role: 'kader', village: HERE }], HERE, secret, small)).toBe(false);
  });

  test('a village with nobody leaves it to the installation’s keepers', () => {
    const keeper: VillageOfficer = { id: 'keeper', name: 'keeper', roles: ['admin'], isKeeper: true };
    expect(officersToTell([keeper], { kind: 'letter', isConfidential: false })).toEqual([keeper]);
    expect(officersToTell([], { kind: 'letter', isConfidential: false })).toEqual([]);
  });

  test('roles of another village give nothing here', () => {
    for (const role of ROLES) {
      expect(
        mayHandle([{ role, village: 'v2' }], HERE, { kind: 'letter', isConfidential: false }, []),
        role,
      ).toBe(false);
      expect(serves([{ role, village: 'v2' }], HERE)).toBe(false);
    }
    expect(serves([{ role: 'admin', village: null }], HERE)).toBe(true);
  });

  test('who stands above the village handles nothing there and is no keeper of it', () => {
    const letter = { kind: 'letter', isConfidential: false } as const;
    for (const roles of [[{ role: 'kecamatan', village: HERE }], [{ role: 'kabupaten', village: null }]]) {
      expect(serves(roles, HERE)).toBe(false);
      // Where nobody handles it, every officer of the village may: they are none.
      expect(mayHandle(roles, HERE, letter, [])).toBe(false);
      expect(mayHandle(roles, HERE, { ...letter, isConfidential: true }, [])).toBe(false);
    }
    expect(serves([...above(), { role: 'operator', village: HERE }], HERE)).toBe(true);
  });

  test('a service that left the catalogue goes the way of letters, and keeps its confidence', () => {
    expect(handlingOf(undefined, true)).toEqual({ kind: 'letter', isConfidential: true });
  });
});

function above() {
  return [
    { role: 'kecamatan', village: HERE },
    { role: 'kabupaten', village: null },
  ];
}

describe('an invite', () => {
  const now = new Date('2026-08-10T02:00:00Z');
  const invite = {
    phone: '6281234567890',
    officerIsActive: true,
    expiresAt: new Date('2026-08-11T02:00:00Z'),
    acceptedAt: null,
    addressId: null,
    confirmedAt: null,
    refusedAt: null,
  };
  const brought = { phone: '6281234567890', addressId: 'a1' };

  test.each([
    ['waits for the inviter', {}, {}, 'waiting'],
    ['links at once where it was confirmed beforehand', { confirmedAt: now }, {}, 'accepted'],
    ['accepts the phone however it is written', {}, { phone: '+62 812-3456-7890' }, 'waiting'],
    ['refuses another phone', {}, { phone: '6281234567891' }, 'wrong_phone'],
    ['refuses what is no phone', {}, { phone: '' }, 'wrong_phone'],
    ['refuses what is no phone, were it the same', { phone: 'x' }, { phone: 'x' }, 'wrong_phone'],
    ['ends with its last moment', { expiresAt: now }, {}, 'expired'],
    ['tells the one who accepted it that it waits', { acceptedAt: now, addressId: 'a1' }, {}, 'waiting'],
    [
      'has ended also where it was accepted, if nobody confirmed it in time',
      { acceptedAt: now, addressId: 'a1', expiresAt: now },
      {},
      'expired',
    ],
    [
      'tells the one who accepted it that it is confirmed, also after its end',
      { acceptedAt: now, addressId: 'a1', confirmedAt: now, expiresAt: now },
      {},
      'accepted',
    ],
    ['is used for everybody else', { acceptedAt: now, addressId: 'a2' }, {}, 'used'],
    ['that was withdrawn has ended', { refusedAt: now }, {}, 'expired'],
    ['of an officer who no longer serves has ended', { officerIsActive: false }, {}, 'expired'],
    ['needs a chat to be linked', {}, { addressId: null }, 'not_found'],
  ])('%s', (_, facts, bring, outcome) => {
    expect(judgeInvite({ ...invite, ...facts }, { ...brought, ...bring }, now)).toBe(outcome);
  });

  test('that is none is not found', () => {
    expect(judgeInvite(null, brought, now)).toBe('not_found');
  });
});

test.each([
  ['081234567890', '6281234567890'],
  ['+62 812 3456 7890', '6281234567890'],
  ['62 0812-3456-7890', '6281234567890'],
  ['0062.812.3456.7890', '6281234567890'],
  ['81234567890', '6281234567890'],
  ['0333123456', null],
  ['6280000000001', '6280000000001'],
  ['abc', null],
  ['', null],
])('the phone %j is %j', (typed, phone) => {
  expect(readPhone(typed)).toBe(phone);
});

test('a masked phone shows its beginning and end', () => {
  expect(maskPhone('6281234567890')).toBe('62812*****890');
});

test.each([
  ['Siti Aminah', 'Siti'],
  ['Bu Siti Aminah', 'Bu Siti'],
  ['H. Ahmad', 'H. Ahmad'],
  ['Pak H. Ahmad Dahlan', 'H. Ahmad'],
  ['  budi  ', 'budi'],
  ['Ibu', 'Ibu'],
  ['', null],
  [null, null],
])('of %j a chat shows %j', (name, shown) => {
  expect(firstName(name)).toBe(shown);
});
