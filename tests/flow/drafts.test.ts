import { describe, expect, test } from 'vitest';
import { flowsOf, REQUEST, talkWith } from './support.js';

const SERVICE = { kind: 'letter', promise_hours: 8, promise: '1 hari kerja' };
const flows = await flowsOf({
  ...REQUEST,
  'services.yaml': {
    usaha: { ...SERVICE, title: 'Surat usaha' },
    rumah: {
      ...SERVICE,
      title: 'Surat rumah',
      checklist: [
        { id: 'depan', text: 'foto rumah dari depan', by: 'chat', kind: 'photo' },
        { id: 'dapur', text: 'foto dapur', by: 'chat', kind: 'photo' },
        { id: 'kk', text: 'Kartu Keluarga', by: 'counter' },
      ],
    },
  },
  'house.yaml': {
    flow: 'house',
    title: 'Surat rumah',
    service: 'rumah',
    understands: ['surat rumah'],
    steps: [
      { ask: 'name', text: 'Nama?', label: 'Nama', answer: { type: 'text' } },
      { collect: 'checklist' },
      { ask: 'purpose', text: 'Untuk apa?', label: 'Keperluan', answer: { type: 'text' } },
      { confirm: 'summary', text: 'Benar?' },
      { do: 'open_case' },
      { end: 'received', text: 'Nomor {case_code}.' },
    ],
  },
  'started/draft-reminder.yaml': {
    flow: 'draft-reminder',
    title: 'Pengingat',
    interrupts: true,
    steps: [
      { end: 'warn', if: "vars.last == 'yes'", text: '{title} dihapus {expires}. Kurang: {missing}.' },
      { end: 'remind', text: '{title} disimpan. Kurang: {missing}.' },
    ],
  },
  'started/draft-expired.yaml': {
    flow: 'draft-expired',
    title: 'Hapus',
    interrupts: true,
    steps: [{ end: 'told', text: '{title} sudah dihapus.' }],
  },
});
const text = (lines: string[]): string => lines.join('\n');

describe('a checklist', () => {
  test('tells what is there and what is still missing', () => {
    const talk = talkWith(flows);
    talk.play('surat rumah');
    const first = text(talk.play('Siti'));
    expect(first).toContain('Belum: foto rumah dari depan dan foto dapur.');
    expect(first).not.toContain('Sudah:');
    expect(first).toContain('[Nanti]');
    const second = text(talk.play('[photo]'));
    expect(second).toContain('Sudah: foto rumah dari depan.');
    expect(second).toContain('Belum: foto dapur.');
    expect(second).toContain('Kirim foto dapur');
  });

  test.each(['nanti', '[tap: Nanti]'])('rests for days at "%s", and goes on with one word', (later) => {
    const talk = talkWith(flows);
    for (const line of ['surat rumah', 'Siti', '[photo]']) talk.play(line);
    const said = text(talk.play(later));
    expect(said).toContain('Surat rumah kami simpan sampai 1 Desember 2026');
    expect(said).toContain('Belum: foto dapur dan Keperluan.');
    expect(said).toContain('ketik "lanjut"');
    // Other things may be asked meanwhile.
    expect(text(talk.play('status'))).toContain('Belum ada permohonan.');
    expect(text(talk.play('(2 days later)'))).toContain('Kurang: foto dapur dan Keperluan.');
    expect(text(talk.play('lanjut'))).toContain('Kirim foto dapur');
    talk.play('[photo]');
    expect(text(talk.play('KUR'))).toContain('Benar?');
  });

  test('goes on with "lanjut" from beneath another request, and from a menu', () => {
    const talk = talkWith(flows);
    for (const line of ['surat rumah', 'Siti', 'nanti', 'menu']) talk.play(line);
    expect(text(talk.play('lanjut'))).toContain('Kirim foto rumah dari depan');
    talk.play('surat usaha');
    talk.play('ya');
    expect(text(talk.play('lanjut'))).toContain('Kirim foto rumah dari depan');
  });
});

