// `npm run check`: format, lint, types, layers and the flow checker, each named where it fails.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** @type {[name: string, command: string, args: string[]][]} */
const checks = [
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings', 'src', 'tests', 'scripts', 'bin']],
  ['types', 'tsc', ['-p', 'tests/tsconfig.json']],
  ['layers', 'vitest', ['run', '--config', 'tests/layers.config.ts', '--reporter=dot']],
  ['flows', 'node', ['bin/kentongan.js', 'check']],
];
const failed = [];
for (const [name, command, args] of checks) {
  const bin = command === 'node' ? process.execPath : `${root}/node_modules/.bin/${command}`;
  const done = spawnSync(bin, args, { cwd: root, stdio: 'inherit' });
  console.log(`check ${name}: ${done.status === 0 ? 'ok' : 'failed'}`);
  if (done.status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`);
  process.exit(1);
}
