import { Readable } from 'node:stream';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { lineCommand } from '../../src/commands/line.js';
import { loadKeys, sealerOver } from '../../src/store/keys.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const KEY = 'a'.repeat(64);
const TOKEN = '7001:AAE-rahasia-sekali-0123456789';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('SECRET_KEY', KEY);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
});
afterEach(() => {
  process.exitCode = undefined;
});

/** Runs `kentongan line …` as it is typed, with these lines on standard input. */
async function run(
  words: string[],
  typed: string[] = [],
): Promise<{ out: string; err: string; code: number }> {
  const said = { out: '', err: '' };
  const heard = (to: 'out' | 'err') => (text: string | Uint8Array) => {
    said[to] += String(text);
    return true;
  };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(heard('out'));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(heard('err'));
  const stdin = vi
    .spyOn(process, 'stdin', 'get')
    .mockReturnValue(Readable.from(typed.map((line) => `${line}\n`)) as unknown as typeof process.stdin);
  const program = new Command().exitOverride();
  lineCommand(program);
  try {
    await program.parseAsync(['line', ...words], { from: 'user' });
  } finally {
    for (const spy of [out, err, stdin]) spy.mockRestore();
  }
  return { ...said, code: Number(process.exitCode ?? 0) };
}

async function row(id: string) {
  const { rows } = await database.pool.query(
    `SELECT settings, village_id, removed_at, restart_at,
       ARRAY(SELECT village_id FROM line_villages v WHERE v.line_id = lines.id ORDER BY 1) AS villages
     FROM lines WHERE id = $1`,
    [id],
  );
  return rows[0];
}

async function audited(): Promise<string[]> {
  const { rows } = await database.pool.query<{ action: string; data: object; subject: string }>(
    'SELECT action, data, subject_id AS subject FROM audit_log ORDER BY at, id',
  );
  return rows.map((entry) => `${entry.action} ${entry.subject} ${JSON.stringify(entry.data)}`);
}

