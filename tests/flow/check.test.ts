import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkTranscripts } from '../../src/flow/check/transcripts.js';
import { printFault, readFlows } from '../../src/flow/load.js';
import type { FlowFault } from '../../src/flow/load.js';
import { checkOf, flowFolder, flowsOf, REQUEST } from './support.js';
import type { Files } from './support.js';

const HEAD = 'flow: bad\ntitle: Buruk\nsteps:\n';
const say = (text: string): string => `${HEAD}  - end: x\n    text: ${JSON.stringify(text)}\n`;
const ask = (text: string, more = 'answer: { type: text }'): string =>
  `${HEAD}  - ask: x\n    text: ${JSON.stringify(text)}\n    ${more}\n`;

async function faultsOf(yaml: string, more: Files = {}): Promise<FlowFault[]> {
  const { faults } = await checkOf({ ...more, 'test/bad.yaml': yaml });
  return faults.filter(({ file }) => file.endsWith('/bad.yaml'));
}

async function expectFault(yaml: string, what: string | RegExp, more: Files = {}): Promise<FlowFault> {
  const faults = await faultsOf(yaml, more);
  const found = faults.find((fault) => fault.what.match(what));
  expect(found, faults.map(printFault).join('\n') || 'no fault').toBeDefined();
  expect(found!.cure).not.toBe('');
  return found!;
}

describe('a question that no chat may ask', () => {
  test.each([
    ['the NIK', ask('Berapa NIK Bapak/Ibu?')],
    ['the number of the family card', ask('Tulis No. KK di sini.')],
    ['a photo of the KTP', ask('Kirim foto KTP.', 'answer: { type: photo }')],
    ['a PIN', say('Balas dengan PIN Bapak/Ibu.')],
    ['a code that was sent', say('Masukkan kode OTP yang Anda terima.')],
    ['a password', ask('Ketik kata sandi akun.')],
    ['the NIK, "do not forget"', say('Jangan lupa kirim NIK.')],
    ['an account number', ask('Nomor rekening mana yang dipakai?')],
    ['the NIK in one branch of a choice of words', say('{has_arg, select, yes {Kirim NIK.} other {Baik.}}')],
  ])('%s', async (_, yaml) => {
    const fault = await expectFault(yaml, 'never be typed or sent in a chat');
    expect(fault).toMatchObject({ file: 'flows/test/bad.yaml', line: 5 });
    expect(fault.warning).toBeUndefined();
  });

  test('is asked by no form either, where it is a secret', async () => {
    const form = (label: string) =>
      `${HEAD}  - secure_form: x\n    text: Isi di halaman aman.\n    fields:\n      - { id: a, type: text, label: ${label} }\n    otherwise: y\n  - end: y\n`;
    expect((await faultsOf(form('NIK'))).map(({ what }) => what)).toEqual([]);
    for (const label of ['PIN ATM', 'Kode OTP', 'Nomor rekening'])
      await expectFault(form(label), 'never be typed or sent in a chat');
  });

  test('is found in every language, at its line there', async () => {
    const fault = await expectFault(ask('Siapa nama Anda?'), 'never be typed', {
      'text/en/bad.yaml': 'title: Bad\nx:\n  text: Please type your NIK number.\n',
    });
    expect(fault).toMatchObject({ file: 'flows/text/en/bad.yaml', line: 3 });
  });

  test.each([
    'Atas nama siapa? Tulis nama panggilannya saja, tanpa NIK.',
    'Jangan kirim NIK atau foto KTP di sini.',
    'Bawa KTP asli dan Kartu Keluarga ke kantor desa.',
    'Untuk mengganti KTP, ketik "KTP".',
    'Isi NIK di halaman aman, bukan di chat.',
  ])('is not: %s', async (text) => {
    expect(await faultsOf(say(text))).toEqual([]);
  });

  test('is not in a checklist either', async () => {
    const { faults } = await checkOf({
      'services.yaml':
        'usaha:\n  title: A\n  kind: letter\n  promise_hours: 8\n  promise: B\n  checklist:\n    - { id: ktp, text: foto KTP, by: chat, kind: photo }\n',
    });
    expect(faults).toMatchObject([{ file: 'flows/services.yaml', line: 7 }]);
    expect(faults[0]!.what).toContain('would be asked for in the chat');
  });
});

