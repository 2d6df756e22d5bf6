import type { Command } from 'commander';
import { caseGroups, MATRIX_ROLES, matrixOf } from '../core/permissions.js';
import type { CaseGroup, Cell } from '../core/permissions.js';
import { FLOWS_FOLDER } from './flowsFolder.js';

/** `kentongan permissions`: who may do what, worked out from the rules themselves. */
export function permissionsCommand(program: Command): void {
  program
    .command('permissions')
    .description('print who may do what: every act on a case and every permission of the console, by role')
    .option('--markdown', 'as docs/permissions.md')
    .option('--dir <folder>', 'the flows whose services are asked about', FLOWS_FOLDER)
    .action(async (options: { markdown?: boolean; dir: string }) => {
      const tables = await permissionTables(options.dir);
      process.stdout.write(options.markdown ? asMarkdown(tables) : asText(tables));
    });
}

interface Table {
  title: string;
  about: string;
  head: string[];
  rows: string[][];
}

const MARKS: { [C in Cell]: string } = { may: 'yes', no: '-', unseen: '' };

/** A table for each group of services that are handled alike, and one of the console. */
export async function permissionTables(dir: string): Promise<Table[]> {
  const { loadCatalogue } = await import('../flow/load/services.js');
  const { PERMISSION_ROLES } = await import('../web/policy.js');
  const acts = caseGroups(await loadCatalogue(dir)).map((group) => ({
    title: titleOf(group),
    about: aboutOf(group),
    head: ['act', ...MATRIX_ROLES],
    rows: matrixOf(group).map(({ act, cells }) => [act, ...MATRIX_ROLES.map((role) => MARKS[cells[role]])]),
  }));
  const roles = MATRIX_ROLES.filter((role) => role !== 'resident');
  return [
    ...acts,
    {
      title: 'The console',
      about:
        'What a role may do on the pages of the console, in the villages in which it is held (src/web/policy.ts). Routes are held to it, one by one, by tests/web/permissions.test.ts.',
      head: ['permission', ...roles],
      rows: Object.entries(PERMISSION_ROLES).map(([permission, may]) => [
        permission,
        ...roles.map((role) => (may.includes(role) ? 'yes' : '')),
      ]),
    },
  ];
}

function titleOf({ kind, desk, isConfidential, isSealed, path }: CaseGroup): string {
  const how = isSealed ? ', sealed' : isConfidential ? ', confidential' : '';
  const steps = path.map(
    ({ act, roles, otherwise }) =>
      `${act} (${[...roles, ...(otherwise ?? []).map((role) => `else ${role}`)].join(', ')})`,
  );
  return `${kind}${desk ? ` (${desk})` : ''}${how}: ${steps.join(' → ') || 'no steps'}`;
}

function aboutOf({ services, isSealed }: CaseGroup): string {
  const sealed = isSealed ? ' Shown for a complaint that was sealed to the secretary.' : '';
  return `Services: ${services.join(', ')}.${sealed}`;
}

const INTRODUCTION = [
  'Worked out by `kentongan permissions` from the rules that decide it (src/core/decide.ts, path.ts, handlers.ts), for a village in which',
  'every role is held by one officer. Each act is asked about where it is the next thing to do: initials on what was checked, handing out',
  'what is ready. `yes`: it is done. `-`: not by this role. Empty: to them there is no such case, as for every officer of another village.',
  'Where nobody holds a role, its step falls to the roles after "else", then to whoever handles such requests (never the signature).',
  'A deputy (a.n.) does the steps of whom they stand in for; nobody stands in for the receiver of a sealed complaint.',
];

/** docs/permissions.md. */
export function asMarkdown(tables: Table[]): string {
  const parts = tables.map(({ title, about, head, rows }) => {
    const widths = head.map((cell, n) => Math.max(3, cell.length, ...rows.map((row) => row[n]!.length)));
    const line = (cells: string[]) => `| ${cells.map((cell, n) => cell.padEnd(widths[n]!)).join(' | ')} |`;
    return [
      `## ${title}`,
      '',
      about,
      '',
      line(head),
      line(widths.map((width) => '-'.repeat(width))),
      ...rows.map(line),
    ].join('\n');
  });
  return [
    '# Who may do what',
    '',
    '<!-- Made by `kentongan permissions --markdown`: do not edit this page. -->',
    '',
    INTRODUCTION.join('\n'),
    '',
    parts.join('\n\n'),
    '',
  ].join('\n');
}

/** For a terminal: the names of the roles stand upright over their columns. */
function asText(tables: Table[]): string {
  return tables
    .map(({ title, about, head, rows }) => {
      const first = Math.max(...rows.map((row) => row[0]!.length), head[0]!.length);
      const height = Math.max(...head.slice(1).map((role) => role.length));
      const upright = Array.from({ length: height }, (_, n) =>
        [' '.repeat(first), ...head.slice(1).map((role) => ` ${role.padStart(height)[n]} `)].join(' '),
      );
      const lines = rows.map(([name, ...cells]) =>
        [
          name!.padEnd(first),
          ...cells.map((cell) => ` ${cell === 'yes' ? '●' : cell === '-' ? '·' : ' '} `),
        ].join(' '),
      );
      return [title, about, ...upright, ...lines, ''].map((line) => line.trimEnd()).join('\n');
    })
    .join('\n');
}
