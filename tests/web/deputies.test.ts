import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import type { Asker, OfficerIdentity } from '../../src/core/asker.js';
import { caseGroups } from '../../src/core/permissions.js';
import { pathOf, STEP_ROLES } from '../../src/core/path.js';
import { loadCatalogue } from '../../src/flow/load/services.js';
import { standingRoles } from '../../src/store/delegations.js';
import { agenda } from '../../src/store/web/agenda.js';
import { boardOf } from '../../src/store/web/board.js';
import { caseByCode } from '../../src/store/web/cases.js';
import type { CaseScope } from '../../src/store/web/cases.js';
import { pageOfCases, searchCases } from '../../src/store/web/caseSearch.js';
import { pile } from '../../src/store/web/pile.js';
import { lettersToSign } from '../../src/store/web/signing.js';
import { workOf } from '../../src/store/web/work.js';
import { caseScopeOf } from '../../src/web/allowed.js';
import { ownSteps } from '../../src/web/ownSteps.js';
import { aStage, ELSEWHERE, HERE, SERVICES, type Stage } from '../effects/stage.js';

/**
 * Every list that an officer has, in the chat and in the console, against what an act on the case answers: for confidential
 * requests both are the same, for each role, before, while and after it is held for somebody who is away.
 */
const services = await loadCatalogue(FLOWS_FOLDER);
const groups = caseGroups(services);
/** Who is whose, from Tuesday to Wednesday. */
const AWAY = [
  ['kepala_desa', 'sekretaris'],
  ['sekretaris', 'operator'],
  ['kasi_kesejahteraan', 'kasi_pelayanan'],
  ['bidan', 'kader'],
  ['operator', 'kepala_dusun'],
  ['kasi_pemerintahan', 'kaur_tu'],
] as const;
const TIMES = {
  before: new Date('2026-08-10T16:59:00Z'),
  during: new Date('2026-08-10T17:00:00Z'),
  after: new Date('2026-08-12T17:00:00Z'),
};

let stage: Stage;
let siti: Asker;
const people = new Map<string, Asker>();
beforeAll(async () => {
  stage = await aStage();
  Object.assign(SERVICES, services);
  await stage.clear();
  await stage.pool.query(`UPDATE villages SET letter_way = 'wet'`);
  siti = await stage.aResident();
  for (const role of STEP_ROLES) people.set(role, await stage.anOfficer(role, [{ role, village: HERE }]));
  people.set('keeper', await stage.anOfficer('keeper', [{ role: 'admin', village: null }]));
  people.set('elsewhere', await stage.anOfficer('lain', [{ role: 'sekretaris', village: ELSEWHERE }]));
  for (const [role, deputy] of AWAY)
    await stage.pool.query(
      `INSERT INTO delegations (id, village_id, role, officer_id, deputy_id, from_day, to_day, made_by, created_at)
       VALUES ($1, $2, $3, $4, $5, '2026-08-11', '2026-08-12', $4, now())`,
      [v7(), HERE, role, idOf(role), idOf(deputy)],
    );
}, 60_000);
afterAll(() => stage.close());

const idOf = (role: string): string => people.get(role)!.officer!.id;

/** What is tried: a confidential request of each group of services, one of a service of old, and sealed ones. */
const KINDS: [name: string, service: string, sealed: string | null][] = [
  ...groups.flatMap(({ services: [service], isSealed }): [string, string, null][] =>
    isSealed ? [] : [[service!, service!, null]],
  ),
  ['a service that is in the catalogue no more', 'surat_lama', null],
  ['a complaint that is sealed to the secretary', 'keluhan.pungli', 'sekretaris'],
  ['a complaint that is sealed to the head', 'keluhan.pungli', 'kepala_desa'],
];

interface Made {
  id: string;
  code: string;
  service: string;
  sealed: string | null;
}

async function confidential(service: string, sealed: string | null): Promise<Made> {
  const { id, code } = await stage.aCase(siti);
  await stage.pool.query(
    `UPDATE cases SET service = $2, is_confidential = true, step = $3, assigned_id = NULL, receiver_role = $4,
       receiver_ids = CASE WHEN $4::text IS NOT NULL THEN ARRAY[$5::uuid] END WHERE id = $1`,
    [id, service, pathOf(services[service])[0]?.act ?? null, sealed, sealed ? idOf(sealed) : null],
  );
  const letter = v7();
  await stage.pool.query(
    `INSERT INTO letters (id, case_id, village_id, service, title, classification, year, counter, sequence, number, way,
       signer_name, signer_title, initials, token_hash, private, issued_at, issued_on)
     VALUES ($1::uuid, $2, $3, $4, 'Surat', '400', 2026, '400', 1, '400/1', 'wet', 'Pak Hadi', 'Kepala Desa', 'S.A.', $1::text, $5, now(), '2026-08-10')`,
    [
      letter,
      id,
      HERE,
      service,
      stage.context().sealer.seal('letter', letter, { names: ['Siti'], lines: [], fields: {} }),
    ],
  );
  return { id, code, service, sealed };
}

