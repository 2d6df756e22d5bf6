import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSimulatedFiles } from '../../../src/channels/simulator/files.js';
import { createSimulatedLines } from '../../../src/channels/simulator/lines.js';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
  type SimulatorDeps,
} from '../../../src/channels/simulator/platform.js';
import {
  SIMULATED_PEOPLE,
  SIMULATOR_LINES,
  type SimulatedMessage,
  type SimulatedRecord,
} from '../../../src/core/simulator.js';
import type { Outgoing } from '../../../src/core/outgoing.js';
import { testIntake, type TestIntake } from '../intake.js';

let dir: string;
let ids: number;
let intake: TestIntake;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kentongan-simulator-'));
  ids = 0;
  intake = testIntake();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function platform(more: Partial<SimulatorDeps> = {}): Promise<SimulatedPlatform> {
  const made = createSimulatedPlatform({
    now: () => new Date('2026-11-24T03:00:00Z'),
    newId: () => `id-${(ids += 1)}`,
    dir,
    ...more,
  });
  for (const line of createSimulatedLines(made)) await line.start(intake);
  return made;
}

test('the phones stand ready: residents with numbers, a farmer and three officers with buttons', async () => {
  const { people } = await platform();
  expect(people.filter((p) => p.role === 'resident').map((p) => p.lineId)).toEqual([
    SIMULATOR_LINES.numbers,
    SIMULATOR_LINES.numbers,
  ]);
  expect(people.filter((p) => p.role === 'farmer').map((p) => p.lineId)).toEqual([SIMULATOR_LINES.buttons]);
  expect(people.filter((p) => p.role === 'officer').map((p) => p.lineId)).toEqual([
    SIMULATOR_LINES.buttons,
    SIMULATOR_LINES.buttons,
    SIMULATOR_LINES.buttons,
  ]);
  expect(new Set(SIMULATED_PEOPLE.flatMap((p) => [p.id, p.phone])).size).toBe(2 * SIMULATED_PEOPLE.length);
});

test('listeners hear of each new and each changed message of the phone they asked for', async () => {
  const simulator = await platform();
  const heard: SimulatedMessage[] = [];
  const end = simulator.subscribe('untung', (message) => heard.push(message));
  await simulator.writes('untung', 'jual cabai');
  await simulator.writes('siti', 'halo');
  const shown = simulator.show(SIMULATOR_LINES.buttons, 'untung', {
    text: 'Berapa?',
    choices: [{ label: 'Batal', payload: 'w.batal' }],
  });
  await simulator.taps('untung', shown.id, 'w.batal');
  const tap = intake.stored.at(-1)!.externalId;
  simulator.show(SIMULATOR_LINES.buttons, 'untung', { text: 'Dibatalkan.', closes: tap });
  end();
  await simulator.writes('untung', 'lagi');
  expect(heard.map((m) => [m.from, m.text, m.choices?.length])).toEqual([
    ['person', 'jual cabai', undefined],
    ['office', 'Berapa?', 1],
    ['office', 'Berapa?', 0],
    ['office', 'Dibatalkan.', undefined],
  ]);
});

test('what was not stored is not shown as sent', async () => {
  const simulator = await platform();
  intake.fails(1);
  await expect(simulator.writes('siti', 'halo')).rejects.toThrow('the store failed');
  expect(await simulator.messages('siti')).toEqual([]);
});

test('an unknown phone, and a line that does not run, are refused', async () => {
  const simulator = await platform();
  await expect(simulator.writes('nobody', 'x')).rejects.toThrow(RangeError);
  await expect(simulator.sendsPhoto('nobody', new Uint8Array([1]))).rejects.toThrow(RangeError);
  await expect(simulator.messages('nobody')).rejects.toThrow(RangeError);
  expect(await readdir(dir)).toEqual([]);
  const idle = createSimulatedPlatform({ now: () => new Date(), newId: () => 'x', dir });
  await expect(idle.writes('siti', 'x')).rejects.toThrow('not running');
});

