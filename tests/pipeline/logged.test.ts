import { Writable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import type { Engine } from '../../src/pipeline/engine.js';
import { createLog } from '../../src/roles/log.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

let world: World;
afterEach(async () => {
  await world.stop();
});

const WORDS = 'rahasia keluarga kami';
const NUMBER = '6281234567890';

test('no word, name or number of a person is in any line of the log, whatever fails', async () => {
  const lines: string[] = [];
  const to = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const inner = slotEngine();
  const engine: Engine = {
    ...inner,
    advance(session, event, context) {
      if (event.kind === 'message' && event.content.kind === 'text' && event.content.text.startsWith('{'))
        JSON.parse(event.content.text);
      return inner.advance(session, event, context);
    },
  };
  world = await aWorld({
    engine,
    log: createLog('trace', to),
    converser: { tries: 2, restMs: () => 10 },
    sender: { retryMs: () => 10 },
  });
  // A rule that quotes the whole row, one that quotes the value, and an engine that quotes what it read.
  await world.pool.query(`ALTER TABLE inbound_messages ADD CHECK (body ->> 'text' NOT LIKE 'row %')`);
  await world.pool.query(
    `ALTER TABLE inbound_messages ADD CHECK (body ->> 'text' NOT LIKE 'cast %' OR (body ->> 'text')::int > 0)`,
  );
  const siti = world.aPerson({ chatId: NUMBER, name: 'Siti Rahayu' });
  await siti.says(`row ${WORDS} ${NUMBER}`);
  await siti.says(`cast ${WORDS}`);
  await siti.says(`{"a": ${WORDS}`);
  const parked = async () => {
    await world.converser.run();
    return world.counters.conversationsParked;
  };
  await expect.poll(parked).toBe(1);
  world.channel.meets(() => Promise.reject(new Error(`the platform said: "${WORDS}" to ${NUMBER}`)), {
    times: 9,
  });
  await siti.says('halo');
  await expect.poll(() => world.counters.sendUnknown).toBeGreaterThan(0);
  const told = lines.join('');
  expect(world.counters).toMatchObject({ unreadable: 2, conversationsParked: 1 });
  expect(told).toContain('kept as unreadable');
  expect(told).toContain('given up on');
  for (const secret of ['rahasia', 'Siti', NUMBER]) expect(told).not.toContain(secret);
});
