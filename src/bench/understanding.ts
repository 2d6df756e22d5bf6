import type { Flows } from '../flow/compiled.js';
import { prepareUnderstanding } from '../flow/understand/intent.js';
import { understand } from '../flow/understand/understand.js';
import { benchFlows } from './conversation.js';
import { median, type Bench } from './report.js';

const BUILDS = 7;
const ROUNDS = 3;

/** Understanding first messages: what each of the vocabulary's own phrases takes, and how long the index is built. */
export const understandingBench: Bench = {
  names: ['understand.phrase', 'understand.phrase_p99', 'understand.index'],
  async run() {
    const flows = await benchFlows();
    // Another object with the same flows has an index of its own.
    const builds = Array.from({ length: BUILDS }, () => timed(() => prepareUnderstanding({ ...flows })));
    const phrases = messages(flows);
    const times: number[] = [];
    // What was understood once is remembered: each round has flows, and so an index, that heard nothing yet.
    for (let round = 0; round < ROUNDS; round++) {
      const fresh: Flows = { ...flows };
      prepareUnderstanding(fresh);
      for (const phrase of phrases) times.push(timed(() => understand(fresh, phrase)));
    }
    times.sort((a, b) => a - b);
    const middle = times[Math.floor(times.length / 2)]!;
    const slowest = times[Math.floor(times.length * 0.99)]!;
    const index = median(builds);
    const row = { unit: 'ms', against: null, ratio: null };
    return [
      { ...row, name: 'understand.phrase', value: middle, target: '≤ 1', met: middle <= 1 },
      { ...row, name: 'understand.phrase_p99', value: slowest, target: '≤ 5', met: slowest <= 5 },
      { ...row, name: 'understand.index', value: index, target: '≤ 300', met: index <= 300 },
    ];
  },
};

/** The vocabulary's phrases after a greeting, as a first message has it: none of them is known as a whole. */
function messages({ vocabulary }: Flows): string[] {
  return [...vocabulary.phrases.values()].flat().map((phrase) => `halo min, ${phrase}`);
}

function timed(what: () => unknown): number {
  const began = performance.now();
  what();
  return performance.now() - began;
}
