import { describe, expect, test } from 'vitest';
import { readTranscript } from '../../src/commands/chat/transcript.js';
import { World } from '../../src/commands/chat/world.js';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import { advance } from '../../src/flow/engine.js';
import { loadFlows } from '../../src/flow/load.js';

const flows = await loadFlows(FLOWS_FOLDER);
const ofHealth = [...flows.byId.values()].filter(({ file }) => file.includes('/health/'));
/** It answers fires and floods as well: those of its answers that are about health say so themselves. */
const EMERGENCY = 'emergency';

describe('every answer about health', () => {
  test.each(ofHealth.filter(({ id }) => id !== EMERGENCY).map(({ id }) => id))(
    'of %s carries the closing line',
    (id) => {
      expect(flows.byId.get(id)!.health).toBe(true);
    },
  );

  test('of an emergency does so where it is about a body or a mind', () => {
    const ends = flows.byId.get(EMERGENCY)!.steps.filter((step) => step.type === 'end');
    expect(ends.filter((step) => step.health).map((step) => step.id)).toEqual(['medical', 'crisis']);
  });
});

describe('what is asked about health', () => {
  const asks = ofHealth.flatMap((flow) => [...flow.asks.values()].map((step) => ({ flow: flow.id, step })));
  /** What tells nothing of anybody: a yes to being reminded, where larvae are, what somebody is to the ill. */
  const OPEN = ['dengue.what', 'dengue.place', 'dengue.photo', 'home-care.relation'];

  test('is kept sealed, but for what tells of nobody’s health', () => {
    const open = asks.filter(({ step }) => !step.sensitive).map(({ flow, step }) => `${flow}.${step.id}`);
    expect(open.filter((name) => !name.endsWith('.agreed')).toSorted()).toEqual(OPEN.toSorted());
  });
});

describe('words that lead to an answer about health', () => {
  const { settings } = readTranscript('village: Kemiren\n');
  const heard = (text: string) => {
    const context = new World(flows, settings).context();
    return advance(flows, {}, { kind: 'message', content: { kind: 'text', text }, at: context.now }, context);
  };

  test.each([
    'tensi 160 bahaya ga',
    'batuk 3 minggu gak sembuh2',
    'telat imunisasi campak',
    'tolong anak saya kejang',
  ])('"%s" is sealed once it is handled', (text) => expect(heard(text).sealsInput).toBe(true));

  test.each(['surat usaha', 'menu', 'jalan rusak parah'])('"%s" is not', (text) =>
    expect(heard(text).sealsInput).toBeUndefined(),
  );
});
