import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Content } from '../../src/core/content.js';
import type { Engine } from '../../src/pipeline/engine.js';
import { slotEngine } from '../support/slotEngine.js';
import { aWorld, type World } from '../support/world.js';

/** Takes every photo and document once "ask <question>" was said. */
function takingEngine(): Engine {
  const inner = slotEngine();
  return {
    ...inner,
    advance(session, event, context) {
      if (event.kind === 'message' && event.content.kind === 'text') {
        const question = /^question (\S+)$/u.exec(event.content.text)?.[1];
        if (question) return { session: { ...session, s: question }, effects: [], asks: [] };
      }
      if (event.kind === 'message' && 'file' in event.content && session.s !== undefined) {
        const photos = [
          ...((session.a?.['photos'] as string[] | undefined) ?? []),
          event.content.file.attachmentId!,
        ];
        return { session: { ...session, a: { photos } }, effects: [], asks: [] };
      }
      return inner.advance(session, event, context);
    },
  };
}

let world: World;
beforeEach(async () => {
  world = await aWorld({ engine: takingEngine() });
});
afterEach(async () => {
  await world.stop();
});

const photo = (caption?: string, album?: string): Content => ({
  kind: 'photo',
  file: { remote: 'AgAD' },
  ...(caption === undefined ? {} : { caption }),
  ...(album === undefined ? {} : { album }),
});
const kept = async () =>
  (await world.pool.query('SELECT state, is_restricted FROM attachments ORDER BY created_at, id')).rows;
const WAITS = { state: 'waiting', is_restricted: false };
const SEALED = { state: 'waiting', is_restricted: true };

test.each<[string, string, Content, object]>([
  ['a picture that was asked for is not restricted', 'foto_tempat', photo('warung saya'), WAITS],
  ['one whose caption says KTP is', 'foto_tempat', photo('ini KTP saya'), SEALED],
  ['one that answers a question of an identity card is', 'foto_ktp', photo(), SEALED],
  [
    'a document named so is',
    'berkas',
    { kind: 'document', file: { remote: 'BQAD' }, name: 'scan_KK.pdf' },
    SEALED,
  ],
])('%s', async (_, question, content, expected) => {
  const siti = world.aPerson();
  await siti.says(`question ${question}`);
  await siti.sends(content);
  await world.settles();
  expect(await kept()).toEqual([expected]);
});

test('the other pictures of an album are what its first one said, also in a later batch', async () => {
  const siti = world.aPerson();
  await siti.says('question foto');
  await Promise.all([siti.sends(photo('KTP dan KK', 'a1')), siti.sends(photo(undefined, 'a1'))]);
  await world.settles();
  await siti.sends(photo(undefined, 'a1'));
  await siti.sends(photo(undefined, 'a2'));
  await world.settles();
  expect(await kept()).toEqual([SEALED, SEALED, SEALED, WAITS]);
});

test('what nobody asked for is not even fetched, whatever it is', async () => {
  const siti = world.aPerson();
  await siti.sends(photo('KTP saya'));
  await siti.sends(photo());
  await world.settles();
  const { rows } = await world.pool.query('SELECT state, remote FROM attachments');
  expect(rows).toEqual([
    { state: 'refused', remote: null },
    { state: 'refused', remote: null },
  ]);
});
