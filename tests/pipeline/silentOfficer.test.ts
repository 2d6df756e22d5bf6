import { afterEach, expect, test } from 'vitest';
import { DEMONSTRATION_VILLAGE } from '../../src/store/seedDemonstration.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let world: World;
afterEach(() => world.stop());

const SERVICES = {
  usaha: {
    title: '',
    kind: 'letter' as const,
    promise_hours: 8,
    promise: '',
    signer: 'kepala_desa' as const,
    checklist: [],
    confidential: false,
  },
};

test.each([
  [91, 'not_found', null],
  [89, 'done', 'officer'],
])('an officer’s chat that was silent for %i days: taking a case is %s', async (days, outcome, link) => {
  world = await aWorld({ engine: slotEngine(), services: SERVICES });
  const { code, officer } = await world.aCase();
  const chat = world.aPerson();
  await chat.says('quiet');
  await world.settles();
  const conversation = await chat.conversation();
  await world.pool.query(
    `UPDATE addresses SET officer_id = $2 WHERE id = (SELECT address_id FROM conversations WHERE id = $1)`,
    [conversation, officer.id],
  );
  await world.pool.query(`UPDATE villages SET state = 'active' WHERE id = $1`, [DEMONSTRATION_VILLAGE]);
  await world.pool.query(
    `UPDATE conversations SET last_inbound_at = now() - make_interval(days => $2) WHERE id = $1`,
    [conversation, days],
  );
  await chat.says(`take ${code}`);
  await world.settles();
  expect(JSON.parse(chat.last()!.text)).toMatchObject({ outcome });
  // Nor with the next message, when the chat is silent no more.
  await chat.says(`take ${code}`);
  await world.settles();
  const { rows } = await world.pool.query(
    `SELECT CASE WHEN a.officer_id IS NOT NULL THEN 'officer' END AS link, v.state,
       (SELECT count(*)::int FROM audit_log WHERE action = 'officer.chat_ended' AND subject_id = $2::text) AS audited,
       (SELECT count(*)::int FROM cases WHERE officer_id = $2::uuid) AS taken
     FROM conversations c JOIN addresses a ON a.id = c.address_id, villages v WHERE c.id = $1 AND v.id = $3`,
    [conversation, officer.id, DEMONSTRATION_VILLAGE],
  );
  const ended = link === null;
  expect(rows).toEqual([
    { link, state: ended ? 'paused' : 'active', audited: Number(ended), taken: Number(!ended) },
  ]);
});
