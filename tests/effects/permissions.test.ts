import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import type { ActOnCase, CaseAct } from '../../src/core/effect.js';
import { actsOf, caseGroups, matrixOf, MATRIX_ROLES, settingOf } from '../../src/core/permissions.js';
import type { CaseGroup, Cell, MatrixRole } from '../../src/core/permissions.js';
import { appliers } from '../../src/effects/index.js';
import { loadCatalogue } from '../../src/flow/load/services.js';
import { inTransaction } from '../../src/store/sql.js';
import type { Sql } from '../../src/store/sql.js';
import { aStage, ELSEWHERE, HERE, type Stage } from './stage.js';

/** The matrix of docs/permissions.md against the applier itself, on Postgres, cell by cell. */
const services = await loadCatalogue('flows');
const groups = caseGroups(services);
const OUTCOME: { [C in Cell]: string } = { may: 'done', no: 'not_allowed', unseen: 'not_found' };

let stage: Stage;
let siti: Asker;
let here: { [R in MatrixRole]: Asker };
let elsewhere: Asker[];
beforeAll(async () => {
  stage = await aStage();
  await stage.clear();
  siti = await stage.aResident();
  const officer = async (role: MatrixRole, of: string): Promise<Asker> => {
    const village = role === 'admin' || role === 'kabupaten' ? null : of;
    if (role !== 'ketua_rt') return stage.anOfficer(role, [{ role, village }]);
    // The head of an RT has one.
    const head = await stage.anOfficer(role, []);
    await stage.pool.query(
      `INSERT INTO officer_roles (id, officer_id, village_id, role, rt, rw) VALUES ($1, $2, $3, $4, '001', '001')`,
      [v7(), head.officer!.id, village, role],
    );
    return { ...head, officer: { ...head.officer!, roles: [{ role, village }] } };
  };
  const own: [MatrixRole, Asker][] = [['resident', siti]];
  for (const role of MATRIX_ROLES) if (role !== 'resident') own.push([role, await officer(role, HERE)]);
  here = Object.fromEntries(own) as typeof here;
  const away = MATRIX_ROLES.filter((role) => role !== 'resident' && role !== 'admin');
  elsewhere = [await stage.aResident()];
  for (const role of away) elsewhere.push(await officer(role, ELSEWHERE));
}, 60_000);
afterAll(() => stage.close());

interface Made {
  id: string;
  code: string;
}

async function open(sql: Sql, group: CaseGroup): Promise<Made> {
  const effect = {
    kind: 'open_case' as const,
    draft: v7(),
    service: group.services[0]!,
    flow: 'test',
    answers: {},
    ...(group.isSealed ? { who: 'staff' } : {}),
  };
  const context = { ...stage.context(), services };
  const [opened] = await appliers.open_case(sql, [{ asker: siti, effect }], context);
  const { rows } = await sql.query<Made>('SELECT id, code FROM cases WHERE code = $1', [opened!.code]);
  return rows[0]!;
}

/** Brings a case to where the act is the next one, in the hands of whoever acts where it is theirs to give. */
async function bringTo(sql: Sql, made: Made, act: CaseAct, group: CaseGroup, asker: Asker): Promise<void> {
  const { status, step, isMine } = settingOf(act, group.path);
  const other = here.kepala_desa.officer!.id === asker.officer?.id ? here.sekretaris : here.kepala_desa;
  const by = { id: other.officer!.id, name: other.officer!.name };
  const holder = isMine ? (asker.officer?.id ?? null) : status === 'finished' ? by.id : null;
  const doneBy = step === 'initial' ? { verify: by } : step === 'sign' ? { verify: by, initial: by } : {};
  await sql.query(
    `UPDATE cases SET status = $2, step = $3, officer_id = $4, done_by = $5,
       closed_at = CASE WHEN $2 = 'finished' THEN $6::timestamptz END WHERE id = $1`,
    [made.id, status, step, holder, JSON.stringify(doneBy), stage.now],
  );
  if (act !== 'undo') return;
  await sql.query(
    `INSERT INTO case_events (id, case_id, number, kind, officer_id, at) VALUES ($1, $2, 2, 'case_taken', $3, $4)`,
    [v7(), made.id, asker.officer?.id ?? null, stage.now],
  );
  await sql.query('UPDATE cases SET event_count = 2 WHERE id = $1', [made.id]);
}