describe('a request for money', () => {
  test.each([
    'Silakan bayar di loket.',
    'Transfer Rp25.000 untuk surat ini.',
    'Biaya administrasi Rp10.000.',
    'Suratnya gratis, silakan transfer Rp5.000 untuk admin.',
    'Kirim uang ke rekening kepala desa.',
    'Seikhlasnya untuk petugas.',
    'Please pay 50 ribu to the officer.',
  ])('%s', async (text) => {
    const fault = await expectFault(say(text), 'this asks for money');
    expect(fault.warning).toBeUndefined();
  });

  test.each([
    'Semua surat gratis. Jangan bayar siapa pun.',
    'Petugas tidak pernah meminta uang.',
    'Lihat barangnya dulu, bayar saat terima.',
    'Berapa harganya? Misalnya 8.000 atau 50rb.',
    'Bukti transfer bisa dipalsukan.',
  ])('is not: %s', async (text) => {
    expect(await faultsOf(say(text))).toEqual([]);
  });

  test('is not a fee of another office that is on the list', async () => {
    const text = 'Biaya nikah di luar KUA Rp600.000, disetor ke bank.';
    expect(await faultsOf(say(text), { 'allowed.yaml': 'amounts: [Rp600.000]\n' })).toEqual([]);
    await expectFault(say(text), 'this asks for money', { 'allowed.yaml': 'amounts: []\n' });
  });
});

describe('a contact that is not on the list', () => {
  test.each([
    ['a link', 'Lihat https://desa-palsu.com/bantuan.', 'https://desa-palsu.com/bantuan'],
    ['a bare site', 'Daftar di bansos-2026.id sekarang.', 'bansos-2026.id'],
    ['a chat link', 'Klik wa.me/6281234567.', 'wa.me'],
    ['a phone number', 'Hubungi 0813 9876 5432.', '0813 9876 5432'],
    ['a number of the country', 'Telepon +62 813-9876-5432.', '+62 813-9876-5432'],
    ['an account', 'BRI 1234567890.', '1234567890'],
    ['a short number', 'Telepon 123 untuk listrik.', '123'],
    ['a phone number with dots', 'Hubungi 0813.9876.5432.', '0813.9876.5432'],
    ['an account with dots', 'Bank 1234.5678.9012 atas nama Budi.', '1234.5678.9012'],
    ['figures of another width', 'Hubungi ０８１３９８７６５４３２.', '081398765432'],
    ['figures with something unseen between', 'Hubungi 0813\u200b9876\u200b5432.', '081398765432'],
    ['a site of a far country', 'Daftar di bansos.top sekarang.', 'bansos.top'],
    ['a path', 'Daftar di bansos.example/2026 sekarang.', 'bansos.example/2026'],
  ])('%s', async (_, text, named) => {
    const fault = await expectFault(say(text), `"${named}`.replaceAll(/[.+]/gu, '\\$&'));
    expect(fault.what).toContain('is not on the list');
    expect(fault.warning).toBeUndefined();
  });

  test.each([
    'Telepon 112, 118 atau 119. Lewat healing119.id juga bisa.',
    'Lacak di {public_url}/lacak. Kantor: {office_phone}.',
    'Mulai 17-08-2025 sampai 2026-11-24, harga Rp12.500.000.',
    'Paling banyak 120 huruf.',
    'Buka 07.30 - 15.00, Jumat 07.30-11.00, paling banyak Rp1.250.000.000.',
  ])('is not: %s', async (text) => {
    expect(await faultsOf(say(text))).toEqual([]);
  });

  test('is found in a value that a text may show', async () => {
    const set = (value: string) => ({
      'services/request.yaml': `flow: request\ntitle: Permintaan\nunderstands: [minta]\nsteps:\n  - set: told\n    to: ${JSON.stringify(value)}\n  - end: done\n    text: '{told}'\n`,
    });
    const whats = async (value: string) =>
      (await checkOf(set(value))).faults.filter(({ warning }) => !warning).map(({ what }) => what);
    expect(await whats("'Siang'")).toEqual([]);
    expect((await whats("'0813' + '98765432'")).join()).toContain('"081398765432" is not on the list');
    expect((await whats("'Transfer Rp50.000 ke rekening desa'")).join()).toContain('asks for money');
  });

  test('may be put on it', async () => {
    const allowed = 'links: [desa.example.id]\nnumbers: ["123"]\nexamples: [0812 3456 7890]\n';
    const text = 'Telepon 123, misalnya 0812-3456-7890, atau desa.example.id/pasar.';
    expect(await faultsOf(say(text), { 'allowed.yaml': allowed })).toEqual([]);
  });

  test('is put on it on the machine alone, not by a publication', async () => {
    const { dir, remove } = flowFolder({});
    try {
      const { faults } = await readFlows(dir, new Map([['allowed.yaml', 'links: [evil.com]\n']]));
      expect(faults.map(({ what }) => what).join()).toContain('not changed by a publication');
    } finally {
      remove();
    }
  });
});

