import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { hearAny, hearEmergency } from '../../../src/flow/understand/alarm.js';
import type { Alarm } from '../../../src/flow/understand/alarm.js';
import { flowsOf, REQUEST, talkWith } from '../support.js';

const flows = await flowsOf(REQUEST);
const read = (text: string) => flows.vocabulary.read(text);

/** What people wrote without need, and what may be taken for a little: which it is changes with the lessons. */
function heardAs(degree: Alarm['degree']): string {
  const phrases = [
    'aside',
    'aside-innocent',
    'later-voices-innocent',
    'again-innocent',
    'again-emergencies',
  ].flatMap((name) =>
    parse<{ phrase: string }>(
      readFileSync(fileURLToPath(new URL(`./phrases/${name}.csv`, import.meta.url)), 'utf8'),
      { columns: true, skip_empty_lines: true },
    ),
  );
  const found = phrases.find(
    ({ phrase }) =>
      phrase.length < 40 && phrase.length > 3 && hearAny(flows, read(phrase))?.degree === degree,
  );
  if (!found) throw new Error(`no phrase is heard as ${degree}`);
  return found.phrase;
}

describe('what only may be a cry for help', () => {
  test('is no emergency where it is least, and one where it is faint', () => {
    expect(hearEmergency(flows, read(heardAs('maybe')))).toBeNull();
    expect(hearEmergency(flows, read(heardAs('faint')))).toMatchObject({ by: 'likeness' });
    expect(hearAny(flows, read('surat usaha'))).toBeNull();
  });

  test.each(['maybe', 'faint'] as const)(
    'as the answer of an open question is both: 112 is named, nothing is lost (%s)',
    (degree) => {
      const talk = talkWith(flows);
      talk.play('surat usaha');
      const said = talk.play(heardAs(degree)).join('\n');
      expect(said).toContain('112');
      expect(said).toContain('Bidang apa?');
      expect(said).not.toContain('TELEPON 112 SEKARANG');
    },
  );

  test('a faint one that answers nothing is a cry', () => {
    expect(talkWith(flows).play(heardAs('faint')).join('\n')).toContain('TELEPON 112 SEKARANG');
  });

  test.each(['bapak kok gak gerak gerak ya pak', 'tolong kebakaran', 'bapak saya pingsan'])(
    'a plain one is a cry at an open question as well: "%s"',
    (typed) => {
      const talk = talkWith(flows);
      talk.play('surat usaha');
      expect(talk.play(typed).join('\n')).toContain('TELEPON 112 SEKARANG');
    },
  );
});
