import { describe, expect, test } from 'vitest';
import { faultOfDelegation, LONGEST_DAYS } from '../../src/core/delegation.js';
import { handlingOf } from '../../src/core/handlers.js';
import type { VillageOfficer } from '../../src/core/handlers.js';
import { holdersOf, mayStep } from '../../src/core/path.js';
import type { Step } from '../../src/core/path.js';
import type { Service } from '../../src/core/service.js';
import { pickAssignee, pickAssignees } from '../../src/core/assign.js';
import { LETTER, NOW } from './acts.js';

const officer = (id: string, ...roles: string[]): VillageOfficer => ({
  id,
  name: id,
  roles,
  isKeeper: false,
});
const OFFICE = [
  officer('sri', 'operator'),
  officer('ani', 'kasi_pelayanan'),
  officer('slamet', 'sekretaris'),
  officer('hadi', 'kepala_desa'),
  officer('bidan', 'bidan'),
  officer('kader', 'kader'),
  { ...officer('keeper', 'admin'), isKeeper: true },
];
const TODAY = '2026-08-10';
const acting = (id: string, ...roles: string[]) => ({
  id,
  roles: roles.map((role) => ({ role, village: 'v' })),
});

describe('who may stand in', () => {
  const fault = (officerId: string, deputyId: string, role: string, by = officerId, days = [TODAY, TODAY]) =>
    faultOfDelegation({ officerId, deputyId, role, from: days[0]!, to: days[1]! }, by, OFFICE, TODAY);

  test.each([
    ['one’s own role, to a colleague', 'sri', 'ani', 'operator', 'sri', null],
    ['by a head, for those below', 'sri', 'ani', 'operator', 'slamet', null],
    ['by a colleague', 'sri', 'ani', 'operator', 'ani', 'not_allowed'],
    ['by a keeper of the installation', 'sri', 'ani', 'operator', 'keeper', 'not_allowed'],
    ['the head’s signature to the secretary', 'hadi', 'slamet', 'kepala_desa', 'hadi', null],
    ['the head’s signature to anybody else', 'hadi', 'ani', 'kepala_desa', 'hadi', 'not_allowed'],
    ['the head’s signature by the secretary', 'hadi', 'slamet', 'kepala_desa', 'slamet', 'not_allowed'],
    ['the secretary’s initials', 'slamet', 'ani', 'sekretaris', 'hadi', null],
    ['a role that they do not hold', 'sri', 'ani', 'sekretaris', 'sri', 'not_there'],
    ['to oneself', 'sri', 'sri', 'operator', 'sri', 'not_there'],
    ['to somebody who serves no part of the village', 'sri', 'stranger', 'operator', 'sri', 'not_there'],
    ['to a keeper', 'sri', 'keeper', 'operator', 'sri', 'not_there'],
    ['the midwife’s to a volunteer of the posyandu', 'bidan', 'kader', 'bidan', 'bidan', null],
    ['the midwife’s to a clerk', 'bidan', 'sri', 'bidan', 'bidan', 'not_allowed'],
    ['a keeper’s', 'keeper', 'sri', 'admin', 'keeper', 'not_allowed'],
  ] as const)('%s', (_, who, deputy, role, by, expected) => {
    expect(fault(who, deputy, role, by)).toBe(expected);
  });

  test('for days to come, and not for ever', () => {
    const days = (from: string, to: string) => fault('sri', 'ani', 'operator', 'sri', [from, to]);
    expect(days('2026-08-09', '2026-08-10')).toBeNull();
    expect(days('2026-08-08', '2026-08-09')).toBe('past');
    expect(days('2026-08-12', '2026-08-11')).toBe('past');
    const later = (n: number) => new Date(Date.parse(TODAY) + n * 86_400_000).toISOString().slice(0, 10);
    expect(days(TODAY, later(LONGEST_DAYS - 1))).toBeNull();
    expect(days(TODAY, later(LONGEST_DAYS))).toBe('past');
  });
});

