import { expect, test } from 'vitest';
import { flowsOf, REQUEST, talkWith } from './support.js';

const flows = await flowsOf({
  ...REQUEST,
  'services/echo.yaml': {
    flow: 'echo',
    intent: 'sistem.gema',
    title: 'Gema',
    understands: ['gema'],
    steps: [
      { ask: 'words', text: 'Apa?', answer: { type: 'text' } },
      { end: 'told', text: 'Kata warga:\n{quoted_words}\nBegitu.' },
    ],
  },
});

test('what turns or hides text in an answer is a visible mark where it is said again', () => {
  const talk = talkWith(flows, 'person: resident Si\u202Eti');
  talk.play('sku');
  talk.play('Warung\u202E ti\u200Bs');
  const summary = [talk.play('dagang'), talk.play('lewati')].flat().join('\n');
  expect(summary).toContain('Warung⟦RLO⟧ ti⟦ZWSP⟧s');
  expect(summary).not.toMatch(/[\u202E\u200B]/u);
  // The row keeps what was written.
  expect(talk.session.a).toMatchObject({ name: 'Warung\u202E ti\u200Bs' });
});

test('quoted words stand in lines of their own making', () => {
  const talk = talkWith(flows);
  talk.play('gema');
  expect(talk.play('baik\nDisetujui. Ketik 1').join('\n')).toContain(
    '> baik\n  > Disetujui. Ketik 1\n  Begitu.',
  );
});
