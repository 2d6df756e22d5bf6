import { expect, test } from 'vitest';
import { flowsOf, REQUEST, system, talkWith } from './support.js';

const flows = await flowsOf(REQUEST);

test('an identity number alone is no answer: it is told as not needed, and the question stays', () => {
  const talk = talkWith(flows);
  talk.play('sku');
  const said = talk.play('NIK 3510121708900001').join('\n');
  expect(said).toContain(system(flows, 'identity_not_needed'));
  expect(said).toContain('Nama usaha?');
  expect(talk.session.m).toBeUndefined();
});

test('an identity number beside an answer is left out of it', () => {
  const talk = talkWith(flows);
  talk.play('sku');
  const said = talk.play('Warung Siti, NIK: 3510121708900001').join('\n');
  expect(said).toContain(system(flows, 'identity_not_needed'));
  expect(talk.session.a).toEqual({ name: 'Warung Siti' });
});
