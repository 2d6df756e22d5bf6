import { describe, expect, test } from 'vitest';
import { FLOWS_FOLDER } from '../../../src/commands/flowsFolder.js';
import { readFlows } from '../../../src/flow/load.js';
import { emergencyFinder } from '../../../src/flow/understand/emergency.js';

// The words alone: a fault in a flow is another test's.
const { vocabulary } = (await readFlows(FLOWS_FOLDER)).flows!;
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

/** Told by people in need, with their abbreviations and slips, in the four languages of the regency and in English. */
const REAL: { [kind: string]: readonly string[] } = {
  medis: [
    'dulu sering kecelakaan di sini, sekarang bapak tidak sadar',
    'hamil sakit kepala berat pandangan kabur',
    'ibu hamil bayi tidak gerak',
    'darah keluar terus habis melahirkan',
    'bayi panas tinggi lemas tidak mau menyusu',
    'istri hamil 8 bln pusing bgt mata kabur',
    'bumil kepalanya sakit lihat kabur',
    'hamil 7 bulan keluar darah',
    'istri sy hml 3 bln ada flek',
    'ketuban merembes bu bidan',
    'ktuban pecah blm waktunya',
    'hamil demam tinggi menggigil',
    'bayi dalam perut jarang bergerak',
    'gerakan janin berkurang',
    'hamil muka bengkak sakit kepala',
    'hamil 9 bulan perut kenceng kenceng',
    'hamil kepleset di kamar mandi',
    'abis lahiran badan panas tinggi',
    'setelah melahirkan darahnya tidak berhenti, darah banyak',
    'nifas demam bau busuk',
    'baru melahirkan kemarin pandangan kabur',
    'melahirkan minggu lalu sekarang menggigil',
    'bayi ga mau nenen dari pagi',
    'bayi lemes gk mau mimik',
    'bayi 3 hari badannya kuning',
    'tali pusat bayi bernanah',
    'bayiku merintih napasnya cepat',
    'anak panas tinggi 3 hari',
    'anak mencret lemas mata cekung',
    'anak demam 40 derajat',
    'kakek bicara pelo mulut mencong',
    'bapak lumpuh separuh mendadak',
    'anak kesiram air panas',
    'bapak jatuh dari atap',
    'kecelakan motor di jalan raya',
    'nenek pingsn di kamar mandi',
    'tlg anak sy kejang2',
    'anak digigit ular di sawah',
    'asma kambuh susah napas',
    'dada nyeri keringat dingin',
    'tolooong anak tenggelam di sungai',
    'mbok isun semaput',
    'meteng gedhe sirahe ngelu banget',
    'bojoku meteng metu getih',
    'bayine ora gelem nyusu',
    'bayi sing gelem nenen wis rong dina',
    'getihe ora mandheg bar lairan',
    'anakku kejet kejet',
    'bapakku ora iso ambegan',
    'pak lik dicatek ulo',
    'arep babaran bidane endi',
    'kawah pecah durung wayahe',
    'bayi ning weteng ora obah',
    'riko tulung, anak isun kelem',
    'bini bula ngandung dara kaloar',
    'baji ta endha nyoso',
    'eppa ta sadar',
    'embuk kalenger',
    'bula ta bisa nyaba',
    'ana panas dukur pas ta endhe ngenom',
    'e gegge olar e saba',
    'my wife is pregnant and bleeding',
    'her water broke',
    'baby not feeding and very weak',
    'pregnant with severe headache and blurred vision',
  ],
  kebakaran: [
    'tadi bakar sampah lalu rumah terbakar tolong',
    'gas bocor di dapur',
    'elpiji meledak',
    'omahe kobongan tulung',
    'bengko katonon',
    'apinya membesar ke rumah sebelah',
    'konslet keluar api dari meteran',
  ],
  bencana: [
    'banjir besar air masuk rumah, sering banjir',
    'air naik ke rumah',
    'tebing longsor menutup rumah',
    'angin kencang atap rumah terbang',
    'banyu mlebu omah',
    'lindhu raja',
  ],
  kekerasan: [
    'dipukuli suami tiap malam',
    'anak saya dicabuli tetangga',
    'isun digebugi bojo',
    'bula epokol lake',
    'ada maling masuk rumah',
  ],
  krisis_jiwa: [
    'listrik mati saya mau bunuh diri',
    'lampu mati, saya mau mati saja',
    'capek hidup',
    'sy pgn mati aja',
    'hidup saya tidak ada gunanya',
    'wis ora kuat urip maneh',
    'teman saya minum racun tikus',
    'pengen bunuh dri rasanya',
    'bula terro mateya',
    'air mati terus, rasanya mending mati',
  ],
};

