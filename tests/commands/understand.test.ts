import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test, vi } from 'vitest';
import { understandCommand } from '../../src/commands/understand.js';
import { flowFolder } from '../flow/support.js';

const FLOWS = {
  'services/business.yaml': {
    flow: 'business',
    intent: 'surat.usaha',
    title: 'Surat Keterangan Usaha',
    understands: ['surat usaha'],
    steps: [{ end: 'told', text: 'Usaha.' }],
  },
};

/** Runs `understand` on a few flows and gives what it prints. */
async function understood(arguments_: string[], measured?: string): Promise<string[]> {
  const { dir, remove } = flowFolder(FLOWS);
  const said: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  try {
    const file = join(dir, '../phrases.csv');
    if (measured !== undefined) writeFileSync(file, measured);
    const program = new Command();
    understandCommand(program);
    const measure = measured === undefined ? [] : ['--measure', file];
    await program.parseAsync(['understand', '--dir', dir, ...measure, ...arguments_], { from: 'user' });
    return said;
  } finally {
    log.mockRestore();
    remove();
  }
}

test('a message is told as JSON: kind, intent, and what else it may be', async () => {
  const [line] = await understood(['--json', 'njaluk', 'surat', 'usaha']);
  expect(JSON.parse(line!)).toMatchObject({
    kind: 'flow',
    id: 'surat.usaha',
    alternatives: expect.any(Array),
  });
});

test('--why shows the words in their usual form and the phrase that came nearest', async () => {
  const [told] = await understood(['--why', 'njaluk surat usaha']);
  expect(told).toContain('minta');
  expect(told).toContain('surat.usaha  near');
});

test('--measure counts what is right, and tells what was taken for what', async () => {
  const csv =
    'phrase,intent\nsurat usaha,surat.usaha\nbapak semaput,darurat.medis\nsurat usaha,surat.nikah\n';
  const [told] = await understood([], csv);
  expect(told).toContain('first guess 66.7 % (2/3)');
  expect(told).toContain('emergencies found 100.0 % (1/1)');
  expect(told).toContain('surat.nikah → surat.usaha: 1');
});