describe('who does a step', () => {
  const service: Service = {
    title: '',
    kind: 'letter',
    promise_hours: null,
    promise: '',
    signer: 'kepala_desa',
    checklist: [],
    confidential: false,
  };
  const handling = handlingOf(service);
  const [verify, initial, sign] = LETTER as [(typeof LETTER)[0], (typeof LETTER)[0], (typeof LETTER)[0]];
  const who = (step: typeof verify, officers: VillageOfficer[], how = handling) =>
    holdersOf(step, officers, 'v', how).map(({ officer: { id }, inPlaceOf }) =>
      inPlaceOf ? `${id} for ${inPlaceOf.id}` : id,
    );

  test('whoever holds the role; in another’s place where that one is away, who is then asked last', () => {
    expect(who(sign, OFFICE)).toEqual(['hadi']);
    const standing = OFFICE.map((one) =>
      one.id === 'slamet'
        ? { ...one, deputyFor: [{ role: 'kepala_desa', of: { id: 'hadi', name: 'Pak Hadi' } }] }
        : one,
    );
    expect(who(sign, standing)).toEqual(['slamet for hadi', 'hadi']);
    expect(mayStep(sign, acting('slamet', 'sekretaris'), standing, 'v', handling)?.inPlaceOf).toEqual({
      id: 'hadi',
      name: 'Pak Hadi',
    });
    expect(mayStep(initial, acting('slamet', 'sekretaris'), standing, 'v', handling)?.inPlaceOf).toBeNull();
  });

  test('never in another’s place of what is sealed to a role', () => {
    const sealed = handlingOf({ ...service, kind: 'complaint' }, true, {
      role: 'kepala_desa',
      officers: ['hadi'],
    });
    const standing = OFFICE.map((one) =>
      one.id === 'slamet'
        ? { ...one, deputyFor: [{ role: 'kepala_desa', of: { id: 'hadi', name: 'Pak Hadi' } }] }
        : one,
    );
    expect(who({ act: 'verify', roles: ['kepala_desa'] }, standing, sealed)).toEqual(['hadi']);
    expect(
      mayStep(
        { act: 'verify', roles: ['kepala_desa'] },
        acting('slamet', 'sekretaris'),
        standing,
        'v',
        sealed,
      ),
    ).toBeNull();
  });

  test('a step whose roles nobody holds falls on: to those named for it, then to whoever handles it; never the signature', () => {
    const small = [officer('ani', 'kasi_pelayanan')];
    expect(who(verify, small)).toEqual(['ani']);
    expect(who({ ...initial, otherwise: ['kasi_pelayanan'] }, small)).toEqual(['ani']);
    expect(who(sign, small)).toEqual([]);
    expect(who({ ...sign, otherwise: ['kasi_pelayanan'] }, small)).toEqual(['ani']);
    // Not to somebody who may not handle such a request.
    expect(who(verify, [officer('kader', 'kader'), ...small])).toEqual(['ani']);
  });

  test('whoever acts does it by the roles that they have proven, whatever else is theirs', () => {
    const office = [officer('hadi', 'operator', 'kepala_desa', 'sekretaris'), officer('sri', 'operator')];
    const unproven = { ...acting('hadi', 'operator'), isUnconfirmed: true };
    const may = (step: Step) => mayStep(step, unproven, office, 'v', handling) !== null;
    expect(may(sign)).toBe(false);
    expect(may({ ...sign, otherwise: ['operator'] })).toBe(false);
    // A step that is theirs by a role that is not proven does not fall to whoever handles the request.
    expect(may({ act: 'initial', roles: ['sekretaris'] })).toBe(false);
    expect(may(verify)).toBe(true);
    const proven = acting('hadi', 'operator', 'kepala_desa', 'sekretaris');
    expect(mayStep(sign, proven, office, 'v', handling)).not.toBeNull();
    const standing = [
      {
        ...officer('ani', 'kasi_pelayanan'),
        deputyFor: [{ role: 'kepala_desa', of: { id: 'hadi', name: '' } }],
      },
      officer('hadi', 'kepala_desa'),
    ];
    const ani = acting('ani', 'kasi_pelayanan');
    expect(mayStep(sign, ani, standing, 'v', handling)?.inPlaceOf?.id).toBe('hadi');
    expect(mayStep(sign, { ...ani, isUnconfirmed: true }, standing, 'v', handling)).toBeNull();
  });

  test('of what is confidential only who may see it', () => {
    expect(who(verify, OFFICE, handlingOf(service, true)).toSorted()).toEqual(['hadi', 'slamet']);
  });
});

describe('on whom a case is laid', () => {
  const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
  const loads = new Map([
    ['a', { open: 2, lastAt: at(0) }],
    ['b', { open: 1, lastAt: at(5) }],
    ['c', { open: 1, lastAt: at(3) }],
  ]);
  test('the fewest open ones, then the longest idle, of those whose role is asked first', () => {
    const all = ['a', 'b', 'c'].map((id) => ({ id, rank: 0 }));
    expect(pickAssignee(all, loads)).toBe('c');
    expect(pickAssignee([...all, { id: 'd', rank: 0 }], loads)).toBe('d');
    expect(pickAssignee([...all, { id: 'd', rank: 1 }], loads)).toBe('c');
    expect(
      pickAssignee(
        [
          { id: 'a', rank: 0 },
          { id: 'd', rank: 1 },
        ],
        loads,
      ),
    ).toBe('a');
    expect(pickAssignee([], loads)).toBeNull();
  });

  test('what was laid a moment ago counts already', () => {
    const all = ['a', 'b', 'c'].map((id) => ({ id, rank: 0 }));
    expect(pickAssignees([all, all, all, all], loads, at(9))).toEqual(['c', 'b', 'a', 'b']);
  });
});
