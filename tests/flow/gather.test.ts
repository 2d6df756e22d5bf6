import { describe, expect, test } from 'vitest';
import { checkOf, flowsOf, system, talkWith } from './support.js';

const flows = await flowsOf({
  'a.yaml': {
    flow: 'post',
    title: 'Jual',
    understands: ['jual'],
    steps: [
      { ask: 'photos', text: 'Kirim fotonya.', label: 'Foto', answer: { type: 'photo', min: 2, max: 4 } },
      { ask: 'paper', text: 'Kirim suratnya.', label: 'Surat', answer: { type: 'document' }, optional: true },
      { confirm: 'summary', text: 'Benar?' },
      { end: 'done', text: '{photos} dan {paper}.' },
    ],
  },
});
const text = (lines: string[]): string => lines.join('\n');

describe('photos', () => {
  test('of an album get one word together', () => {
    const talk = talkWith(flows);
    talk.play('jual');
    const said = talk.play('[photo x3]');
    expect(said).toEqual([`< ${system(flows, 'gather_got', { count: 3 })}`, '  [Selesai]']);
  });

  test('end their question with "selesai", but not before enough came', () => {
    const talk = talkWith(flows);
    talk.play('jual');
    talk.play('[photo]');
    expect(text(talk.play('selesai'))).toContain(system(flows, 'gather_more', { min: 2, count: 1 }));
    talk.play('[photo]');
    expect(text(talk.play('sudah'))).toContain('Kirim suratnya.');
    expect(talk.session.a).toEqual({ photos: ['photo-1', 'photo-2'] });
  });

  test('end their question by themselves when no more fit; the rest of the album asks for nothing', () => {
    const talk = talkWith(flows);
    talk.play('jual');
    const said = text(talk.play('[photo x6]'));
    expect(said.match(/Kirim suratnya\./gu)).toHaveLength(1);
    expect(talk.session.a).toEqual({ photos: ['photo-1', 'photo-2', 'photo-3', 'photo-4'] });
  });

  test('that nobody asked for are answered once for an album', () => {
    const talk = talkWith(flows);
    expect(talk.play('[photo x3]').filter((line) => line.startsWith('<'))).toHaveLength(1);
  });

  test('shown anew at the summary replace the old ones', () => {
    const talk = talkWith(flows);
    for (const line of ['jual', '[photo x2]', 'selesai', 'lewati', 'ubah', 'foto']) talk.play(line);
    talk.play('[photo x3]');
    const summary = text(talk.play('selesai'));
    expect(summary).toContain('• Foto: 3 foto');
    expect(talk.session.a?.photos).toEqual(['photo-3', 'photo-4', 'photo-5']);
  });
});

test('a paper may come as a photo, and a photo is no PDF', () => {
  const talk = talkWith(flows);
  talk.play('jual');
  expect(text(talk.play('[document: ktp.pdf]'))).toContain(system(flows, 'hint_photo'));
  talk.play('[photo x4]');
  expect(text(talk.play('[photo]'))).toContain('• Surat: 1 berkas');
});

test('a voice message goes to a person, who has the word from here on; what was filled in is kept', () => {
  const talk = talkWith(flows);
  talk.play('jual');
  talk.play('[photo]');
  const answer = text(talk.play('[voice]'));
  expect(answer).toContain('! hand_over {"reason":"voice","text":"[pesan suara]","files":["voice-2"]}');
  expect(answer).toContain('Pesan suara Bapak/Ibu sudah kami teruskan');
});

test('where nobody would hear it, a voice message is told as unheard', () => {
  const talk = talkWith(flows, 'village: Sumbersari');
  talk.play('menu');
  const answer = text(talk.play('[voice]'));
  expect(answer).toContain(`${system(flows, 'voice_unreadable')} ${system(flows, 'if_urgent')}\n  [Petugas]`);
  expect(answer).not.toContain('hand_over');
});

test('a sticker gets the question again, and an edit is told as unseen', () => {
  const talk = talkWith(flows);
  talk.play('jual');
  expect(text(talk.play('[sticker]'))).toContain('Kirim fotonya.');
  expect(text(talk.play('[edit: jual ayam]'))).toContain(system(flows, 'edit_noted'));
});

test('blocking and unblocking is answered by nothing', () => {
  const talk = talkWith(flows);
  expect(talk.play('[blocked]')).toEqual([]);
  expect(talk.play('[unblocked]')).toEqual([]);
});

describe('a text in several messages', () => {
  const told = flowsOf({
    'a.yaml': {
      flow: 'report',
      title: 'Lapor',
      understands: ['lapor'],
      steps: [
        {
          ask: 'story',
          text: 'Ceritakan kejadiannya.',
          label: 'Kejadian',
          answer: { type: 'text', min: 10, max: 60 },
          gather: true,
        },
        { ask: 'photos', text: 'Fotonya?', answer: { type: 'photo' }, gather: true, optional: true },
        { end: 'done', text: 'Dicatat: {story} {photos}' },
      ],
    },
  });

  test('is one answer once it is silent for a moment', async () => {
    const talk = talkWith(await told);
    talk.play('lapor');
    expect(talk.play('jalan rusak', false, true)).toEqual([]);
    expect(talk.play('di depan sekolah', true, true)).toEqual([]);
    expect(text(talk.play('sejak kemarin', true))).toContain('Fotonya?');
    expect(talk.session.a).toEqual({ story: 'jalan rusak\ndi depan sekolah\nsejak kemarin' });
  });

  test('is whole at once with "selesai"', async () => {
    const talk = talkWith(await told);
    talk.play('lapor');
    talk.play('jalan rusak parah', false, true);
    expect(text(talk.play('selesai', false, true))).toContain('Fotonya?');
    expect(talk.world.timers.has('gather')).toBe(false);
  });

  test('that is too short waits for more; one that is too long is written anew', async () => {
    const loaded = await told;
    const talk = talkWith(loaded);
    talk.play('lapor');
    expect(text(talk.play('rusak'))).toContain(system(loaded, 'hint_text_short', { min: 10 }));
    expect(text(talk.play('jalan desa'))).toContain('Fotonya?');
    const long = talkWith(loaded);
    long.play('lapor');
    expect(text(long.play('panjang '.repeat(20)))).toContain(system(loaded, 'hint_text_long', { max: 60 }));
    expect(long.session.a).toEqual({});
  });

  test('is heard for emergencies and for "batal" like any other', async () => {
    const talk = talkWith(await told);
    talk.play('lapor');
    talk.play('ada kecelakaan', false, true);
    expect(text(talk.play('tolong kebakaran rumah', true, true))).toContain('112');
    expect(text(talk.play('batal'))).toContain('dibatalkan');
  });

  test('and its photos: a question marked `gather` takes an album of five', async () => {
    const talk = talkWith(await told);
    talk.play('lapor');
    talk.play('jalan rusak parah');
    expect(text(talk.play('[photo x5]'))).toContain('5 foto');
  });
});

test('an answer that comes in one message is gathered by nobody', async () => {
  const { faults } = await checkOf({
    'a.yaml':
      'flow: a\ntitle: A\nsteps:\n  - ask: x\n    text: Kapan?\n    answer: { type: date }\n    gather: true\n',
  });
  expect(faults).toMatchObject([{ file: 'flows/a.yaml', line: 7 }]);
});