test('after a restart a phone shows again what was said, and its photos', async () => {
  const before = await platform();
  await before.sendsPhoto('siti', new Uint8Array([0xff, 0xd8, 0xff]), { caption: 'lubang' });
  const [photo] = await before.messages('siti');
  const at = new Date('2026-11-24T02:00:00Z');
  const records: SimulatedRecord[] = [
    { from: 'person', id: 'm1', at, content: { kind: 'text', text: 'halo' } },
    {
      from: 'office',
      id: 'o1',
      at,
      message: { text: 'Pilih', choices: [{ label: 'Surat', payload: 'a.b.0' }] },
    },
    { from: 'person', id: 't1', at, content: { kind: 'tap', payload: 'a.b.0' } },
    { from: 'person', id: 'e1', at, content: { kind: 'edit', externalId: 'm1', text: 'halo Bu' } },
    {
      from: 'person',
      id: 'p1',
      at,
      content: { kind: 'photo', file: { remote: photo!.photos![0]!.fileId }, caption: 'lubang' },
    },
    {
      from: 'office',
      id: 'o2',
      at,
      message: { text: 'Lagi', choices: [{ label: 'Selesai', payload: 'a.c.0' }] },
    },
  ];
  const asked: string[] = [];
  const after = await platform({
    history: async (person, limit) => {
      asked.push(`${person.lineId} ${person.id} ${limit}`);
      return person.id === 'siti' ? records : [];
    },
  });
  await after.writes('siti', 'masih di sini');
  const shown = await after.messages('siti');
  expect(shown.map((m) => [m.from, m.text, m.isEdited])).toEqual([
    ['person', 'halo Bu', true],
    ['office', 'Pilih\n\n1. Surat', undefined],
    ['person', 'lubang', undefined],
    ['office', 'Lagi\n\n1. Selesai', undefined],
    ['person', 'masih di sini', undefined],
  ]);
  expect(await after.file(shown[2]!.photos![0]!.fileId!)).toEqual({
    bytes: expect.anything(),
    mime: 'image/jpeg',
  });
  await after.messages('siti');
  expect(asked).toEqual(['sim:resident siti 200']);
});

test('with buttons, only the last message of the history still has them', async () => {
  const at = new Date();
  const choices = [{ label: 'Ya', payload: 'a.b.0' }];
  const simulator = await platform({
    history: async () => [
      { from: 'office', id: 'o1', at, message: { text: 'Satu?', choices } },
      { from: 'office', id: 'o2', at, message: { text: 'Dua?', choices } },
    ],
  });
  expect((await simulator.messages('sri')).map((m) => m.choices)).toEqual([[], choices]);
});

test('a phone keeps its latest messages, not all for ever', async () => {
  const simulator = await platform();
  for (let n = 1; n <= 230; n += 1) simulator.show(SIMULATOR_LINES.buttons, 'sri', { text: `${n}` });
  const all = await simulator.messages('sri', 1000);
  expect([all.length, all[0]!.text, all.at(-1)!.text]).toEqual([200, '31', '230']);
  expect(await simulator.messages('sri')).toHaveLength(100);
});

test('the oldest files go first', async () => {
  const files = createSimulatedFiles(dir, 3);
  for (const id of ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']) {
    await files.keep(id, new Uint8Array([1]));
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  expect(await files.read('a.jpg')).toBeNull();
  expect(await files.read('d.jpg')).toHaveLength(1);
  expect(await readdir(dir)).toHaveLength(3);
});

test.each(['../../etc/passwd', 'a/b.jpg', '', 'x', '..'])(
  'a file cannot be asked for by a path: "%s"',
  async (id) => {
    expect(await (await platform()).file(id)).toBeNull();
  },
);

test('what takes the place of an earlier message changes it in place, and again after a restart', async () => {
  const board = (text: string, more: Partial<Outgoing> = {}): Outgoing => ({
    text,
    slot: 'board',
    choices: [{ label: 'Antrean', payload: 'f.officer-queue.' }],
    ...more,
  });
  const simulator = await platform();
  const show = (message: Outgoing) => simulator.show(SIMULATOR_LINES.buttons, 'sri', message);
  const first = show(board('2 menunggu'));
  show({ text: 'lain' });
  const second = show(board('3 menunggu'));
  await simulator.taps('sri', first.id, 'f.officer-queue.');
  show({ text: 'Antrean …', closes: intake.stored.at(-1)!.externalId });
  const seen = (messages: SimulatedMessage[]) =>
    messages.filter((m) => m.from === 'office').map((m) => [m.text, m.choices?.length ?? 0]);
  expect(second.id).toBe(first.id);
  expect(seen(await simulator.messages('sri'))).toEqual([
    ['3 menunggu', 1],
    ['lain', 0],
    ['Antrean …', 0],
  ]);
  show(board('Hari baru', { anew: true }));
  const after = [
    ['3 menunggu', 0],
    ['lain', 0],
    ['Antrean …', 0],
    ['Hari baru', 1],
  ];
  expect(seen(await simulator.messages('sri'))).toEqual(after);

  const records = [
    board('2 menunggu'),
    { text: 'lain' },
    board('3 menunggu'),
    { text: 'Antrean …' },
    board('Hari baru', { anew: true }),
  ].map((message, n): SimulatedRecord => ({ from: 'office', id: `r${n}`, at: new Date(n), message }));
  const again = await platform({ history: async () => records });
  expect(seen(await again.messages('sri'))).toEqual(after);
});

test('on the numbered line nothing is edited: each stands by itself', async () => {
  const simulator = await platform();
  for (const text of ['a', 'b']) simulator.show(SIMULATOR_LINES.numbers, 'siti', { text, slot: 'board' });
  expect((await simulator.messages('siti')).map((m) => m.text)).toEqual(['a', 'b']);
});
