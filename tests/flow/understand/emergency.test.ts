import { describe, expect, test } from 'vitest';
import { FLOWS_FOLDER } from '../../../src/commands/flowsFolder.js';
import { loadFlows } from '../../../src/flow/load.js';
import { emergencyFinder } from '../../../src/flow/understand/emergency.js';

const { vocabulary } = await loadFlows(FLOWS_FOLDER);
const kindOf = (text: string): string | null => vocabulary.findEmergency(vocabulary.read(text).words);

describe('with the village’s own words', () => {
  test.each([
    ['tolong bapak saya pingsan', 'darurat.medis'],
    ['TOLOOONG ISTRI SY PENDARAHAN', 'darurat.medis'],
    ['anak kejang2 bu bidan', 'darurat.medis'],
    ['ada kecelakan di pertigaan', 'darurat.medis'],
    ['butuh ambulan skrg', 'darurat.medis'],
    ['bapak sesak nafas', 'darurat.medis'],
    ['my father is unconscious', 'darurat.medis'],
    ['rumah tetangga kobongan', 'darurat.kebakaran'],
    ['ada kebakran di pasar', 'darurat.kebakaran'],
    ['banjir masuk rumah', 'darurat.bencana'],
    ['saya dipukuli suami', 'darurat.kekerasan'],
    ['rasanya pengen mati aja', 'darurat.krisis_jiwa'],
    ['mau bunuh diri', 'darurat.krisis_jiwa'],
  ])('"%s" is %s', (typed, kind) => {
    expect(kindOf(typed)).toBe(kind);
  });

  test.each([
    'surat usaha',
    'lampu jalan mati',
    'akta kematian untuk klaim asuransi',
    'pajaknya sudah terbayar semua',
    'dusun Banjar RT 2',
    'minta surat kehilangan',
    'jual bibit sengon',
    'kapan surat saya jadi',
    'ikan saya mati semua karena kemarau',
    'mau nikah bulan depan',
    'bapak sudah sadar bahwa surat itu penting',
  ])('"%s" is none', (typed) => {
    expect(kindOf(typed)).toBeNull();
  });
});

describe('the finder', () => {
  const find = emergencyFinder(
    {
      'darurat.api': {
        phrases: ['kebakaran', 'api besar'],
        together: [['tolong', 'asap']],
        except: ['bekas kebakaran'],
      },
    },
    new Map([['tlg', ['tolong']]]),
  );
  const words = (text: string): string[] => text.split(' ');

  test('forgives letters left out, doubled or swapped, but not another letter', () => {
    for (const typed of ['kebakaran', 'kebakran', 'kebakaraan', 'kebakarna'])
      expect(find(words(typed)), typed).toBe('darurat.api');
    expect(find(words('kebayaran'))).toBeNull();
  });

  test('wants the words of a phrase in a row, and those of a set anywhere', () => {
    expect(find(words('ada api yang besar'))).toBeNull();
    expect(find(words('ada api besar'))).toBe('darurat.api');
    expect(find(words('banyak asap pak tolong'))).toBe('darurat.api');
  });

  test('leaves out what is told as no emergency', () => {
    expect(find(words('foto bekas kebakaran tahun lalu'))).toBeNull();
  });
});
