import { boardOf } from '../../core/board.js';
import { loadBoardCases } from '../boards.js';
import { loadActingOfficers } from '../delegations.js';
import type { LookUpAnswerer } from './answerer.js';

/** What is on the board of the officer who asks, whether their chat can show one or not. */
export const officerBoard: LookUpAnswerer<'officer_board'> = async (sql, requests, { services, now }) => {
  const villages = requests.map(({ asker }) => [
    ...new Set((asker.officer?.roles ?? []).flatMap((role) => role.village ?? [])),
  ]);
  const officers = await loadActingOfficers(sql, villages.flat(), now);
  const cases = await loadBoardCases(sql, villages.flat());
  return requests.map(({ asker }, n) =>
    boardOf(
      { id: asker.officer?.id ?? '', name: '', roles: [], isKeeper: false },
      villages[n]!.flatMap((village) => cases.get(village) ?? []),
      officers,
      services,
      now,
    ),
  );
};
