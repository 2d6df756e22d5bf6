import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { FLOWS_FOLDER } from '../../src/commands/flowsFolder.js';
import { readTranscript, runTranscript } from '../../src/commands/chat/transcript.js';
import { STEP_TYPES } from '../../src/flow/schema.js';
import { flowsOf } from '../flow/support.js';

/** tests/steps/<type>.json: a flow of that step and how a talk with it reads. Every step type has one. */
const Example = z.strictObject({
  title: z.string(),
  channel: z.enum(['telegram', 'whatsapp']).default('telegram'),
  service: z.string().optional(),
  services: z.record(z.string(), z.unknown()).optional(),
  /** Texts of the engine that the talk shows, in the words of the example. */
  system: z.record(z.string(), z.string()).default({}),
  /** Further flows that it needs. */
  flows: z.record(z.string(), z.looseObject({})).default({}),
  steps: z.array(z.looseObject({})),
  talk: z.array(z.string()),
});

describe.each([...STEP_TYPES])('the step %s', (type) => {
  const path = join(import.meta.dirname, `${type}.json`);

  test('has an example', () => {
    expect(existsSync(path), path).toBe(true);
  });

  test('does what its example tells', async () => {
    const example = Example.parse(JSON.parse(readFileSync(path, 'utf8')));
    expect(example.steps.some((step) => type in step)).toBe(true);
    const system = parse(readFileSync(join(FLOWS_FOLDER, 'text/id/system.yaml'), 'utf8')) as object;
    const flows = await flowsOf({
      ...example.flows,
      'text/id/system.yaml': stringify({ ...system, ...example.system }),
      ...(example.services ? { 'services.yaml': example.services } : {}),
      'example/example.yaml': {
        flow: 'example',
        title: 'Contoh',
        understands: ['contoh'],
        ...(example.service ? { service: example.service } : {}),
        steps: example.steps,
      },
    });
    const written = [`channel: ${example.channel}`, '', ...example.talk].join('\n') + '\n';
    expect(runTranscript(flows, readTranscript(written))).toBe(written);
  });
});
