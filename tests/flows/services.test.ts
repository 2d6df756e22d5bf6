import { describe, expect, test } from 'vitest';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import type { CompiledFlow } from '../../src/flow/compiled.js';
import { loadFlows } from '../../src/flow/load.js';

const flows = await loadFlows(FLOWS_FOLDER);

/** Every service of a village office, and what a chat may come to: its own letter, a referral, an appointment. */
const SERVICES = {
  letter: [
    'usaha',
    'sktm',
    'domisili',
    'domisili_usaha',
    'akta_lahir',
    'kematian',
    'nikah',
    'belum_menikah',
    'status_janda_duda',
    'skck',
    'kehilangan',
    'keramaian',
    'penghasilan',
    'beda_nama',
    'bepergian',
  ],
  referral: ['spm', 'ktp', 'kk', 'kia', 'pindah'],
  appointment: ['ahli_waris', 'tanah', 'izin_keluarga'],
} as const;
const all = Object.entries(SERVICES).flatMap(([kind, ids]) => ids.map((id) => [id, kind] as const));

function flowOf(service: string): CompiledFlow {
  const found = [...flows.byId.values()].filter((flow) => flow.service === service);
  expect(
    found.map((flow) => flow.id),
    service,
  ).toHaveLength(1);
  return found[0]!;
}

describe('every service can be asked for in a chat', () => {
  test.each(all)('%s is a %s with one flow that opens a case', (id, kind) => {
    expect(flows.services[id]?.kind).toBe(kind);
    expect(flowOf(id).intent).toBe(`surat.${id}`);
    expect(flowOf(id).steps.some((step) => step.type === 'do' && step.effect === 'open_case')).toBe(true);
  });

  test('only the village’s own letters are promised for a time', () => {
    for (const [id, kind] of all)
      expect(flows.services[id]!.promise_hours === null, id).toBe(kind !== 'letter');
  });

  test.each(SERVICES.appointment)('%s asks for the wished day, and for no identity', (id) => {
    const flow = flowOf(id);
    expect(flow.asks.get('wished_day')?.answer.type).toBe('date');
    expect(flow.steps.some((step) => step.type === 'call' && step.flow === 'identity')).toBe(false);
  });

  test('identity documents are shown at the counter, never asked for in the chat', () => {
    for (const [id] of all)
      for (const item of flows.services[id]!.checklist)
        if (item.by === 'chat') expect(item.id).not.toMatch(/ktp|kk|akta|nikah/u);
  });
});

describe('the menu leads to every service', () => {
  const turns = turnsFromMenu();

  test.each(all)('%s within three numbers', (id) => {
    expect(turns.get(flowOf(id).id)).toBeLessThanOrEqual(3);
  });

  test('by pages of at most seven', () => {
    for (const id of ['menu', 'services', 'other-letters'])
      for (const step of flows.byId.get(id)!.steps)
        if (step.type === 'choose') expect(step.options.length, `${id}: ${step.id}`).toBeLessThanOrEqual(7);
  });
});

/** How many numbers it takes from the menu to the first words of a flow. */
function turnsFromMenu(): Map<string, number> {
  const turns = new Map<string, number>([['menu', 0]]);
  const open: { flow: CompiledFlow; at: number; turns: number }[] = [
    { flow: flows.byId.get('menu')!, at: 0, turns: 0 },
  ];
  const reach = (id: string, after: number): void => {
    if (turns.has(id)) return;
    turns.set(id, after);
    open.push({ flow: flows.byId.get(id)!, at: 0, turns: after });
  };
  for (let here = open.shift(); here; here = open.shift()) {
    const { flow, at, turns: taken } = here;
    const step = flow.steps[at];
    if (step?.type === 'choose')
      for (const option of step.options)
        if (option.flow) reach(option.flow, taken + 1);
        else open.push({ flow, at: option.go ?? at + 1, turns: taken + 1 });
    // A first question whose answer hands over to another service: the hospital's kind of SKTM.
    else
      for (const call of flow.steps)
        if (call.type === 'call' && flows.byId.get(call.flow)!.service) reach(call.flow, taken + 1);
  }
  return turns;
}
