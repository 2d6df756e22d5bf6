import { afterEach, beforeEach, expect, test } from 'vitest';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import { loadFlows } from '../../src/flow/load.js';
import { createEngine } from '../../src/pipeline/engine.js';
import { aWorld, type World } from '../support/world.js';

/** The real flows on the real road: what only shows where engine, look-ups, effects and tables meet. */
const flows = await loadFlows(FLOWS_FOLDER);
let world: World;
beforeEach(async () => {
  world = await aWorld({ engine: createEngine(flows), services: flows.services });
  await world.aVillage();
});
afterEach(async () => {
  await world.stop();
});

test('a resident who names the village is in it for the rest of the same turn', async () => {
  const siti = world.aPerson();
  await siti.says('petugas');
  await world.settles();
  await siti.says('Gintangan');
  await world.settles();
  const { rows } = await world.pool.query('SELECT kind FROM notifications');
  expect(rows.length).toBeGreaterThan(0);
  expect(siti.heard().at(-1)).toContain('Gintangan');
});

test('an office that takes no requests by chat tells its hours in the turn in which the village was named', async () => {
  const siti = world.aPerson();
  await siti.says('surat usaha');
  await world.settles();
  await siti.says('Kemiren');
  await world.settles();
  const said = siti.heard().at(-1)!;
  expect(said).toContain('Kemiren');
  expect(said).not.toContain('…');
  expect(said).toMatch(/07[.:]30/u);
});

test('a request answered in one burst is one case with every answer in its place', async () => {
  const siti = world.aPerson();
  for (const line of ['surat usaha', 'Gintangan']) {
    await siti.says(line);
    await world.settles();
  }
  const burst = ['Siti', 'Warung Bu Siti', 'dagang', 'Krajan RT 02 RW 01', '2019', 'kur', 'lewati', 'kirim'];
  await Promise.all(burst.map((line) => siti.says(line)));
  await world.settles();
  await siti.says('kirim');
  await world.settles();
  const { rows } = await world.pool.query('SELECT service, answers FROM cases');
  expect(rows).toMatchObject([
    {
      service: 'usaha',
      answers: {
        name: 'Siti',
        business_name: 'Warung Bu Siti',
        business_kind: 'trade',
        business_address: 'Krajan RT 02 RW 01',
        since: 2019,
        purpose: 'kur',
      },
    },
  ]);
  expect(siti.heard().filter((text) => text.includes('Diterima'))).toHaveLength(1);
});