describe('kentongan line', () => {
  test('list says what to do where there is none', async () => {
    expect((await run(['list'])).out).toContain('line add --help');
  });

  test('add takes the token from standard input, seals it, and shows it nowhere', async () => {
    const { out, err, code } = await run(['add', 'telegram', '--village', 'Gintangan'], [TOKEN]);
    expect({ out, err, code }).toEqual({
      out: 'Added telegram:7001: serves Gintangan.\nA running gateway starts it within seconds.\n',
      err: '',
      code: 0,
    });
    const { settings, village_id } = await row('telegram:7001');
    expect(village_id).toBe('35.10.25.2004');
    expect(settings).not.toContain('rahasia');
    const source = { secretKeys: [KEY], dataDir: '' };
    const sealer = sealerOver(source, await loadKeys(source, { warn: () => {} } as never));
    expect(sealer.open('line', 'telegram:7001', settings)).toEqual({
      kind: 'telegram',
      token: TOKEN,
      apiRoot: 'https://api.telegram.org',
      webhookSecret: null,
    });
    expect(await audited()).toEqual([
      'line.add telegram:7001 {"kind":"telegram","villages":["35.10.25.2004"]}',
    ]);
  });

  test('add says what a running simulator wants', async () => {
    await database.pool.query(
      `INSERT INTO lines (id, platform, name, lease_owner, lease_until)
       VALUES ('sim:resident', 'simulator', 'Simulator', 'x', now() + interval '1 minute')`,
    );
    expect((await run(['add', 'telegram'], [TOKEN])).out).toContain('restart Kentongan');
    await database.pool.query(`DELETE FROM lines WHERE id = 'sim:resident'`);
  });

  test('add with another token of the same bot changes the line', async () => {
    const before = await row('telegram:7001');
    expect((await run(['add', 'telegram'], [`${TOKEN}x`])).out).toContain('Changed telegram:7001');
    expect((await row('telegram:7001')).settings).not.toBe(before.settings);
  });

  test('a Cloud API number needs three secrets, in their order', async () => {
    const secrets = ['EAAB-token-of-access', 'app-secret-0123456789', 'verify-me-please'];
    const made = await run(
      ['add', 'whatsapp-cloud', '--phone-number-id', '10650', '--template', 'id=kabar', 'en=news'],
      secrets,
    );
    expect(made.out).toContain('Added whatsapp-cloud:10650: serves every village.');
    for (const secret of secrets) expect(made.out + made.err).not.toContain(secret);
  });

  test('WhatsApp Web is added only where its risk is accepted, and says how to link', async () => {
    await expect(run(['add', 'whatsapp-web'])).rejects.toThrow('--accept-risk');
    const { out } = await run(['add', 'whatsapp-web', '--name', 'kantor', '--accept-risk']);
    expect(out).toContain('/console/jalur');
    expect(await run(['add', 'whatsapp-web', '--name', 'kantor', '--accept-risk'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('is there already'),
    });
  });

  test('serve names one village, some, or all', async () => {
    const serve = (...words: string[]) => run(['serve', 'telegram:7001', ...words]);
    expect((await serve('--village', 'Gintangan', '--village', 'Genteng Wetan')).out).toContain(
      'serves Gintangan, Genteng Wetan',
    );
    expect(await row('telegram:7001')).toMatchObject({
      village_id: null,
      villages: ['35.10.09.2002', '35.10.25.2004'].toSorted(),
    });
    await serve('--village', 'Gintangan');
    expect(await row('telegram:7001')).toMatchObject({ village_id: '35.10.25.2004', villages: [] });
    await serve('--all');
    expect(await row('telegram:7001')).toMatchObject({ village_id: null, villages: [] });
  });

  test('list tells how each stands, and never a secret', async () => {
    await database.pool.query(
      `UPDATE lines SET state = 'up', name = '@desa_bot', last_error = 'no network', last_error_at = '2026-11-26T01:00:00Z'
       WHERE id = 'telegram:7001'`,
    );
    const [listed, json] = [await run(['list']), await run(['list', '--json'])];
    expect(listed.out).toContain(
      'telegram:7001  @desa_bot  up  every village  0 waiting  last error 2026-11-26T01:00:00.000Z: no network\n',
    );
    expect(JSON.parse(json.out)).toHaveLength(3);
    for (const text of [listed.out, json.out]) {
      expect(text).not.toContain('rahasia');
      expect(text).not.toContain('settings');
    }
  });

  test('restart asks the gateway for it', async () => {
    expect((await run(['restart', 'telegram:7001'])).code).toBe(0);
    expect((await row('telegram:7001')).restart_at).toBeInstanceOf(Date);
  });

  test('remove forgets the secrets, keeps the outbox, and says how many wait', async () => {
    const { pool } = database;
    await pool.query(
      `WITH r AS (INSERT INTO residents (id) VALUES (gen_random_uuid()) RETURNING id),
         a AS (INSERT INTO addresses (id, platform, resident_id) SELECT gen_random_uuid(), 'telegram', id FROM r RETURNING id),
         c AS (INSERT INTO conversations (id, address_id, line_id, chat_id)
           SELECT gen_random_uuid(), id, 'telegram:7001', '5' FROM a RETURNING id)
       INSERT INTO outbound_messages (conversation_id, line_id, body) SELECT id, 'telegram:7001', '{"text":"halo"}' FROM c`,
    );
    const { out } = await run(['remove', 'telegram:7001']);
    expect(out).toContain('telegram:7001 is removed.\n1 message waits there unsent');
    expect(await row('telegram:7001')).toMatchObject({ settings: null, removed_at: expect.any(Date) });
    expect((await run(['list'])).out).not.toContain('telegram:7001');
    expect((await audited()).at(-1)).toBe('line.remove telegram:7001 {"waiting":1}');
    expect((await run(['add', 'telegram'], [TOKEN])).out).toContain('Added telegram:7001');
  });

  test('remove says that the phone may still show a line of WhatsApp Web as linked', async () => {
    await run(['add', 'whatsapp-web', '--name', 'desa', '--accept-risk']);
    expect((await run(['remove', 'whatsapp-web:desa'])).out).toContain('Linked devices');
  });

  test('a line that the environment names is left to the environment', async () => {
    vi.stubEnv('TELEGRAM_BOT_TOKEN', TOKEN);
    try {
      for (const words of [
        ['remove', 'telegram:7001'],
        ['add', 'telegram'],
      ])
        expect(await run(words, [TOKEN])).toMatchObject({
          code: 2,
          err: expect.stringContaining('TELEGRAM_BOT_TOKEN'),
        });
    } finally {
      vi.stubEnv('TELEGRAM_BOT_TOKEN', '');
    }
  });

  test.each([
    [['add', 'telegram'], ['not a token'], 'token: must look like'],
    [['add', 'telegram'], [], 'Token: missing'],
    [['add', 'telegram', '--webhook'], [TOKEN], '--webhook: needs PUBLIC_URL'],
    [['add', 'telegram', '--village', 'Tamansari'], [TOKEN], 'name the kecamatan or the code'],
    [['add', 'telegram', '--village', 'Atlantis'], [TOKEN], 'not in the register'],
    [['add', 'whatsapp-web', '--accept-risk', '--name', 'Kantor Desa'], [], 'name: may hold'],
    [['serve', 'telegram:9'], [], '--village or --all'],
    [['serve', 'telegram:9', '--all'], [], 'no such line'],
    [['restart', 'telegram:9'], [], 'no such line'],
    [['remove', 'telegram:9'], [], 'no such line'],
  ])('%j ends with code 2, naming the fault and its cure in one line', async (words, typed, fault) => {
    const { out, err, code } = await run(words, typed);
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(err.trim().split('\n')).toEqual([expect.stringContaining(fault)]);
    expect(err).not.toContain('rahasia');
  });
});
