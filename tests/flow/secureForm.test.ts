import { expect, test } from 'vitest';
import type { Files } from './support.js';
import { flowsOf, system, talkWith } from './support.js';

/** A letter that calls for a form, and another request that may come between. */
function letter(more: { step?: string; text?: string; optional?: boolean } = {}): Files {
  const cards = more.step ?? 'cards';
  return {
    'services/letter.yaml': {
      flow: 'letter',
      title: 'Surat',
      understands: ['surat usaha'],
      steps: [
        { ask: 'name', text: 'Nama usaha?', label: 'Usaha', answer: { type: 'text' } },
        { call: 'who', flow: 'identity', into: 'who' },
        { ask: 'since', text: 'Sejak kapan?', label: 'Sejak', answer: { type: 'text' } },
        { end: 'done', text: 'Surat {name}, {who}.' },
      ],
    },
    'services/identity.yaml': {
      flow: 'identity',
      title: 'Data diri',
      steps: [
        { ask: 'sure', text: 'Siap mengisi?', answer: { type: 'text' } },
        {
          secure_form: cards,
          text: more.text ?? 'Isi datanya.',
          fields: [{ id: 'nik', type: 'nik', label: 'NIK' }],
          otherwise: 'counter',
          into: 'how',
          ...(more.optional ? { optional: true } : {}),
        },
        { end: 'by_form', if: "vars.how != 'office'", returns: 'vars.how' },
        { end: 'counter', returns: "'counter'" },
      ],
    },
    'market/sell.yaml': {
      flow: 'sell',
      title: 'Jualan',
      understands: ['mau jualan'],
      steps: [
        { ask: 'what', text: 'Jual apa?', answer: { type: 'text' } },
        { ask: 'price', text: 'Harganya?', answer: { type: 'text' } },
        { end: 'sold', text: 'Dijual {what}.' },
      ],
    },
  };
}

const flows = await flowsOf(letter());
const LINK = /https:\/\/desa\.example\.id\/isi\/form-[\w-]+/u;
const toForm = (talk = talkWith(flows)) => {
  for (const line of ['surat usaha', 'Warung Siti', 'siap']) talk.play(line);
  return talk;
};

test('the draft is that of whoever called, and its title is told to the page', () => {
  const talk = talkWith(flows);
  talk.play('surat usaha');
  talk.play('Warung Siti');
  const [effect] = talk.play('siap');
  expect(effect).toContain('"title":"Surat"');
  expect(talk.session.d).toBeUndefined();
  expect(talk.session.k?.[0]?.d).toEqual(expect.any(String));
});

test('the same link stands in the question whenever it is repeated, and nothing of it is said in the open twice', () => {
  const talk = toForm();
  const first = LINK.exec(talk.play('ulangi').join('\n'))![0];
  for (const line of ['ulangi', '[edit: lain]', 'entah apa', '[sticker]']) talk.play(line);
  expect(LINK.exec(talk.play('ulangi').join('\n'))![0]).toBe(first);
  expect(talk.session.m).toBeUndefined();
});

test('three answers that are not understood offer a person, and the form still waits', () => {
  const talk = toForm();
  const said = ['entah', 'wkwkwk', 'zzz qqq'].flatMap((line) => talk.play(line)).join('\n');
  expect(said).toContain(system(flows, 'miss_offer'));
  expect(talk.play('[form: filled]').join('\n')).toContain('Sejak kapan?');
});

test('"kembali" asks what was asked before it; the form is the same one afterwards', () => {
  const talk = toForm();
  const link = LINK.exec(talk.play('ulangi').join('\n'))![0];
  expect(talk.play('kembali').join('\n')).toContain('Siap mengisi?');
  expect(LINK.exec(talk.play('siap').join('\n'))![0]).toBe(link);
  talk.play('[form: filled]');
  // Filled in once, it is not asked for again.
  talk.play('kembali');
  expect(talk.session.f).toBe('letter');
});

test('what was filled in is not asked for again, though the way leads there once more', () => {
  const talk = toForm();
  expect(talk.play('[form: filled]').join('\n')).toContain('Sejak kapan?');
  talk.play('kembali');
  expect(talk.play('Warung Siti').join('\n')).toContain('Siap mengisi?');
  const said = talk.play('siap').join('\n');
  expect(said).not.toMatch(LINK);
  expect(said).toContain('Sejak kapan?');
});

test('a page that is sent while another request has the word is said at once, and goes on after it', () => {
  const talk = toForm();
  talk.play('mau jualan');
  talk.play('ya');
  talk.play('Pisang');
  expect(talk.play('[form: filled]').join('\n')).toContain(system(flows, 'form_done_later'));
  const back = talk.play('5000').join('\n');
  expect(back).toContain('Dijual Pisang.');
  expect(back).toContain(system(flows, 'form_done'));
  expect(talk.play('lanjut').join('\n')).toContain('Sejak kapan?');
});

test('while a person has the word nothing is asked; the form goes on when the bot is called back', () => {
  const talk = toForm();
  talk.play('petugas');
  const said = talk.play('[form: filled]').join('\n');
  expect(said).toContain(system(flows, 'form_done'));
  expect(said).not.toContain('Sejak kapan?');
});

test('a page that nobody waits for any more is told to be of no use', () => {
  const talk = toForm();
  talk.play('batal');
  expect(talk.play('[form: filled]').join('\n')).toContain(system(flows, 'form_late'));
});

test('a flow that was changed meanwhile keeps the link; where its step is gone the page is of no use', async () => {
  const before = toForm();
  const link = LINK.exec(before.play('ulangi').join('\n'))![0];
  const form = /form-([\w-]{36})/u.exec(link)![1]!;
  const done = `[flow form-done {"form":"${form}"}]`;

  const changed = talkWith(await flowsOf(letter({ text: 'Isi lebih dulu.' })));
  changed.session = structuredClone(before.session);
  const said = changed.play('ulangi').join('\n');
  expect(said).toContain('Isi lebih dulu.');
  expect(said).toContain(link);
  expect(changed.play(done).join('\n')).toContain('Sejak kapan?');

  const gone = talkWith(await flowsOf(letter({ step: 'others' })));
  gone.session = structuredClone(before.session);
  expect(gone.play(done).join('\n')).toContain(system(flows, 'form_late'));
});

test('without public https nothing is asked, and "lewati" is taken where the form may be skipped', async () => {
  const without = talkWith(flows, 'public: no');
  without.play('surat usaha');
  without.play('Warung Siti');
  expect(without.play('siap')).toEqual(['< Sejak kapan?']);
  expect(without.play('2014').join('\n')).toContain('Surat Warung Siti, counter.');

  const optional = toForm(talkWith(await flowsOf(letter({ optional: true }))));
  expect(optional.play('lewati').join('\n')).toContain('Sejak kapan?');
  expect(optional.play('2014').join('\n')).toContain('Surat Warung Siti, skipped.');
});

test('a form with a field twice, or nowhere to go without it, is a fault', async () => {
  const files = letter();
  const identity = files['services/identity.yaml'] as { steps: { fields?: object[]; otherwise?: string }[] };
  const step = identity.steps[1]!;
  step.fields!.push(step.fields![0]!);
  await expect(flowsOf(files)).rejects.toThrow('two fields are called "nik"');
  step.fields!.pop();
  step.otherwise = 'cards';
  await expect(flowsOf(files)).rejects.toThrow('goes in a circle without asking anything');
  step.otherwise = 'nowhere';
  await expect(flowsOf(files)).rejects.toThrow('there is no step "nowhere" to go to');
});
