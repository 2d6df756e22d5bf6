import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTranscript, runTranscript } from '../../src/commands/chat/transcript.js';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import { scenesOf } from '../../src/flow/check/transcripts.js';
import { loadFlows } from '../../src/flow/load.js';

/** Every .chat file under tests/flows is run against the real flows. UPDATE_CHATS=1 writes what is said now. */
const here = import.meta.dirname;
const isUpdating = process.env.UPDATE_CHATS === '1';
const flows = await loadFlows(FLOWS_FOLDER);
const chats = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.chat'))
  .map((file) => file.replaceAll('\\', '/'))
  .sort();

describe('conversations read as their transcripts tell', () => {
  test.each(chats)('%s', (file) => {
    const path = join(here, file);
    const written = readFileSync(path, 'utf8');
    const now = runTranscript(flows, readTranscript(written));
    if (isUpdating && now !== written) writeFileSync(path, now);
    else expect(now, `${relative(process.cwd(), path)} (UPDATE_CHATS=1 rewrites it)`).toBe(written);
  });
});

describe('every flow has its transcripts', () => {
  const scenes = new Map<string, Set<string>>();
  for (const file of chats) {
    const flow = dirname(file).split('/').at(-1)!;
    scenes.set(
      flow,
      (scenes.get(flow) ?? new Set<string>()).add(file.split('/').at(-1)!.replace('.chat', '')),
    );
  }

  test.each([...flows.byId.values()].map((flow) => [flow.id, flow] as const))('%s', (id, flow) => {
    const missing = scenesOf(flow).filter((scene) => !scenes.get(id)?.has(scene));
    expect(missing, `write tests/flows/<area>/${id}/<scene>.chat`).toEqual([]);
  });

  test('and every folder of transcripts is that of a flow', () => {
    expect([...scenes.keys()].filter((flow) => !flows.byId.has(flow))).toEqual([]);
  });
});