/** Which lists of this officer show the case. */
async function listsOf(asker: Asker, made: Made): Promise<{ [list: string]: boolean }> {
  const { pool, now } = stage;
  const { code, id } = made;
  const officer: OfficerIdentity = {
    ...asker.officer!,
    standing: await standingRoles(pool, asker.officer!, now),
  };
  const scope: CaseScope = caseScopeOf(officer, services);
  const codes = (rows: readonly { code: string }[]): boolean => rows.some((row) => row.code === code);
  const steps = await ownSteps({ pool, services, now: () => now }, officer);
  const register = await agenda(
    pool,
    { villages: [HERE] },
    scope,
    { month: '2026-08', classification: '' },
    stage.context().sealer,
    50,
  );
  const search = { text: code, state: 'all', village: null } as const;
  const lists = {
    'officer_cases of the chat': codes((await stage.look(asker, 'officer_cases', {})).items),
    'meant_case of the chat': (await stage.look(asker, 'meant_case', { text: code })).found,
    'the case’s page': (await caseByCode(pool, scope, code)) !== null,
    'the village’s board': (await boardOf(pool, scope, [HERE])).some(({ rows }) => codes(rows)),
    'the list': codes((await pageOfCases(pool, scope, [HERE], 'all', null)).rows),
    'the search': codes((await searchCases(pool, scope, search)).rows),
    'the register of letters': register.some((row) => row.code === code && row.isVisible),
    'my work': codes(await workOf(pool, scope, officer.id, steps, now)),
    'the board of the chat': codes((await stage.look(asker, 'officer_board', {})).cases),
    'what waits to be checked': (
      await stage.look(asker, 'officer_waiting', { step: 'verify' })
    ).codes.includes(code),
  };
  await pool.query(`UPDATE cases SET status = 'signing', step = 'sign' WHERE id = $1`, [id]);
  const signing = {
    'the print pile': codes(await pile(pool, scope, { villages: null })),
    'what waits for paper': (await stage.look(asker, 'officer_waiting', { step: 'paper' })).codes.includes(
      code,
    ),
    'what is to be signed': codes((await lettersToSign(pool, asker, stage.context())).letters),
  };
  await pool.query(`UPDATE cases SET status = 'open', step = $2, assigned_id = NULL WHERE id = $1`, [
    id,
    pathOf(services[made.service])[0]?.act ?? null,
  ]);
  return { ...lists, ...signing };
}

/** What acts say of it: whether this officer may act at all, check it, and sign it. */
async function actsOf(asker: Asker, { id, code, service }: Made) {
  const { acts } = await stage.look(asker, 'officer_case', { code });
  await stage.pool.query(`UPDATE cases SET status = 'signing', step = 'sign' WHERE id = $1`, [id]);
  const { acts: signing } = await stage.look(asker, 'officer_case', { code });
  await stage.pool.query(`UPDATE cases SET status = 'open', step = $2, assigned_id = NULL WHERE id = $1`, [
    id,
    pathOf(services[service])[0]?.act ?? null,
  ]);
  return { may: acts.includes('note'), checks: acts.includes('verify'), signs: signing.includes('sign') };
}

describe.each(KINDS)('confidential: %s', (_, service, sealed) => {
  test('it stands in the lists of those alone who may act on it, while they may', async () => {
    const made = await confidential(service, sealed);
    const hasPath = pathOf(services[service]).length > 0;
    const wrong: string[] = [];
    const seen = new Set<string>();
    for (const [time, now] of Object.entries(TIMES)) {
      stage.now = now;
      for (const [who, asker] of people) {
        const { may, checks, signs } = await actsOf(asker, made);
        if (may) seen.add(`${who} ${time}`);
        const isTheirs = who !== 'keeper' && may && (checks || !hasPath);
        const expected: { [list: string]: boolean } = {
          'my work': sealed ? may : checks,
          'the board of the chat': isTheirs,
          'what waits to be checked': checks,
          'what is to be signed': signs,
        };
        for (const [list, has] of Object.entries(await listsOf(asker, made)))
          if (has !== (expected[list] ?? may))
            wrong.push(`${time}: ${who} ${has ? 'sees it without right in' : 'misses it in'} ${list}`);
        const noted = await stage.apply(asker, {
          kind: 'act_on_case',
          code: made.code,
          act: 'note',
          text: 'x',
        });
        if ((noted.outcome === 'done') !== may) wrong.push(`${time}: ${who} notes: ${noted.outcome}`);
      }
    }
    await stage.pool.query('DELETE FROM letters WHERE case_id = $1', [made.id]);
    await stage.pool.query(`UPDATE cases SET status = 'cancelled', closed_at = now() WHERE id = $1`, [
      made.id,
    ]);
    expect(wrong).toEqual([]);
    // Sealed to one of them it never moves; else a deputy gains it for the days, if anybody does.
    if (sealed)
      expect([...seen].toSorted()).toEqual(
        Object.keys(TIMES)
          .map((time) => `${sealed} ${time}`)
          .toSorted(),
      );
    else
      expect(
        [...seen].some((one) => one === 'operator during') &&
          !seen.has('operator before') &&
          !seen.has('operator after'),
      ).toBe(true);
  }, 120_000);
});
