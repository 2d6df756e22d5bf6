import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { officerCommand } from '../../src/commands/officer.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('SECRET_KEY', 'a'.repeat(64));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
});
afterEach(() => {
  process.exitCode = undefined;
});

/** Runs `kentongan officer …` as it is typed. */
async function run(...words: string[]): Promise<{ out: string; err: string; code: number }> {
  const said = { out: '', err: '' };
  const heard = (to: 'out' | 'err') => (text: string | Uint8Array) => {
    said[to] += String(text);
    return true;
  };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(heard('out'));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(heard('err'));
  const program = new Command().exitOverride();
  officerCommand(program);
  try {
    await program.parseAsync(['officer', ...words], { from: 'user' });
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
  return { ...said, code: Number(process.exitCode ?? 0) };
}

const SRI = ['--name', 'Bu Sri', '--phone', '0812-3456-7890', '--role', 'operator', '--village', 'Gintangan'];

describe('kentongan officer', () => {
  test('list says what to do where there is nobody', async () => {
    expect((await run('list')).out).toContain('officer add');
  });

  test('add adds, and says what comes next', async () => {
    expect(await run('add', ...SRI)).toEqual({
      out: 'Added Bu Sri: operator, Gintangan.\nNext: kentongan officer invite --phone 0812-3456-7890\n',
      err: '',
      code: 0,
    });
    expect((await run('list')).out).toBe('Bu Sri  6281234567890  operator Gintangan  no chat linked\n');
  });

  test('invite prints the payload once, and the link where the bot is known', async () => {
    const typed = await run('invite', '--phone', '081234567890');
    expect(typed.out).toMatch(/\/start inv-[\w-]{32} /u);
    expect(typed.out).toContain('kentongan officer confirm --phone 6281234567890');
    await database.pool.query(
      `INSERT INTO lines (id, platform, name) VALUES ('telegram:7', 'telegram', '@desa_bot')`,
    );
    const linked = await run('invite', '--phone', '081234567890', '--trust');
    expect(linked.out).toMatch(/https:\/\/t\.me\/desa_bot\?start=inv-[\w-]{32}\n/u);
    expect((await run('list')).out).toContain('invited');
  });

  test('list --json is JSON and holds no token', async () => {
    const { out } = await run('list', '--json');
    expect(JSON.parse(out)).toEqual([expect.objectContaining({ name: 'Bu Sri', invite: 'open' })]);
    expect(out).not.toContain('token');
  });

  test.each([
    [['add', ...SRI.with(3, '12')], '--phone 12: must be a mobile number'],
    [['add', ...SRI.with(7, 'Tamansari')], 'name the kecamatan or the code'],
    [['add', ...SRI.with(7, 'Atlantis')], 'not in the register'],
    [['add', ...SRI.slice(0, 6)], 'only an admin may serve every village'],
    [['invite', '--phone', '081299999999'], 'add one first'],
    [['confirm', '--phone', '081234567890'], 'no accepted invite waits'],
  ])('%j ends with code 2, naming the fault and its cure in one line', async (words, fault) => {
    const { out, err, code } = await run(...words);
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(err.trim().split('\n')).toEqual([expect.stringContaining(fault)]);
  });
});
