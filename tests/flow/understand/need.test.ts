import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test, vi } from 'vitest';
import { FLOWS_FOLDER } from '../../../src/commands/flowsFolder.js';
import { learnCommand } from '../../../src/commands/learn.js';
import { readFlows } from '../../../src/flow/load.js';
import { NEED_FILE, readNeed, staleNeed } from '../../../src/flow/load/need.js';
import { understand } from '../../../src/flow/understand/understand.js';
import { flowFolder, REQUEST } from '../support.js';

/** A few flows with the project's words, to be changed. */
async function inFolder<T>(use: (dir: string) => T | Promise<T>): Promise<T> {
  const { dir, remove } = flowFolder(REQUEST);
  try {
    return await use(dir);
  } finally {
    remove();
  }
}

/** What stands in the way, in a folder whose words were changed. */
const faultsAfter = (change: (dir: string) => void) =>
  inFolder(async (dir) => {
    change(dir);
    return [...(await readFlows(dir)).faults, ...staleNeed(dir)].filter(({ file }) =>
      file.endsWith(NEED_FILE),
    );
  });

async function learn(dir: string): Promise<void> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    const program = new Command();
    learnCommand(program);
    await program.parseAsync(['learn', '--dir', dir], { from: 'user' });
  } finally {
    log.mockRestore();
  }
}

describe('what was learned of need', () => {
  test('was learned of the lessons that are there', () => {
    expect(staleNeed(FLOWS_FOLDER)).toEqual([]);
    const faults: Parameters<typeof readNeed>[1] = [];
    expect(readNeed(FLOWS_FOLDER, faults)?.words.length).toBeGreaterThan(1000);
    expect(faults).toEqual([]);
  });

  test.each([
    [
      'a lesson more',
      (dir: string) => appendFileSync(join(dir, 'words/lessons/calm.csv'), 'ngopi dulu pak,bukan_darurat\n'),
      'have changed since this was learned',
    ],
    [
      'no file',
      (dir: string) => rmSync(join(dir, NEED_FILE)),
      'this file is missing, though there are lessons',
    ],
    [
      'a file that is none',
      (dir: string) => writeFileSync(join(dir, NEED_FILE), '{"about"'),
      'cannot be read',
    ],
    [
      'weights that are cut off',
      (dir: string) =>
        writeFileSync(
          join(dir, NEED_FILE),
          JSON.stringify({
            about: '',
            lessons: '0'.repeat(64),
            need: { bias: 0, step: 1, weights: 'AwA=' },
            kinds: {},
            words: '',
          }),
        ),
      'cannot be read: 0 weights instead of 262144',
    ],
  ] as const)('%s is told, with the cure', async (_, change, what) => {
    const faults = await faultsAfter(change);
    expect(faults.map((fault) => fault.what).join('\n')).toContain(what);
    expect(faults.every(({ cure }) => cure === 'run `kentongan learn`')).toBe(true);
  });

  test('hears what the lessons tell, wherever they came from, and is the same each time', () =>
    inFolder(async (dir) => {
      const phrase = 'si mbok wis ora obah blas neng kamar mburi';
      for (const name of ['need', 'calm']) rmSync(join(dir, `words/lessons/${name}.csv`));
      const heard = async (lessons: string) => {
        writeFileSync(join(dir, 'words/lessons/own.csv'), `phrase,intent\n${lessons}`);
        await learn(dir);
        const { flows, faults } = await readFlows(dir);
        expect([...faults.filter(({ warning }) => !warning), ...staleNeed(dir)]).toEqual([]);
        return { kind: understand(flows!, phrase).kind, need: readNeed(dir, [])! };
      };
      const cries = Array.from({ length: 12 }, (_, n) => `${phrase} ${n},darurat.medis\n`).join('');
      const one = await heard(cries);
      expect(one.kind).toBe('emergency');
      const other = await heard(cries.replaceAll('darurat.medis', 'bukan_darurat'));
      expect(other.kind).not.toBe('emergency');
      const again = await heard(cries);
      const told = { typed: ['ora', 'obah'], usual: ['tidak', 'gerak'], phrase: null };
      expect(again.need.of(told)).toBe(one.need.of(told));
      expect(again.need.kindOf(told)).toBe('darurat.medis');
    }));

  test('is learned of the phrases alone where there are no lessons', () =>
    inFolder(async (dir) => {
      rmSync(join(dir, NEED_FILE));
      rmSync(join(dir, 'words/lessons'), { recursive: true });
      writeFileSync(
        join(dir, 'words/phrases/own.yaml'),
        'darurat.medis: |\n  bapak kejang\n  ibu kejang kejang\n  anak saya kejang\n',
      );
      const { flows, faults } = await readFlows(dir);
      expect(faults.filter(({ warning }) => !warning)).toEqual([]);
      expect(understand(flows!, 'bapak kejang kejang').kind).toBe('emergency');
      expect(understand(flows!, 'surat usaha').id).toBe('surat.usaha');
    }));
});