describe('"nanti" and "lanjut"', () => {
  test('are answers where the question offers them', () => {
    const talk = talkWith(flows);
    for (const line of ['surat usaha', 'Warung Siti', 'toko']) talk.play(line);
    // "lanjut" skips an optional question, and sends at the summary.
    expect(text(talk.play('lanjut'))).toContain('Sudah benar?');
    expect(text(talk.play('lanjut'))).toContain('! open_case');
  });

  test('"lanjut" after "nanti" or a reminder shows the question again; it sends nothing', () => {
    const talk = talkWith(flows);
    for (const line of ['surat usaha', 'Warung Siti', 'toko', 'lewati']) talk.play(line);
    talk.play('nanti');
    const again = text(talk.play('lanjut'));
    expect(again).toContain('Sudah benar?');
    expect(again).not.toContain('open_case');
    expect(text(talk.play('(1 day later)'))).toContain('disimpan');
    expect(text(talk.play('lanjut'))).not.toContain('open_case');
    // Said at the question itself it is the answer.
    expect(text(talk.play('lanjut'))).toContain('! open_case');
  });

  test('rest any request, not only a checklist', () => {
    const talk = talkWith(flows);
    talk.play('surat usaha');
    talk.play('Warung Siti');
    expect(text(talk.play('nanti dulu'))).toContain('Belum: Bidang.');
    expect(text(talk.play('lanjut'))).toContain('Bidang apa?');
  });

  test('mean nothing where nothing is filled in', () => {
    const talk = talkWith(flows);
    expect(text(talk.play('nanti'))).not.toContain('simpan');
    expect(text(talk.play('lanjut'))).not.toContain('lanjutkan');
  });

  test('go to the person who has the word', () => {
    const talk = talkWith(flows);
    talk.play('surat usaha');
    talk.play('Warung Siti');
    talk.play('petugas');
    expect(text(talk.play('nanti'))).toContain('! hand_over {"reason":"message","text":"nanti"}');
  });
});

describe('a draft that is left', () => {
  const begun = (...header: string[]) => {
    const talk = talkWith(flows, ...header);
    talk.play('surat usaha');
    talk.play('Warung Siti');
    return talk;
  };

  test('is reminded of after one day and three, warned of a day before its end, and deleted', () => {
    const talk = begun();
    expect(text(talk.play('(1 day later)'))).toContain('Surat usaha disimpan. Kurang: Bidang.');
    expect(talk.play('(1 day later)')).toEqual([]);
    expect(text(talk.play('(1 day later)'))).toContain('disimpan');
    expect(talk.play('(2 days later)')).toEqual([]);
    expect(text(talk.play('(1 day later)'))).toContain('Surat usaha dihapus 1 Desember 2026');
    expect(text(talk.play('(1 day later)'))).toContain('Surat usaha sudah dihapus.');
    expect(talk.session.f).toBeUndefined();
    expect([...talk.world.timers.keys()]).toEqual([]);
  });

  test('is kept for a week from the last word, and warned of again', () => {
    const talk = begun();
    for (let day = 0; day < 6; day++) talk.play('(1 day later)');
    expect(text(talk.play('lanjut'))).toContain('Bidang apa?');
    // The old end passes unsaid; the clocks begin anew.
    expect(talk.play('(23 hours later)')).toEqual([]);
    const rest: string[] = [];
    for (let day = 0; day < 7; day++) rest.push(...talk.play('(1 day later)'));
    const said = text(rest);
    expect(said.indexOf('dihapus 7 Desember')).toBeGreaterThan(0);
    expect(said.indexOf('sudah dihapus')).toBeGreaterThan(said.indexOf('dihapus 7 Desember'));
  });

  test('is not disturbed on the day after it was begun by whoever goes on', () => {
    const talk = begun();
    talk.play('(20 hours later)');
    talk.play('toko');
    expect(talk.play('(5 hours later)')).toEqual([]);
    expect(text(talk.play('(20 hours later)'))).toContain('disimpan');
  });

  test('waits with its reminder while a person has the word', () => {
    const talk = begun();
    talk.play('petugas');
    expect(talk.play('(25 hours later)')).toEqual([]);
    talk.play('menu');
    expect(text(talk.play('(1 day later)'))).toContain('disimpan');
  });
});