function effectOf(code: string, other: string, act: CaseAct, asker: Asker, group: CaseGroup): ActOnCase {
  const handlers = matrixOf(group).find((row) => row.act === 'note')!.cells;
  const colleague = MATRIX_ROLES.find(
    (role) => handlers[role] === 'may' && here[role].officer && here[role].officer.id !== asker.officer?.id,
  );
  const to: { [A in CaseAct]?: string } = {
    give: colleague ? here[colleague].officer!.id : v7(),
    forward: 'Dinas',
    merge: other,
    relate: other,
    classify: 'normative',
  };
  return { kind: 'act_on_case', code, act, text: 'kata', ...(to[act] ? { to: to[act] } : {}) };
}

describe.each(groups.map((group) => [group.services[0]!, group] as const))('%s', (_, group) => {
  test('every act by every role is what the matrix says, and outside the village there is no such case', async () => {
    const matrix = matrixOf(group);
    expect(matrix.map(({ act }) => act)).toEqual(actsOf(group));
    const wrong: string[] = [];
    // All of it is taken back again: each cell finds the same village.
    const back = inTransaction(stage.pool, async (sql) => {
      const made = await open(sql, group);
      const other = await open(sql, group);
      for (const { act, cells } of matrix) {
        const own = MATRIX_ROLES.map((role) => [role as string, here[role], OUTCOME[cells[role]]] as const);
        const away = elsewhere.map(
          (asker) => [`elsewhere ${asker.officer?.name}`, asker, 'not_found'] as const,
        );
        // Whoever changes nothing leaves the case as it is for the next one: they go together.
        const isIdle = ([, , expected]: (typeof own)[number]) =>
          expected !== 'done' && !settingOf(act, group.path).isMine;
        const rounds = [
          [...own.filter(isIdle), ...away],
          ...own.filter((one) => !isIdle(one)).map((one) => [one]),
        ];
        for (const round of rounds) {
          await sql.query('SAVEPOINT cell');
          await bringTo(sql, made, act, group, round[0]![1]);
          const requests = round.map(([, asker]) => ({
            // The console's: what is erased is confirmed there alone.
            asker: asker.officer ? { ...asker, platform: 'console' } : asker,
            effect: effectOf(made.code, other.code, act, asker, group),
          }));
          const context = { ...stage.context(), services };
          const results = await appliers.act_on_case(sql, requests, context);
          for (const [n, [who, , expected]] of round.entries())
            if (results[n]!.outcome !== expected)
              wrong.push(
                `${act} by ${who}: ${results[n]!.outcome} (${results[n]!.reason ?? ''}), not ${expected}`,
              );
          await sql.query('ROLLBACK TO SAVEPOINT cell');
          await sql.query('RELEASE SAVEPOINT cell');
        }
      }
      throw new Error('taken back');
    });
    await expect(back).rejects.toThrow('taken back');
    expect(wrong).toEqual([]);
  }, 300_000);
});

test('the matrix shows somebody who may, for every act of every path', () => {
  for (const group of groups)
    for (const { act, cells } of matrixOf(group)) {
      const may = Object.values(cells).filter((cell) => cell === 'may').length;
      // Of a sealed complaint there is nobody to give it to, and no other to be one with.
      const isNobodys = group.isSealed && (act === 'give' || act === 'merge');
      expect([group.services[0], act, may > 0]).toEqual([group.services[0], act, !isNobodys]);
    }
});
