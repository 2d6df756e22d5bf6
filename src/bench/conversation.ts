import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FLOWS_FOLDER } from '../commands/flowsFolder.js';
import { advance } from '../flow/engine.js';
import { loadFlows } from '../flow/load.js';
import type { Flows } from '../flow/compiled.js';
import type { TurnContext } from '../flow/types.js';
import type { Engine } from '../pipeline/engine.js';

/**
 * The bench's conversation: what a resident types after opening the menu of letters, eight turns: menu, service, letter,
 * name, a wrong then a right number, address, confirm; the code comes with the last answer.
 */
export const EIGHT_TURNS = [
  'bench surat',
  '1',
  '1',
  'Warung Bu Siti',
  'sembilan',
  '2019',
  'Dusun Krajan RT 03 RW 01',
  '1',
];

/** The same on the road, where it ends without a case: the comparison has no cases either. */
export const ROAD_TURNS = [...EIGHT_TURNS.slice(0, -1), 'batal'];

const BENCH_FLOWS = fileURLToPath(new URL('../../src/bench/flows', import.meta.url));

/** The bench's own flow among all flows of the project: their phrases and words cost what they cost. */
export async function benchFlows(): Promise<Flows> {
  const dir = await mkdtemp(join(tmpdir(), 'kentongan-bench-flows-'));
  try {
    await cp(FLOWS_FOLDER, dir, { recursive: true });
    await cp(BENCH_FLOWS, dir, { recursive: true });
    return await loadFlows(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

export async function benchEngine(): Promise<Engine> {
  const flows = await benchFlows();
  return {
    advance: (session, event, context) => advance(flows, session, event, context),
    isEmergency: () => false,
    apology: () => ({ text: 'Maaf.' }),
    patience: () => ({ text: 'Sebentar.' }),
  };
}

/** A resident of an active village, on a line that numbers its choices. */
export function benchContext(now: Date, newId: () => string): TurnContext {
  return {
    now,
    newId,
    language: 'id',
    channel: { platform: 'simulator', choices: 'numbers', group: false },
    publicUrl: null,
    resident: { id: 'r', name: null, isNew: false, phone: null },
    village: null,
    officer: null,
    handedOver: false,
  };
}
