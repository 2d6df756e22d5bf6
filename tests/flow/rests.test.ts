import { describe, expect, test } from 'vitest';
import { flowsOf, REQUEST, talkWith } from './support.js';
import type { Files } from './support.js';

const FLOWS: Files = {
  ...REQUEST,
  'a.yaml': {
    flow: 'rests',
    title: 'Tunggu',
    understands: ['tunggu'],
    steps: [
      { wait: 'first', for: '2h', event: 'officer-message', into: 'news', text: 'Sebentar.' },
      { ask: 'more', text: 'Sudah dua jam. Lanjut?', answer: { type: 'yes_no' } },
      { end: 'done', text: 'Selesai, {more}.' },
    ],
  },
  'b.yaml': {
    flow: 'until',
    title: 'Sampai',
    understands: ['sampai'],
    steps: [
      { set: 'end', to: '"2026-11-24T08:00:00Z"' },
      { wait: 'till', until: 'vars.end' },
      { end: 'told', text: 'Jam tiga.' },
    ],
  },
  'c.yaml': {
    flow: 'caller',
    title: 'Panggil',
    understands: ['panggil'],
    steps: [
      { call: 'nap', flow: 'nap', into: 'slept' },
      { ask: 'well', text: 'Sudah {slept}. Baik?', answer: { type: 'yes_no' } },
    ],
  },
  'd.yaml': {
    flow: 'nap',
    title: 'Tidur',
    steps: [
      { wait: 'sleep', for: '30m' },
      { end: 'up', returns: "'bangun'" },
    ],
  },
};
const flows = await flowsOf(FLOWS);
const text = (lines: string[]): string => lines.join('\n');

describe('a flow that rests', () => {
  test('goes on by itself when its time has come', () => {
    const talk = talkWith(flows);
    expect(talk.play('tunggu')).toEqual(['< Sebentar.']);
    expect(talk.play('(1 hour later)')).toEqual([]);
    expect(text(talk.play('(1 hour later)'))).toContain('Sudah dua jam. Lanjut?');
    expect(text(talk.play('ya'))).toContain('Selesai, Ya.');
    expect([...talk.world.timers.keys()]).toEqual([]);
  });

  test('hears everything else meanwhile, and comes on top of what waits then', () => {
    const talk = talkWith(flows);
    talk.play('tunggu');
    expect(text(talk.play('surat usaha'))).toContain('Nama usaha?');
    talk.play('Warung Siti');
    expect(text(talk.play('(2 hours later)'))).toContain('Sudah dua jam. Lanjut?');
    const after = text(talk.play('ya'));
    expect(after).toContain('Selesai, Ya.');
    expect(after).toContain('Bidang apa?');
  });

  test('ends its rest with the event that it waits for, which is not said by itself then', () => {
    const talk = talkWith(flows);
    talk.play('tunggu');
    expect(text(talk.play('[flow officer-message {"text":"halo","by":"Bu Sri"}]'))).toBe(
      '< Sudah dua jam. Lanjut?\n  [Ya] [Tidak]',
    );
    expect(talk.session.v).toEqual({ news: { text: 'halo', by: 'Bu Sri' } });
    expect(talk.world.timers.has('rest')).toBe(false);
  });

  test('is ended by "batal", and its clock with it', () => {
    const talk = talkWith(flows);
    talk.play('tunggu');
    talk.play('batal');
    expect(talk.world.timers.has('rest')).toBe(false);
    expect(talk.play('(3 hours later)')).toEqual([]);
  });

  test('may rest until a moment, and two of them share one clock', () => {
    const talk = talkWith(flows);
    talk.play('tunggu');
    talk.play('sampai');
    expect(talk.world.timers.get('rest')?.toISOString()).toMatch(/^2026-11-24T04:0/u);
    expect(text(talk.play('(3 hours later)'))).toContain('Sudah dua jam');
    expect(text(talk.play('(4 hours later)'))).toContain('Jam tiga.');
    expect(talk.world.timers.has('rest')).toBe(false);
  });

  test('comes up with the flow that called it, from beneath a request', () => {
    const talk = talkWith(flows);
    for (const line of ['panggil', 'surat usaha', 'Warung Siti']) talk.play(line);
    expect(text(talk.play('(30 minutes later)'))).toContain('Sudah bangun. Baik?');
    expect(text(talk.play('ya'))).toContain('Bidang apa?');
    talk.play('toko');
    expect(talk.session.k).toBeUndefined();
  });

  test('says nothing while a person has the word; it goes on later', () => {
    const talk = talkWith(flows);
    talk.play('tunggu');
    talk.play('petugas');
    expect(talk.play('(150 minutes later)')).toEqual([]);
    talk.play('menu');
    expect(text(talk.play('(1 hour later)'))).toContain('Sudah dua jam. Lanjut?');
  });
});
