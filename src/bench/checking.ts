import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, type Bench } from './report.js';

const PROGRAM = fileURLToPath(new URL('../../bin/kentongan.js', import.meta.url));
const ROUNDS = 5;

/** How long `kentongan check` takes, from the start of its process to its end: all flows are read, compiled and checked. */
export const checkingBench: Bench = {
  names: ['flows.check_seconds'],
  async run() {
    const runs = Array.from({ length: ROUNDS }, () => {
      const began = performance.now();
      const { status } = spawnSync(process.execPath, [PROGRAM, 'check'], { stdio: 'ignore' });
      if (status !== 0) throw new Error('kentongan check found faults: mend them first');
      return (performance.now() - began) / 1000;
    });
    const value = median(runs);
    return [
      {
        name: 'flows.check_seconds',
        value,
        unit: 's',
        against: null,
        ratio: null,
        target: '≤ 1.5',
        met: value <= 1.5,
      },
    ];
  },
};
