import { describe, expect, test } from 'vitest';
import { choose, namedFlows } from '../../../src/flow/understand/intent.js';
import { flowsOf } from '../support.js';

const flow = (id: string, understands: string[], more: object = {}) => ({
  flow: id,
  title: id,
  understands,
  ...more,
  steps: [{ end: 'told', text: id }],
});
const flows = await flowsOf({
  'a.yaml': flow('business', ['surat usaha', 'sku', 'keterangan usaha']),
  'b.yaml': flow('residence', ['surat domisili', 'tempat tinggal']),
  'c.yaml': flow('road', ['jalan rusak', 'lampu jalan mati']),
  'd.yaml': flow('find', ['cari {arg}', 'ada yang jual']),
  'e.yaml': flow('desk', ['antrian petugas'], { for: 'officer' }),
});
const named = (text: string, isOfficer = false) => namedFlows(flows, flows.vocabulary.read(text), isOfficer);
const meant = (text: string, isOfficer = false) => {
  const { one, several } = choose(named(text, isOfficer));
  return one ? one.flow.id : several.map((other) => other.flow.id).sort();
};

describe('a flow is named', () => {
  test.each([
    ['surat usaha', 'business'],
    ['njaluk sku pak', 'business'],
    ['mau bikin surat keterangan usaha buat KUR bri', 'business'],
    ['surat domisli', 'residence'],
    ['dalan rusak parah ning ngarep omah', 'road'],
    ['lampu jln mati', 'road'],
  ])('by "%s": %s', (typed, id) => {
    expect(meant(typed)).toBe(id);
  });

  test('that could be either of two: both are told', () => {
    expect(meant('surat usaha apa surat domisili')).toEqual(
      expect.arrayContaining(['business', 'residence']),
    );
  });

  test('by nothing of another sense', () => {
    expect(meant('langit cerah sekali bu')).toEqual([]);
    expect(meant('')).toEqual([]);
  });

  test('with what follows its phrase', () => {
    expect(named('cari bibit sengon 50 batang')[0]).toMatchObject({
      flow: { id: 'find' },
      arg: 'bibit sengon 50 batang',
    });
    expect(named('cari')).toEqual([]);
  });

  test('for officers only to officers', () => {
    expect(named('antrian petugas').map(({ flow: { id } }) => id)).not.toContain('desk');
    expect(meant('antrian petugas', true)).toBe('desk');
  });
});