describe('emergency lines', () => {
  const answer = (text: string, more = ''): Files => ({
    'system/emergency.yaml': `flow: emergency\ntitle: Darurat\ninterrupts: true\n${more}steps:\n  - end: told\n    text: ${JSON.stringify(text)}\n`,
  });
  const ALL = 'TELEPON 112 SEKARANG. Atau 119, 118, healing119.id.';
  const found = async (files: Files): Promise<FlowFault[]> =>
    (await checkOf(files)).faults.filter(({ file }) => file.endsWith('/emergency.yaml'));

  test('that are all there, in every language, are no fault', async () => {
    expect(
      await found({
        ...answer(ALL),
        'text/en/emergency.yaml': {
          title: 'Emergency',
          told: { text: 'CALL 112 NOW. Or 119, 118, healing119.id.' },
        },
      }),
    ).toEqual([]);
  });

  test.each([
    ['112 edited away', 'TELEPON 119, 118, healing119.id.', 'does not name 112'],
    ['112 with a slip', 'TELEPON 1122. Atau 119, 118, healing119.id.', 'does not name 112'],
    ['a second line edited away', 'TELEPON 112. Atau 119, healing119.id.', 'names 118 any more'],
    ['another line before 112', 'Telepon 119, 118, healing119.id, lalu 112.', 'stands before 112'],
  ])('%s', async (_, text, said) => {
    const faults = await found(answer(text));
    expect(faults.map(({ what }) => what).join()).toContain(said);
    expect(faults.every(({ warning }) => warning === undefined)).toBe(true);
  });

  test('lost in a translation are told at its line', async () => {
    const faults = await found({
      ...answer(ALL),
      'text/en/emergency.yaml': 'title: Emergency\ntold:\n  text: Call 112 now.\n',
    });
    expect(faults.find(({ what }) => what.includes('119'))).toMatchObject({
      file: 'flows/text/en/emergency.yaml',
      line: 3,
    });
  });

  test('come before any question', async () => {
    const asking = await found({
      'system/emergency.yaml': `flow: emergency\ntitle: Darurat\ninterrupts: true\nneeds: village\nsteps:\n  - ask: where\n    text: Di mana?\n    answer: { type: text }\n  - end: told\n    text: ${ALL}\n`,
    });
    const said = asking.map(({ what }) => what).join();
    expect(said).toContain('stops at "where"');
    expect(said).toContain('only where the village is known');
  });

  test('stay in the closing line of health', async () => {
    const { dir, remove } = flowFolder({ 'text/en/system.yaml': 'health_closing: Ask a doctor.\n' });
    try {
      const { faults } = await readFlows(dir);
      expect(faults.find(({ what }) => what.includes('does not name 112'))?.file).toBe(
        'flows/text/en/system.yaml',
      );
    } finally {
      remove();
    }
  });
});

describe('dead ends', () => {
  test('a circle that is never left', async () => {
    const yaml = `${HEAD}  - ask: x\n    text: A?\n    answer: { type: text }\n  - go: x\n`;
    expect(await expectFault(yaml, 'from the step "x" the flow never ends')).toMatchObject({ line: 4 });
  });

  test('a choice of which every option has a condition', async () => {
    const options =
      "[{ value: a, text: A, if: resident.is_new }, { value: b, text: B, if: '!resident.is_new' }]";
    await expectFault(
      ask('Yang mana?', `answer: { type: choice, options: ${options} }`),
      'nothing answers "x"',
    );
  });

  test('a place that cannot be typed is warned of', async () => {
    expect(
      await expectFault(ask('Di mana?', 'answer: { type: location }'), 'cannot share a location'),
    ).toMatchObject({
      warning: true,
    });
  });

  test('a circle with a way out is none', async () => {
    const yaml = `${HEAD}  - ask: x\n    text: Lagi?\n    answer: { type: yes_no }\n  - when: w\n    cases: [{ if: answers.x, go: x }]\n`;
    expect(await faultsOf(yaml)).toEqual([]);
  });
});