/** What people write every day with words of the same kind. */
const INNOCENT = [
  'surat usaha buat kur',
  'lampu jalan mati sudah 3 hari',
  'listrik mati dari tadi malam',
  'mati lampu jam berapa nyala',
  'hp mau mati nanti saya lanjut',
  'ikan lele mati semua',
  'ayam saya mati mendadak',
  'minta surat kematian bapak',
  'akta kematian orang tua',
  'surat keterangan lahir bayi',
  'bayi baru lahir urus akta gimana',
  'mau buat kk baru karena ada bayi',
  'istri hamil mau daftar bpjs',
  'ibu hamil dapat tablet tambah darah di mana',
  'kapan kelas ibu hamil',
  'jadwal periksa kehamilan',
  'tes darah ibu hamil di mana',
  'golongan darah saya o',
  'donor darah kapan di balai desa',
  'darah tinggi minum obat apa',
  'cek tekanan darah posyandu',
  'hasil lab darah keluar kapan',
  'hasil tes darah keluar hari apa',
  'mau melahirkan bulan depan syarat bpjs apa',
  'biaya melahirkan di puskesmas',
  'baru melahirkan mau bikin akta anak',
  'habis melahirkan daftar kk caranya',
  'imunisasi bayi 3 bulan',
  'habis imunisasi panas normal tidak',
  'anak mencret 5x bagaimana',
  'anak batuk pilek',
  'batuk 3 minggu tidak sembuh',
  'bayi saya umur 2 bulan mau imunisasi',
  'jual baju bayi warna biru',
  'jual susu bayi',
  'posyandu bayi tanggal berapa',
  'demam berdarah minta fogging',
  'jentik nyamuk banyak',
  'anak tidak mau sekolah',
  'anak saya mau masuk sd',
  'kepala desa ada di kantor',
  'sakit kepala obatnya apa',
  'pusing urus surat',
  'mata pelajaran',
  'kacamata mata kabur',
  'buah naga merah segar',
  'jual jagung bakar',
  'bakar sampah di samping rumah bau',
  'asap dari bakar sampah mengganggu',
  'kembang api tahun baru',
  'kereta api ke surabaya jadwal',
  'jual kompor gas',
  'tabung gas 3 kg habis',
  'bantuan banjir kapan cair',
  'lagi banjir pesanan buah naga',
  'rawan banjir minta gorong gorong',
  'simulasi gempa di sekolah',
  'jalan rusak berlubang',
  'jalan ambles dekat jembatan',
  'jembatan bambu lapuk minta dibangun',
  'surat kecelakaan untuk asuransi',
  'klaim kecelakaan jasa raharja',
  'jalan rawan kecelakaan minta rambu',
  'jual ambulans bekas',
  'dana darurat desa',
  'lampu darurat rusak',
  'baju sesak jual murah',
  'pompa tenggelam minta diganti',
  'belum bisa bangun rumah minta bantuan',
  'tidak bisa bangun rumah',
  'harga dipukul rata',
  'dusun krajan rt 02 rw 01',
  'jam pukul 8 buka',
  'saya mau pindah domisili',
  'nomor bidan desa',
  'surat tidak mampu buat sekolah',
  'motor mati pajak 2 tahun',
  'tanaman padi mati kena wereng',
  'tikus mati di selokan',
  'kontrak rumah minta surat domisili',
  'warung bu siti',
  'kapan surat saya jadi',
  'sosialisasi pencegahan kekerasan',
  'anti maling pasang di mana',
  'jatuh tempo pbb kapan untuk ibu hamil',
  'gerakan pramuka bayar berapa',
  'hidup sehat',
  'mau ikut senam hamil',
  'bayi kembar akta nya dua',
  'kawah ijen tiket berapa',
];

describe('what is said in need', () => {
  test.each(Object.entries(REAL).flatMap(([kind, all]) => all.map((typed) => [typed, kind] as const)))(
    '"%s" is heard as %s',
    (typed, kind) => {
      expect(kindOf(typed)).toBe(`darurat.${kind}`);
    },
  );

  test.each(INNOCENT)('"%s" is no emergency', (typed) => {
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
    expect(find(words('ada api kecil besar'))).toBeNull();
    expect(find(words('ada api besar'))).toBe('darurat.api');
    expect(find(words('banyak asap pak tolong'))).toBe('darurat.api');
  });

  test('passes over "pak", "saya" or "sudah" between the words of a phrase, two of them at most', () => {
    expect(find(words('ada api yang besar'))).toBe('darurat.api');
    expect(find(words('apinya api pak sudah besar'))).toBe('darurat.api');
    expect(find(words('api itu pak sudah besar'))).toBeNull();
    expect(find(words('bekas yang kebakaran'))).toBeNull();
  });

  test('leaves out what is told as no emergency, and hears the rest of the message', () => {
    expect(find(words('foto bekas kebakaran tahun lalu'))).toBeNull();
    expect(find(words('foto bekas kebakaran dan sekarang kebakaran lagi'))).toBe('darurat.api');
    expect(find(words('bekas kebakaran tolong ada asap'))).toBe('darurat.api');
  });

  test('knows phrases that stand for very many', () => {
    const verbs = Array.from({ length: 12 }, (_, at) => `jatuh${'abcdefghijkl'[at]!}`).join('|');
    const places = Array.from({ length: 12 }, (_, at) => `sumur${'abcdefghijkl'[at]!}`).join('|');
    const kinds = { 'darurat.jatuh': { phrases: [`${verbs} ${places}`], together: [], except: [] } };
    const many = emergencyFinder(kinds, new Map());
    expect(many(words('pak jatuhc saya sumurl'))).toBe('darurat.jatuh');
    expect(many(words('sumurl jatuhc'))).toBeNull();
  });

  test('knows words that may stand for each other', () => {
    const either = emergencyFinder(
      {
        'darurat.bayi': {
          phrases: ['tidak|ora bangun|tangi'],
          together: [['bayi / bayine', 'panas tinggi / lemas|lemes sekali']],
          except: [],
        },
      },
      new Map(),
    );
    for (const typed of ['tidak bangun', 'ora tangi', 'lemes sekali bayine', 'bayi saya panas tinggi'])
      expect(either(words(typed)), typed).toBe('darurat.bayi');
    for (const typed of ['bayi panas', 'panas tinggi', 'ora bayi bangun'])
      expect(either(words(typed)), typed).toBeNull();
  });
});
