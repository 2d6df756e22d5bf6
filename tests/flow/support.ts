import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { Talk } from '../../src/commands/chat/talk.js';
import { readTranscript } from '../../src/commands/chat/transcript.js';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import type { Flows } from '../../src/flow/compiled.js';
import { START_VARS } from '../../src/flow/names.js';
import { loadFlows, readFlows } from '../../src/flow/load.js';
import type { LoadResult } from '../../src/flow/load.js';
import type { SystemKey } from '../../src/words/systemTexts.js';

/** Files of a small set of flows: by path, YAML as text or as the value that it says. */
export type Files = { [path: string]: string | object };

/** Flows that the words which always work and the emergencies need; each says one line. */
const ALWAYS: Files = {
  'system/menu.yaml': {
    flow: 'menu',
    intent: 'sistem.menu',
    title: 'Menu',
    steps: [
      {
        choose: 'topic',
        text: 'Menu. Mau apa?',
        options: [
          { text: 'Status', flow: 'status' },
          { text: 'Bahasa', flow: 'language' },
        ],
      },
    ],
  },
  'system/status.yaml': {
    flow: 'status',
    intent: 'status.cek',
    title: 'Status',
    understands: ['cek status', 'status {arg}'],
    interrupts: true,
    steps: [
      { end: 'coded', if: 'has(vars.arg)', text: 'Status {arg}.' },
      { end: 'told', text: 'Belum ada permohonan.' },
    ],
  },
  'system/language.yaml': oneLine('language', 'sistem.bahasa', 'Bahasa'),
  'system/help.yaml': oneLine('help', 'sistem.bantuan', 'Bantuan'),
  'system/stop.yaml': oneLine('stop', 'sistem.stop', 'Berhenti'),
  'system/data-saya.yaml': oneLine('data-saya', 'sistem.data_saya', 'Data saya'),
  'system/talk-to-person.yaml': {
    flow: 'talk-to-person',
    intent: 'sistem.petugas',
    title: 'Petugas',
    steps: [{ hand_over: 'now' }],
  },
  'system/emergency.yaml': {
    flow: 'emergency',
    title: 'Darurat',
    interrupts: true,
    steps: [{ end: 'told', text: 'TELEPON 112 SEKARANG ({kind}). Atau 119, 118, healing119.id.' }],
  },
  'system/choose-village.yaml': {
    flow: 'choose-village',
    title: 'Pilih desa',
    steps: [
      { ask: 'village', text: 'Desa mana?', answer: { type: 'village' } },
      { do: 'set_village', with: { village: 'answers.village' } },
    ],
  },
};

/** Flows that the program starts by itself: `check` demands them. */
const STARTED: Files = Object.fromEntries(
  Object.keys(START_VARS).map((flow) => [
    `started/${flow}.yaml`,
    { flow, title: flow, interrupts: true, steps: [{ end: 'told', text: `${flow}.` }] },
  ]),
);

function oneLine(flow: string, intent: string, title: string): object {
  return { flow, intent, title, interrupts: true, steps: [{ end: 'told', text: `${title}.` }] };
}

/** Writes a set of flows with the project's own words and system texts beside it. */
export function flowFolder(files: Files): { dir: string; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'kentongan-flows-'));
  const dir = join(root, 'flows');
  for (const name of ['words', 'text/id/system.yaml', 'services.yaml', 'allowed.yaml'])
    cpSync(join(FLOWS_FOLDER, name), join(dir, name), { recursive: true });
  const own = Object.keys(files).map((path) => path.replace(/^.*\//u, ''));
  const started = Object.entries(STARTED).filter(([path]) => !own.includes(path.replace(/^.*\//u, '')));
  for (const [path, content] of Object.entries({ ...Object.fromEntries(started), ...ALWAYS, ...files })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), typeof content === 'string' ? content : stringify(content));
  }
  return { dir, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Flows made of a few files. Throws where they do not hold. */
export async function flowsOf(files: Files): Promise<Flows> {
  const { dir, remove } = flowFolder(files);
  try {
    return await loadFlows(dir);
  } finally {
    remove();
  }
}

/** What `check` finds in a few files. */
export async function checkOf(files: Files): Promise<LoadResult> {
  const { dir, remove } = flowFolder(files);
  try {
    return await readFlows(dir);
  } finally {
    remove();
  }
}

/** A talk with flows; header lines as in a .chat file. Lines are played as a person's and come back as the bot's. */
export function talkWith(flows: Flows, ...header: string[]): Talk {
  return new Talk(flows, readTranscript(`${header.join('\n')}\n`).settings);
}

/** A flow of one kind of request, as most tests need: name, kind, summary, case. */
export const REQUEST: Files = {
  'services/request.yaml': {
    flow: 'request',
    intent: 'surat.usaha',
    title: 'Surat usaha',
    service: 'usaha',
    understands: ['surat usaha', 'sku'],
    steps: [
      { ask: 'name', text: 'Nama usaha?', label: 'Nama', answer: { type: 'text', min: 3, max: 40 } },
      {
        ask: 'kind',
        text: 'Bidang apa?',
        label: 'Bidang',
        answer: {
          type: 'choice',
          options: [
            { value: 'trade', text: 'Dagang', words: ['toko'] },
            { value: 'other', text: 'Lainnya' },
          ],
        },
      },
      {
        ask: 'kind_other',
        if: "answers.kind == 'other'",
        text: 'Bidang apa persisnya?',
        label: 'Persisnya',
        answer: { type: 'text', min: 3 },
      },
      {
        ask: 'since',
        text: 'Sejak tahun?',
        label: 'Sejak',
        answer: { type: 'year', to: 'now' },
        optional: true,
      },
      { confirm: 'summary', text: 'Sudah benar?' },
      { do: 'open_case' },
      { end: 'received', text: 'Diterima, nomor {case_code}.' },
    ],
  },
};

/** A text of the engine's own as it stands in flows/text/id/system.yaml: its wording is the flows' affair. */
export function system(
  flows: Flows,
  key: SystemKey,
  values: { [name: string]: string | number } = {},
): string {
  return flows.system[key].id!.fill((name) => values[name], 'Asia/Jakarta');
}
