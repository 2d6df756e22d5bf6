import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTranscript, runTranscript } from '../../src/commands/chat/transcript.js';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import { loadFlows } from '../../src/flow/load.js';

/** The most that a new resident may have to type for a Surat Keterangan Usaha. */
const MOST_TURNS = 12;

test.each([
  ['by numbers alone', 'straight-new.chat'],
  ['in words, of a village whose name exists twice', 'straight-new-ambiguous.chat'],
])('a new resident files a Surat Keterangan Usaha in at most twelve turns, %s', async (_, file) => {
  const path = join(import.meta.dirname, 'services/business-letter', file);
  const transcript = readTranscript(readFileSync(path, 'utf8'));
  expect(transcript.settings).toMatchObject({ isFirst: true, village: null, person: { name: null } });
  const said = runTranscript(await loadFlows(FLOWS_FOLDER), transcript);
  const lines = said.split('\n');
  const sent = lines.findIndex((line) => line.startsWith('! open_case {"service":"usaha"'));
  expect(sent).toBeGreaterThan(0);
  expect(lines.slice(0, sent).filter((line) => /^>>? /u.test(line)).length).toBeLessThanOrEqual(MOST_TURNS);
});
