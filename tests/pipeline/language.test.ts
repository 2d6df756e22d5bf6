import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadFlows } from '../../src/flow/load.js';
import { createEngine } from '../../src/pipeline/engine.js';
import { aWorld, type World } from '../support/world.js';

const flows = await loadFlows(fileURLToPath(new URL('../../flows', import.meta.url)));

let world: World;
beforeEach(async () => {
  world = await aWorld({ engine: createEngine(flows), services: flows.services });
  await world.aVillage();
});
afterEach(() => world.stop());

test('a chosen language is kept, and already its confirmation is said in it', async () => {
  const person = world.aPerson({ name: 'Karto' });
  await person.says('menu');
  await world.settles();
  await person.says('bahasa');
  await world.settles();
  await person.says('jowo');
  await world.settles();
  const done = flows.byId.get('language')!.steps.find(({ id }) => id === 'done')!;
  const words = done.type === 'end' ? done.text! : null;
  expect(person.heard().at(-1)).toBe(words!.jv!.source);
  await person.says('menu');
  await world.settles();
  const menu = flows.byId.get('menu')!.steps[0]!;
  expect(person.heard().at(-1)).toBe(
    menu.type === 'choose' ? menu.text.jv!.fill(() => undefined, 'Asia/Jakarta') : '',
  );
  const { rows } = await world.pool.query<{ language: string }>('SELECT DISTINCT language FROM residents');
  expect(rows).toEqual([{ language: 'jv' }]);
});
