import { expect, test } from 'vitest';
import type { Content, Inbound } from '../../src/core/content.js';
import { cleanInbound } from '../../src/pipeline/clean.js';

/** A NIK as people write it; what is kept of each holds neither its date nor its whole. */
const WAYS = {
  'as one run': '3510121708900001',
  'in groups': '3510 1217 0890 0001',
  'with dots': '35.1012.170890.0001',
  'with hyphens': '3510-1217-0890-0001',
  'with slashes': '351012/170890/0001',
  'with letters for digits': '35IO12l7O890OOO1',
};
const file = { remote: 'abc', mime: 'image/jpeg' };

/** Every place where a person's words may stand, whatever the channel did before. */
const PLACES: { [place: string]: (words: string) => Content } = {
  'a text': (text) => ({ kind: 'text', text }),
  'a changed message': (text) => ({ kind: 'edit', externalId: '1', text }),
  'the caption of a photo': (caption) => ({ kind: 'photo', file, caption }),
  'the caption of a document': (caption) => ({ kind: 'document', file, caption }),
  'the name of a file': (name) => ({ kind: 'document', file, name: `KTP ${name}.jpg` }),
  'the label of a button': (label) => ({ kind: 'tap', payload: 'a.1.0', label }),
  'the name of a place': (label) => ({ kind: 'location', latitude: -8.3, longitude: 114.3, label }),
  'the name of a contact': (name) => ({ kind: 'contact', phone: '6281234567890', name, isOwn: false }),
};

test.each(Object.entries(PLACES))('%s keeps no identity number, however it is written', (_, contentOf) => {
  for (const [way, number] of Object.entries(WAYS)) {
    const kept = JSON.stringify(cleanInbound(inbound(contentOf(`ini ${number} ya`))).content);
    expect(kept, way).toContain('351012******0001');
    expect(kept, way).not.toContain(number);
    // Neither is it there with its marks taken out.
    expect(kept.replace(/[^\d*]/gu, ''), way).not.toMatch(/3510121708900001/u);
  }
});

test('neither does the name of an account, nor what is typed behind "/start"', () => {
  const named = cleanInbound({
    ...inbound({ kind: 'start', payload: WAYS['as one run'] }),
    displayName: `Siti ${WAYS['in groups']}`,
  });
  expect(named).toMatchObject({
    displayName: 'Siti 351012******0001',
    content: { payload: '351012******0001' },
  });
  // The digest of an invite's token is none, though one in twenty-five has a run of thirteen digits.
  for (const token of [
    'inv-Zk3_9aQ1x-7Yt0PfL5sW2mBc8VdRhG4N',
    'inv-1843892ca548d808262131807a3033ffb9688379225997e17a013a105a20ba43',
    'grp-bc6af7d373c217fd5bc905deec541e7eebff98240224454384f15fcf1b213c38',
  ])
    expect(cleanInbound(inbound({ kind: 'start', payload: token })).content).toEqual({
      kind: 'start',
      payload: token,
    });
});

test('what is said in a group is masked as well, and a link to a form is kept by nobody', () => {
  const said = inbound({
    kind: 'text',
    text: `NIK ${WAYS['in groups']} buka https://desa.example.id/isi/${'a'.repeat(22)}`,
  });
  const { content } = cleanInbound({ ...said, isGroup: true });
  expect(content).toEqual({ kind: 'text', text: 'NIK 351012******0001 buka https://desa.example.id/isi/…' });
});

function inbound(content: Content): Inbound {
  return {
    lineId: 'telegram:1',
    externalId: '1',
    platform: 'telegram',
    ids: { telegram: '5' },
    chatId: '5',
    sentAt: new Date('2026-11-26T02:00:00Z'),
    content,
  };
}
