import { findCode } from '../../core/code.js';
import { firstName } from '../../core/firstName.js';
import { handlingOf, mayHandle, serves } from '../../core/handlers.js';
import type { OfficerCaseSeen } from '../../core/lookup.js';
import { sealedToOf } from '../cases.js';
import { loadVillageOfficers } from '../villageOfficers.js';
import type { LookUpAnswerer } from './answerer.js';
import { readCases } from './caseRows.js';

/**
 * A case for the officer who asks. Not found outside the villages of their roles, and where a confidential one is not
 * theirs to handle; of a complaint that others handle the author's name is left out.
 */
export const officerCase: LookUpAnswerer<'officer_case'> = async (sql, requests, { services }) => {
  const codes = requests.map(({ args }) => {
    const found = findCode(args.code);
    return found.kind === 'case' ? found.code : null;
  });
  const rows = await readCases(sql, { codes: codes.filter((code) => code !== null) });
  const byCode = new Map(rows.map((row) => [row.code, row]));
  const officers = await loadVillageOfficers(
    sql,
    rows.map((row) => row.villageId),
  );
  return requests.map(({ asker, args }, n): OfficerCaseSeen => {
    const row = byCode.get(codes[n] ?? '');
    const roles = asker.officer?.roles ?? [];
    if (!row || !serves(roles, row.villageId)) return notFound(args.code);
    const handling = handlingOf(services[row.service], row.isConfidential, sealedToOf(row));
    const mine = officers.get(row.villageId) ?? [];
    const isTheirs = mayHandle(roles, row.villageId, handling, mine, asker.officer?.id ?? null);
    if (!isTheirs && row.isConfidential) return notFound(args.code);
    return {
      found: true,
      code: row.code,
      service: row.service,
      status: row.status,
      resident: isTheirs && row.receiverRole === null ? firstName(row.residentName) : null,
      unproven: row.isUnproven,
      taken_by: row.officerName,
      is_mine: row.officerId !== null && row.officerId === asker.officer?.id,
      due: row.dueAt?.toISOString() ?? null,
    };
  });
};

function notFound(code: string): OfficerCaseSeen {
  return {
    found: false,
    code,
    service: '',
    status: '',
    resident: null,
    unproven: false,
    taken_by: null,
    is_mine: false,
    due: null,
  };
}
