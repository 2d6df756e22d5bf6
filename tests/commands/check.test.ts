import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { checkCommand } from '../../src/commands/check.js';
import { flowFolder, REQUEST } from '../flow/support.js';
import type { Files } from '../flow/support.js';

/** Runs `check` on a few flows and gives what it prints; the exit code is put back. */
async function check(
  files: Files,
  chats: string[],
  ...options: string[]
): Promise<{ said: string; code: number }> {
  const { dir, remove } = flowFolder(files);
  const said: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  try {
    const transcripts = join(dir, '../chats');
    for (const chat of chats) {
      mkdirSync(join(transcripts, chat, '..'), { recursive: true });
      writeFileSync(join(transcripts, chat), '> halo\n');
    }
    const program = new Command();
    checkCommand(program);
    await program.parseAsync(['check', '--dir', dir, '--transcripts', transcripts, ...options], {
      from: 'user',
    });
    return { said: said.join('\n'), code: Number(process.exitCode ?? 0) };
  } finally {
    log.mockRestore();
    process.exitCode = undefined;
    remove();
  }
}

afterEach(() => vi.restoreAllMocks());

test('the last line counts flows, steps, services, phrases and transcripts', async () => {
  const { said, code } = await check(REQUEST, ['services/request/straight.chat']);
  expect(said.split('\n').at(-1)).toMatch(
    /^\d+ flows, \d+ steps, \d+ services, \d+ phrases; \d+ flows lack transcripts \(1\): \d+ warnings, no fault$/u,
  );
  expect(said).toContain('it has no transcript of: wrong, cancel, resume, change');
  expect(code).toBe(0);
});

test('without a folder of transcripts nothing is said of them: an installed program has no tests', async () => {
  const { said } = await check(REQUEST, []);
  expect(said).toMatch(/\d+ phrases: (?:no fault|\d+ warnings, no fault)$/u);
});

test('a fault is told as JSON, and the exit code is 1', async () => {
  const bad = { flow: 'bad', title: 'Buruk', steps: [{ end: 'x', text: 'Kirim NIK ke 0813 9876 5432.' }] };
  const { said, code } = await check({ 'bad.yaml': bad }, [], '--json');
  const told = JSON.parse(said) as { ok: boolean; counts: { flows: number }; faults: { file: string }[] };
  expect(told.ok).toBe(false);
  expect(told.counts.flows).toBeGreaterThan(1);
  expect(told.faults.map(({ file }) => file)).toEqual(['flows/bad.yaml', 'flows/bad.yaml']);
  expect(code).toBe(1);
});