describe('a rest', () => {
  test.each([
    ['without an end', `${HEAD}  - wait: x\n`, 'a rest needs one end'],
    ['with two ends', `${HEAD}  - wait: x\n    for: 3d\n    until: now\n`, 'a rest needs one end'],
    ['for no span', `${HEAD}  - wait: x\n    for: soon\n`, 'a span: 30m, 6h, 3d'],
    [
      'until what nobody tells',
      `${HEAD}  - wait: x\n    for: 3d\n    event: rain\n`,
      'tells nothing under the name "rain"',
    ],
  ])('%s', async (_, yaml, what) => {
    await expectFault(yaml, what);
  });

  test('is no circle, though nothing is asked in it', async () => {
    const yaml = `${HEAD}  - wait: x\n    for: 1d\n    event: case-notice\n    into: news\n  - when: w\n    cases: [{ if: vars.news == null, go: x }]\n`;
    expect(await faultsOf(yaml)).toEqual([]);
  });
});

describe('what a channel cannot carry', () => {
  test('a text that grows too long with its arguments', async () => {
    const yaml = `${HEAD}  - ask: story\n    text: Cerita?\n    answer: { type: text, max: 1000 }\n  - end: x\n    text: '${'{story} '.repeat(5)}'\n`;
    expect(await expectFault(yaml, 'longer than a message may be')).toMatchObject({ line: 8 });
  });

  test('a caption beside photos', async () => {
    const yaml = `${HEAD}  - say: x\n    photos: vars.arg\n    text: ${'Foto ini. '.repeat(110)}\n`;
    expect(await expectFault(yaml, 'beside photos only 1024')).toMatchObject({ warning: true });
  });

  test('the name of an answer, which "Ubah" lists', async () => {
    const yaml = `${HEAD}  - ask: x\n    text: A?\n    label: Alamat lengkap tempat usaha\n    answer: { type: text }\n  - confirm: y\n    text: Benar?\n`;
    expect(await expectFault(yaml, 'longer than the 24 letters')).toMatchObject({ line: 6, warning: true });
  });

  test('a choice that a translation makes too long', async () => {
    const yaml = `${HEAD}  - choose: x\n    text: A?\n    options:\n      - { text: Satu, go: y }\n      - { text: Dua, go: y }\n  - end: y\n`;
    const fault = await expectFault(yaml, 'longer than the 20 letters', {
      'text/en/bad.yaml':
        'title: Bad\nx:\n  text: Which?\n  options:\n    0: The first of all of them\n    1: Two\n',
    });
    expect(fault).toMatchObject({ file: 'flows/text/en/bad.yaml', line: 5, warning: true });
  });
});

describe('reading', () => {
  test('a sentence of more than 25 words is warned of, with the sentence', async () => {
    const long = `Surat ini ${'akan kami buat '.repeat(9)}besok.`;
    const fault = await expectFault(say(`Baik. ${long}`), 'a sentence of 30 words');
    expect(fault.what).toContain(long);
    expect(fault.warning).toBe(true);
  });

  test('so are many long words', async () => {
    const text =
      'Penandatanganan pertanggungjawaban penyelenggaraan ketatausahaan kependudukan dilaksanakan berkesinambungan.';
    expect(await expectFault(say(text), 'long words in one sentence')).toMatchObject({ warning: true });
  });
});

test('a flow without its transcripts is warned of, with the scenes that it needs', async () => {
  const flows = await flowsOf(REQUEST);
  const of = (chats: string[]) =>
    checkTranscripts(flows, chats).filter(({ file }) => file.endsWith('request.yaml'));
  const scenes = ['straight', 'wrong', 'cancel', 'resume', 'change'];
  expect(of(scenes.map((scene) => `services/request/${scene}.chat`))).toEqual([]);
  expect(of(['services/request/straight.chat'])).toMatchObject([
    { warning: true, what: 'it has no transcript of: wrong, cancel, resume, change' },
  ]);
});

test('where the list is missing, only the emergency lines are allowed', async () => {
  const { dir, remove } = flowFolder({ 'a.yaml': say('Telepon 112 atau 110.') });
  try {
    rmSync(join(dir, 'allowed.yaml'), { force: true });
    const { faults } = await readFlows(dir);
    expect(faults.filter(({ file }) => file === 'flows/a.yaml').map(({ what }) => what)).toEqual([
      'the number "110" is not on the list: a phone or an account',
    ]);
  } finally {
    remove();
  }
});
