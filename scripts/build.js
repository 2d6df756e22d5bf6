// Builds what `npm ci` promises: the Prisma client, the compiled program and the web's static files.
// Runs as npm's prepare script, on a machine that reaches nothing but the npm registry.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

run(require.resolve('prisma/build/index.js'), ['generate', '--no-hints'], {
  // `prisma generate` checks for a schema engine that it does not use and would download;
  // any existing file satisfies it.
  PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  CHECKPOINT_DISABLE: '1',
});
rmSync(`${root}/dist`, { recursive: true, force: true });
const tsc = require.resolve('typescript/package.json').replace('package.json', 'bin/tsc');
run(tsc, ['-p', 'tsconfig.json']);
// What stands in for the platforms, for `start --standins`: its pages are read as they are.
run(tsc, ['-p', 'tests/standins/tsconfig.json']);
cpSync(`${root}/tests/standins`, `${root}/dist/standins`, {
  recursive: true,
  filter: (path) => !/\.(?:ts|json)$/u.test(path),
});
cpSync(`${root}/src/web/assets`, `${root}/dist/web/assets`, { recursive: true });
chmodSync(`${root}/bin/kentongan.js`, 0o755);

/** Runs a node program to its end; a failure of it is ours. */
function run(file, args, env = {}) {
  const done = spawnSync(process.execPath, [file, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
