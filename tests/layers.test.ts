import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

/** The rooms and what each may import: the table of docs/architecture.md. */
const MAY_IMPORT: { [room: string]: string[] } = {
  core: [],
  words: ['core'],
  media: ['core'],
  channels: ['core'],
  store: ['core'],
  embedded: ['core'],
  flow: ['core', 'words'],
  letters: ['core', 'words', 'store', 'media'],
  effects: ['core', 'words', 'store'],
  jobs: ['core', 'words', 'store', 'effects', 'letters', 'media'],
  pipeline: ['core', 'words', 'flow', 'effects', 'store', 'jobs', 'media', 'channels/channel.ts'],
  web: ['core', 'words', 'flow', 'effects', 'letters', 'store', 'jobs', 'media'],
};
/** May import everything, and nobody imports them. */
const TOPS = ['config.ts', 'runtime.ts', 'main.ts', 'commands', 'bench', 'roles'];

const src = resolve(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/u.test(file) && !file.startsWith('generated'),
);

test('every room imports only the rooms that the table allows', () => {
  const faults = files.flatMap((file) => {
    const room = file.split('/')[0]!;
    if (TOPS.includes(room)) return [];
    const allowed = MAY_IMPORT[room];
    if (!allowed) return [`${file}: the room ${room} is not in the table`];
    return imports(file)
      .filter((target) => target.split('/')[0] !== room && !target.startsWith('generated'))
      .filter((target) => !allowed.some((a) => target === a || target.startsWith(`${a}/`)))
      .map((target) => `${file} imports ${target}`);
  });
  expect(faults).toEqual([]);
});

test('only config.ts reads the environment', () => {
  const readers = files.filter((file) => /process\.env/u.test(readFileSync(join(src, file), 'utf8')));
  expect(readers).toEqual(['config.ts']);
});

/** What of ours a file imports, as paths from src. */
function imports(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/gu)].map((found) =>
    relative(src, resolve(src, dirname(file), found[1]!)).replace(/\.js$/u, '.ts'),
  );
}
