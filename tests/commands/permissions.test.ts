import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { asMarkdown, permissionTables } from '../../src/commands/permissions.js';

test('docs/permissions.md is what `kentongan permissions --markdown` makes of the rules', async () => {
  const page = await readFile('docs/permissions.md', 'utf8');
  expect(asMarkdown(await permissionTables('flows'))).toBe(page);
});

test('the page names every role that may act, and no officer may what is the resident’s', async () => {
  const tables = await permissionTables('flows');
  const [letters] = tables;
  const of = (act: string) =>
    Object.fromEntries(
      letters!.head.map((role, n) => [role, letters!.rows.find(([name]) => name === act)![n]]),
    );
  expect(of('sign')).toMatchObject({
    kepala_desa: 'yes',
    sekretaris: '-',
    operator: '-',
    admin: '-',
    ketua_rt: '',
  });
  expect(of('cancel')).toMatchObject({ resident: 'yes', kepala_desa: '', operator: '' });
  expect(tables.at(-1)!.title).toBe('The console');
});
