import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toInbound, type Reading } from '../../../src/channels/whatsapp-cloud/toInbound.js';

interface Recorded {
  title: string;
  payload: unknown;
  expected: unknown[];
}

const folder = join(import.meta.dirname, 'payloads');

describe('every kind of payload is read as its file says', () => {
  for (const file of readdirSync(folder)) {
    const { title, payload, expected } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded;
    test(`${file}: ${title}`, () => {
      expect(toInbound(payload).map(seen)).toEqual(expected);
    });
  }
});

/** As a file can hold it: of an error only what should follow. */
function seen(reading: Reading): unknown {
  if (reading.kind === 'ignored') return { ignored: reading.why };
  if (reading.kind === 'inbound') return { inbound: JSON.parse(JSON.stringify(reading.inbound)) as unknown };
  const { error, at, ...report } = reading.report;
  return { report: { ...report, at: at.toISOString(), ...(error ? { failure: error.failure } : {}) } };
}

test('of two writers and one card, the other one is not given the number on it', () => {
  const message = { timestamp: '1795046400', type: 'text', text: { body: 'halo' } };
  const value = {
    metadata: { phone_number_id: '106500000000001' },
    contacts: [{ wa_id: '6281200000041', user_id: 'ID.900000000000041', profile: { name: 'Siti' } }],
    messages: [
      { ...message, id: 'wamid.A', from: '6281200000041' },
      { ...message, id: 'wamid.B', from_user_id: 'ID.900000000000042' },
    ],
  };
  const entry = [{ changes: [{ field: 'messages', value }] }];
  const readings = toInbound({ object: 'whatsapp_business_account', entry });
  expect(readings.map((one) => one.kind === 'inbound' && one.inbound.ids)).toEqual([
    { phone: '6281200000041', bsuid: 'ID.900000000000041' },
    { bsuid: 'ID.900000000000042' },
  ]);
});

test('what a report failed with names neither the person nor a link', () => {
  const { payload } = JSON.parse(readFileSync(join(folder, 'status-failed-131026.json'), 'utf8')) as Recorded;
  const words = JSON.stringify(payload).replaceAll(
    'Not sent',
    'Not sent to +62 812-0000-0041, see https://x.example/t',
  );
  const [reading] = toInbound(JSON.parse(words));
  expect(reading!.kind === 'report' && reading!.report.error!.message).toBe(
    '131026 Not sent to #, see [link]',
  );
});

test('whatever comes, reading it does not throw', () => {
  const values = [
    null,
    undefined,
    0,
    'x',
    [],
    {},
    { id: 5 },
    [null],
    [7],
    [[]],
    [{ id: 'x', timestamp: 'y' }],
  ];
  const change = (value: unknown) => ({
    object: 'whatsapp_business_account',
    entry: [{ changes: [{ field: 'messages', value }] }],
  });
  const metadata = { phone_number_id: '1' };
  for (const value of values) {
    for (const payload of [
      value,
      { object: 'whatsapp_business_account', entry: value },
      { object: 'whatsapp_business_account', entry: [{ changes: value }] },
      change(value),
      ...['messages', 'statuses', 'contacts', 'message_echoes', 'errors'].map((field) =>
        change({ metadata, [field]: value }),
      ),
      ...['text', 'image', 'interactive', 'button', 'location', 'contacts', 'edit', 'system', 'audio'].map(
        (type) =>
          change({
            metadata,
            messages: [{ id: 'w', timestamp: 1, from: '6281200000041', type, [type]: value }],
          }),
      ),
    ]) {
      for (const reading of toInbound(payload)) expect(['ignored', 'inbound']).toContain(reading.kind);
    }
  }
});

test.each([null, '', true, [], 'utara', '1e3', '91'])('a latitude of %j is none', (latitude) => {
  const location = { latitude, longitude: 114.3 };
  const value = {
    metadata: { phone_number_id: '1' },
    messages: [{ id: 'w', timestamp: '1', from: '6281200000041', type: 'location', location }],
  };
  const [reading] = toInbound({
    object: 'whatsapp_business_account',
    entry: [{ changes: [{ field: 'messages', value }] }],
  });
  expect(reading!.kind === 'inbound' && reading!.inbound.content).toEqual({
    kind: 'unreadable',
    what: 'malformed',
  });
});

test('no link and no token of a file is kept', () => {
  for (const file of readdirSync(folder)) {
    const { payload } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded;
    expect(JSON.stringify(toInbound(payload))).not.toMatch(/https?:|lookaside|hash=/u);
  }
});
