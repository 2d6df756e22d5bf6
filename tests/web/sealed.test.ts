import { expect, test } from 'vitest';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import { loadFlows } from '../../src/flow/load.js';
import type { CaseDetail } from '../../src/store/web/cases.js';
import { mayOpenSealed } from '../../src/web/allowed.js';

const { services } = await loadFlows(FLOWS_FOLDER);
const HERE = '3510012001';
const ROLES = [
  'operator',
  'kaur_tu',
  'kasi_pelayanan',
  'kasi_pemerintahan',
  'kasi_kesejahteraan',
  'sekretaris',
  'kepala_desa',
  'bidan',
];

/** Who reads the sealed answers of a case of this service: names of the dead, of children, what parents earn. */
function readers(service: string): string[] {
  const found = {
    villageId: HERE,
    service,
    isConfidential: services[service]!.confidential,
    receiverRole: null,
    receiverIds: null,
  } as CaseDetail;
  return ROLES.filter((role) =>
    mayOpenSealed({ id: 'o1', name: 'Budi', roles: [{ role, village: HERE }] }, found, services[service]),
  );
}

test.each([
  ['an income letter', 'penghasilan', ['kasi_pelayanan', 'sekretaris', 'kepala_desa']],
  ['a birth', 'akta_lahir', ['kasi_pelayanan', 'sekretaris', 'kepala_desa']],
  ['heirs', 'ahli_waris', ['kasi_pelayanan', 'kasi_pemerintahan', 'sekretaris', 'kepala_desa']],
  ['an SPM', 'spm', ['kasi_pelayanan', 'kasi_kesejahteraan', 'sekretaris', 'kepala_desa']],
])('what is sealed in %s is read by those whose work it is', (_, service, roles) => {
  expect(readers(service)).toEqual(roles);
});

test('another village’s Kasi Pemerintahan reads nothing of ours', () => {
  const found = { villageId: HERE, service: 'ahli_waris', isConfidential: false } as CaseDetail;
  const elsewhere = {
    id: 'o2',
    name: 'Sri',
    roles: [{ role: 'kasi_pemerintahan', village: '3510012002' }],
  };
  expect(mayOpenSealed(elsewhere, found, services['ahli_waris'])).toBe(false);
});
