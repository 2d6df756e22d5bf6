import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GENTENG, GINTANGAN, aWeb, form, withCookie } from './support.js';
import type { Web } from './support.js';

let web: Web;
/** Cookies by who somebody is. */
const cookies: { [who: string]: string } = {};
/** What the routes are about: all of it in Gintangan. */
let about: {
  code: string;
  caseId: string;
  conversation: string;
  sealedCode: string;
  /** What was entered in the secure form of that case. */
  value: string;
  confidential: string;
  referral: string;
  health: string;
  photo: string;
  document: string;
  voice: string;
  listing: string;
  officer: string;
  invite: string;
  incident: string;
  /** An upload of a register, and the head of an RT. */
  upload: string;
  rtHead: string;
  /** Changed flows, proposed by somebody else. */
  proposal: string;
};

const PEOPLE = {
  operator: [{ role: 'operator', village: GINTANGAN }],
  head: [{ role: 'kepala_desa', village: GINTANGAN }],
  welfare: [{ role: 'kasi_kesejahteraan', village: GINTANGAN }],
  services: [{ role: 'kasi_pelayanan', village: GINTANGAN }],
  volunteer: [{ role: 'kader', village: GINTANGAN }],
  /** Sees what is asked about health, and nothing else. */
  midwife: [{ role: 'bidan', village: GINTANGAN }],
  villageKeeper: [{ role: 'admin', village: GINTANGAN }],
  keeper: [{ role: 'admin', village: null }],
  /** Above the villages. */
  district: [{ role: 'kecamatan', village: GINTANGAN }],
  regency: [{ role: 'kabupaten', village: null }],
  /** The same rank, another village. */
  stranger: [
    { role: 'kepala_desa', village: GENTENG },
    { role: 'admin', village: GENTENG },
  ],
};
type Who = keyof typeof PEOPLE | 'nobody';
const EVERYBODY: Who[] = [...(Object.keys(PEOPLE) as Who[]), 'nobody'];

beforeAll(async () => {
  web = await aWeb();
  for (const [username, roles] of Object.entries(PEOPLE)) {
    await web.officer({ name: username, username, roles });
    cookies[username] = await web.signIn(username);
  }
  const plain = await web.case();
  const sealed = await web.case({ private: { income: 900_000 } });
  const listing = await web.listing({ status: 'waiting' });
  const managed = await web.officer({ name: 'Yang diurus', phone: '6281234567001' });
  about = {
    code: plain.code,
    caseId: plain.id,
    conversation: plain.conversationId,
    sealedCode: sealed.code,
    value: (await web.form({ caseId: sealed.id, values: { nik: '3510121708900001' } })).valueIds[0]!,
    confidential: (await web.case({ service: 'infrastruktur', isConfidential: true })).code,
    referral: (await web.case({ service: 'spm', isConfidential: true })).code,
    health: (await web.case({ service: 'rawat_warga', isConfidential: true, private: { age: 78 } })).code,
    photo: await web.file({ caseId: plain.id }),
    document: await web.file({ caseId: plain.id, isRestricted: true }),
    voice: await web.file({ conversationId: plain.conversationId, kind: 'voice', mime: 'audio/ogg' }),
    listing: listing.code,
    officer: managed.id,
    invite: newId(),
    incident: newId(),
    upload: newId(),
    proposal: newId(),
    rtHead: (await web.officer({ name: 'Pak RT', phone: '6281234567009', roles: [] })).id,
  };
  await web.pool.query(
    `INSERT INTO officer_roles (id, officer_id, village_id, role, rt, rw) VALUES ($1, $2, $3, 'ketua_rt', '002', '001')`,
    [newId(), about.rtHead, GINTANGAN],
  );
  await web.pool.query(
    `INSERT INTO flow_publications (id, files, chats, note, proposed_by, proposed_at)
     VALUES ($1, '{}', '{}', 'kata', $2, now())`,
    [about.proposal, managed.id],
  );
  await web.pool.query(
    `INSERT INTO register_imports (id, village_id, state, columns, row_count, created_at)
     VALUES ($1, $2, 'uploaded', '{nama,nik}', 0, now())`,
    [about.upload, GINTANGAN],
  );
  await web.pool.query(
    `INSERT INTO invites (id, officer_id, token_hash, phone, expires_at, accepted_at) VALUES ($1, $2, 'x', '6281234567001', now(), now())`,
    [about.invite, managed.id],
  );
  await web.pool.query(`INSERT INTO incidents (id, kind, village_id) VALUES ($1, 'no_officer', $2)`, [
    about.incident,
    GINTANGAN,
  ]);
}, 240_000);
beforeAll(async () => {
  await web.pool.query(
    `INSERT INTO lines (id, platform, name, village_id, settings) VALUES ('whatsapp-web:uji', 'whatsapp', 'uji', $1, 'x')`,
    [GINTANGAN],
  );
});
afterAll(() => web?.drop());

interface Case {
  name: string;
  path: () => string;
  method?: 'POST';
  fields?: { [name: string]: string };
  /** Who may; what everybody else is answered where it is not the usual 403. */
  may: Who[];
  /** Who holds such a role elsewhere: for them it is not there. */
  notFound?: Who[];
  status?: number;
  /** Led on to their own account instead of being refused. */
  ledOn?: Who[];
}

const OFFICE: Who[] = ['operator', 'head', 'welfare', 'services', 'villageKeeper', 'keeper'];

/** Flows are the installation's: every office reads them, some propose, its keepers publish. */
const READERS: Who[] = [...OFFICE, 'stranger'];
const PROPOSERS: Who[] = ['operator', 'villageKeeper', 'keeper', 'stranger'];

/** Who writes letters, of a case in Gintangan. */
function writesLetters(name: string, page: string, status = 200, method?: 'POST'): Case {
  return {
    name,
    path: () => `/console/kasus/${about.code}/${page}`,
    ...(method ? { method } : {}),
    may: ['operator', 'head', 'services'],
    notFound: ['stranger'],
    status,
  };
}

/** Who says what letters say, in Gintangan. */
function keepsTemplates(name: string, page: string, status = 200, fields?: { [name: string]: string }): Case {
  return {
    name,
    path: () => `/console/templat/${GINTANGAN}/${page}`,
    ...(fields ? { method: 'POST' as const, fields } : {}),
    may: ['operator', 'villageKeeper', 'keeper'],
    notFound: ['stranger'],
    status,
  };
}

/** Every route of the console, and who may. A route that is not here fails the last test. */
const ROUTES: { [route: string]: Case[] } = {
  'GET /console': [
    {
      name: 'the list',
      path: () => '/console',
      may: [...OFFICE, 'midwife', 'stranger'],
      ledOn: ['volunteer', 'district', 'regency'],
    },
  ],
  'GET /console/live': [
    { name: 'the live list', path: () => '/console/live', may: [...OFFICE, 'midwife', 'stranger'] },
  ],
  'GET /console/audit': [
    {
      name: 'the record of acts',
      path: () => '/console/audit',
      may: ['villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'GET /console/papan': [
    { name: 'the board', path: () => '/console/papan', may: [...OFFICE, 'midwife', 'stranger'] },
  ],
  'GET /console/papan/live': [
    { name: 'the live board', path: () => '/console/papan/live', may: [...OFFICE, 'midwife', 'stranger'] },
  ],
  'GET /console/cari': [
    { name: 'the search', path: () => '/console/cari?q=siti', may: [...OFFICE, 'midwife', 'stranger'] },
  ],
  'POST /console/massal': [
    {
      name: 'an act on several',
      path: () => '/console/massal',
      method: 'POST',
      fields: { tindakan: 'take' },
      may: [...OFFICE, 'midwife', 'stranger'],
    },
  ],
  'GET /console/loket': [{ name: 'the counter', path: () => '/console/loket', may: [...OFFICE, 'stranger'] }],
  'POST /console/loket': [
    {
      name: 'a request at the counter of a village that takes none yet',
      path: () => '/console/loket',
      method: 'POST',
      fields: { draf: newId(), layanan: 'sktm', desa: GINTANGAN, nama: 'Mbah Karto' },
      may: OFFICE,
      notFound: ['stranger'],
      status: 400,
    },
  ],
  'POST /console/loket/cari': [
    {
      name: 'looking somebody up at the counter',
      path: () => '/console/loket/cari',
      method: 'POST',
      fields: { draf: newId(), layanan: 'sktm', desa: GINTANGAN, nama: 'Mbah Karto' },
      may: ['operator'],
    },
  ],
  'GET /console/loket/:code': [
    {
      name: 'a receipt',
      path: () => `/console/loket/${about.code}`,
      may: OFFICE,
      notFound: ['stranger'],
    },
  ],
  'GET /console/balasan': [
    {
      name: 'canned replies',
      path: () => '/console/balasan',
      may: ['operator', 'head', 'services', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'POST /console/balasan': [
    {
      name: 'a reply for Gintangan',
      path: () => '/console/balasan',
      method: 'POST',
      fields: { village: GINTANGAN, title: 'Sebentar', text: 'Sebentar ya.' },
      may: ['operator', 'head', 'services', 'villageKeeper', 'keeper'],
      notFound: ['stranger'],
      status: 303,
    },
    {
      name: 'a reply for all villages',
      path: () => '/console/balasan',
      method: 'POST',
      fields: { village: '', title: 'Sebentar', text: 'Sebentar ya.' },
      may: ['keeper'],
      notFound: ['operator', 'head', 'services', 'villageKeeper', 'stranger'],
      status: 303,
    },
  ],
  'POST /console/balasan/:id': [
    {
      name: 'changing a reply that is not there',
      path: () => `/console/balasan/${newId()}`,
      method: 'POST',
      fields: { title: 'Sebentar', text: 'Sebentar ya.' },
      may: ['operator', 'head', 'services', 'villageKeeper', 'keeper', 'stranger'],
      status: 303,
    },
  ],
  'POST /console/balasan/:id/hapus': [
    {
      name: 'removing a reply that is not there',
      path: () => `/console/balasan/${newId()}/hapus`,
      method: 'POST',
      may: ['operator', 'head', 'services', 'villageKeeper', 'keeper', 'stranger'],
      status: 303,
    },
  ],
  'POST /console/kasus/:code/pesan': [
    {
      name: 'writing to the resident of a case',
      path: () => `/console/kasus/${about.code}/pesan`,
      method: 'POST',
      fields: { text: 'Sebentar ya, Bu.' },
      may: OFFICE,
      notFound: ['midwife', 'stranger'],
      status: 303,
    },
    {
      name: 'writing to who made a confidential complaint',
      path: () => `/console/kasus/${about.confidential}/pesan`,
      method: 'POST',
      fields: { text: 'Sebentar ya, Bu.' },
      may: ['head', 'villageKeeper', 'keeper'],
      notFound: ['operator', 'welfare', 'services', 'midwife', 'stranger'],
      status: 303,
    },
  ],
  'GET /console/kasus/:code': [
    {
      name: 'a case',
      path: () => `/console/kasus/${about.code}`,
      may: OFFICE,
      notFound: ['midwife', 'stranger'],
    },
    {
      name: 'a confidential complaint',
      path: () => `/console/kasus/${about.confidential}`,
      may: ['head', 'villageKeeper', 'keeper'],
      notFound: ['operator', 'welfare', 'services', 'midwife', 'stranger'],
    },
    {
      name: 'a request for care at home',
      path: () => `/console/kasus/${about.health}`,
      may: ['head', 'midwife', 'villageKeeper', 'keeper'],
      notFound: ['operator', 'welfare', 'services', 'stranger'],
    },
    {
      name: 'a confidential referral',
      path: () => `/console/kasus/${about.referral}`,
      may: ['head', 'welfare', 'villageKeeper', 'keeper'],
      notFound: ['operator', 'services', 'midwife', 'stranger'],
    },
  ],
  'GET /console/kasus/:code/live': [
    {
      name: 'a live case',
      path: () => `/console/kasus/${about.code}/live`,
      may: OFFICE,
      notFound: ['midwife', 'stranger'],
    },
  ],
  'POST /console/kasus/:code/buka': [
    {
      name: 'sealed answers',
      path: () => `/console/kasus/${about.sealedCode}/buka`,
      method: 'POST',
      may: ['head', 'services'],
      notFound: ['midwife', 'stranger'],
    },
    {
      name: 'sealed answers of a request for care at home',
      path: () => `/console/kasus/${about.health}/buka`,
      method: 'POST',
      may: ['head', 'midwife'],
      notFound: ['operator', 'welfare', 'services', 'stranger'],
    },
  ],
  'POST /console/kasus/:code/isian/:value': [
    {
      name: 'an entry of a secure form, in clear',
      path: () => `/console/kasus/${about.sealedCode}/isian/${about.value}`,
      method: 'POST',
      may: ['head', 'services'],
      notFound: ['midwife', 'stranger'],
    },
  ],
  'POST /console/kasus/:code/:act{take|release|give|ask|note|verify|initial|sign|return|ready|finish|refuse|forward|reopen|merge|relate|classify|undo}':
    [
      {
        name: 'a note on a case',
        path: () => `/console/kasus/${about.code}/note`,
        method: 'POST',
        fields: { text: 'catatan' },
        may: OFFICE,
        notFound: ['midwife', 'stranger'],
        status: 303,
      },
    ],
  'GET /console/kasus/:code/surat': [writesLetters('the letter of a case', 'surat')],
  'GET /console/kasus/:code/surat/pratinjau.svg': [
    writesLetters('the preview of a letter', 'surat/pratinjau.svg'),
  ],
  'POST /console/kasus/:code/surat/isian': [
    writesLetters('typing what a letter lacks', 'surat/isian', 303, 'POST'),
  ],
  'POST /console/kasus/:code/surat/terbit': [
    // What waits for no signature is not issued: who may is told so.
    writesLetters('issuing a letter', 'surat/terbit', 409, 'POST'),
  ],
  'GET /console/kasus/:code/surat/:id/berkas': [
    {
      ...writesLetters('the file of a letter that is not there', `surat/${newId()}/berkas`),
      may: [],
      notFound: ['operator', 'head', 'services', 'stranger'],
    },
  ],
  'POST /console/kasus/:code/surat/:id/:act{tarik|ganti}': [
    {
      ...writesLetters('withdrawing a letter that is not there', `surat/${newId()}/tarik`, 404, 'POST'),
      may: [],
      notFound: ['operator', 'head', 'services', 'stranger'],
    },
  ],
  'GET /console/templat': [
    {
      name: 'the templates of letters',
      path: () => '/console/templat',
      may: ['operator', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'GET /console/templat/:village/kop': [keepsTemplates('the letterhead', 'kop')],
  'GET /console/templat/:village/logo.png': [
    {
      ...keepsTemplates('a logo that is not there', 'logo.png'),
      may: [],
      notFound: ['operator', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'POST /console/templat/:village/kop': [
    keepsTemplates('changing the letterhead', 'kop', 303, { counter: 'code' }),
  ],
  'POST /console/templat/:village/nomor': [
    keepsTemplates('going on from the paper agenda', 'nomor', 303, { classification: '300', last: '1' }),
  ],
  'GET /console/templat/:village/surat/:service': [keepsTemplates('a template', 'surat/skck')],
  'GET /console/templat/:village/surat/:service/contoh.svg': [
    keepsTemplates('the sample of a template', 'surat/skck/contoh.svg'),
  ],
  'POST /console/templat/:village/surat/:service': [
    keepsTemplates('changing a template', 'surat/skck', 303, {
      title: 'Surat Pengantar SKCK',
      body: 'Menerangkan bahwa {nama}.',
      signer: 'head',
      act: 'save',
    }),
  ],
  'POST /console/templat/:village/:kind{kop|surat}/:service/kembali/:version': [
    keepsTemplates('going back to the shipped template', 'surat/skck/kembali/0', 303, {}),
  ],
  'GET /console/berkas/:id': [
    {
      name: 'a photo of a case',
      path: () => `/console/berkas/${about.photo}`,
      may: OFFICE,
      notFound: ['midwife', 'stranger'],
    },
    {
      name: 'an identity document',
      path: () => `/console/berkas/${about.document}`,
      may: ['head', 'services'],
      notFound: ['midwife', 'stranger'],
    },
  ],
  'GET /console/percakapan': [
    {
      name: 'calls for a person',
      path: () => '/console/percakapan',
      may: ['operator', 'head', 'services', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'GET /console/percakapan/berkas/:id': [
    {
      name: 'a voice note of a call that nobody here was told of',
      path: () => `/console/percakapan/berkas/${about.voice}`,
      may: [],
      notFound: ['operator', 'head', 'services', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'POST /console/percakapan/:id/balas': [
    {
      name: 'answering a call',
      path: () => `/console/percakapan/${about.conversation}/balas`,
      method: 'POST',
      fields: { text: 'Sebentar ya, Bu.' },
      may: ['operator', 'head', 'services', 'villageKeeper', 'keeper', 'stranger'],
      status: 303,
    },
  ],
  'POST /console/percakapan/:id/tutup': [
    {
      name: 'ending a call',
      path: () => `/console/percakapan/${about.conversation}/tutup`,
      method: 'POST',
      may: ['operator', 'head', 'services', 'villageKeeper', 'keeper', 'stranger'],
      status: 303,
    },
  ],
  'GET /console/lapak': [
    {
      name: 'listings that wait',
      path: () => '/console/lapak',
      may: ['operator', 'head', 'welfare', 'services', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'POST /console/lapak/:code/:act': [
    {
      name: 'approving a listing',
      path: () => `/console/lapak/${about.listing}/setujui`,
      method: 'POST',
      may: ['operator', 'head', 'welfare', 'services', 'villageKeeper', 'keeper'],
      notFound: ['stranger'],
      status: 303,
    },
  ],
  'GET /console/petugas': [
    {
      name: 'the officers',
      path: () => '/console/petugas',
      may: ['head', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'POST /console/petugas': [
    {
      name: 'adding an officer to Gintangan',
      path: () => '/console/petugas',
      method: 'POST',
      fields: { name: 'Baru', phone: '', role: 'operator', village: GINTANGAN },
      may: ['head', 'villageKeeper', 'keeper'],
      status: 303,
    },
    {
      name: 'making a keeper of every village',
      path: () => '/console/petugas',
      method: 'POST',
      fields: { name: 'Baru', phone: '', role: 'admin', village: '' },
      may: ['keeper'],
      status: 303,
    },
  ],
  'POST /console/petugas/grup': [
    {
      name: "making a link for the office's group",
      path: () => '/console/petugas/grup',
      method: 'POST',
      fields: { village: GINTANGAN },
      may: ['head', 'villageKeeper', 'keeper'],
      notFound: ['stranger'],
    },
  ],
  'POST /console/petugas/grup/akhiri': [
    {
      name: "ending the office's group",
      path: () => '/console/petugas/grup/akhiri',
      method: 'POST',
      fields: { village: GINTANGAN },
      may: ['head', 'villageKeeper', 'keeper'],
      notFound: ['stranger'],
      status: 303,
    },
  ],
  'POST /console/petugas/:id/undang': [
    {
      name: 'inviting to the chat',
      path: () => `/console/petugas/${about.officer}/undang`,
      method: 'POST',
      may: ['head', 'villageKeeper', 'keeper'],
      notFound: ['stranger'],
    },
  ],
  'POST /console/petugas/:id/akun': [
    {
      name: 'making an account',
      path: () => `/console/petugas/${about.officer}/akun`,
      method: 'POST',
      fields: { username: 'x' },
      may: ['head', 'villageKeeper', 'keeper'],
      notFound: ['stranger'],
      // The name is too short: who may is told so, others are not heard at all.
      status: 400,
    },
  ],
  'POST /console/petugas/:id/kata-sandi': [
    {
      name: 'a new password link',
      path: () => `/console/petugas/${about.officer}/kata-sandi`,
      method: 'POST',
      may: [],
      // He has no account; for all it is not there, but only for keepers a question at all.
      notFound: ['head', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'POST /console/petugas/:id/:change{berhenti|kembali}': [
    {
      name: 'stopping an officer',
      path: () => `/console/petugas/${about.officer}/kembali`,
      method: 'POST',
      may: ['head', 'villageKeeper', 'keeper'],
      notFound: ['stranger'],
      status: 303,
    },
  ],
  'GET /console/petugas/:id{[0-9a-f-]{36}}': [
    {
      name: 'one officer',
      path: () => `/console/petugas/${about.officer}`,
      may: ['head', 'villageKeeper', 'keeper'],
      notFound: ['stranger'],
    },
  ],
  'POST /console/petugas/:id{[0-9a-f-]{36}}/jabatan': [
    changesOfficer('one more role', 'jabatan', 303, { role: 'kaur_tu', village: GINTANGAN }),
  ],
  'POST /console/petugas/:id{[0-9a-f-]{36}}/jabatan/lepas': [
    changesOfficer('taking a role that is not theirs', 'jabatan/lepas', 400, {
      role: 'bidan',
      village: GINTANGAN,
    }),
  ],
  'POST /console/petugas/:id{[0-9a-f-]{36}}/konfirmasi': [
    changesOfficer('vouching for an account where nothing is open', 'konfirmasi', 400),
  ],
  'POST /console/petugas/:id{[0-9a-f-]{36}}/kode-lepas': [
    changesOfficer('taking away a second factor that is not there', 'kode-lepas', 400),
  ],
  'POST /console/petugas/:id{[0-9a-f-]{36}}/pin': [changesOfficer('clearing a PIN', 'pin', 303)],
  'POST /console/petugas/:id{[0-9a-f-]{36}}/wakil': [changesOfficer('a deputy without days', 'wakil', 400)],
  'POST /console/petugas/:id{[0-9a-f-]{36}}/wakil/:delegation/akhiri': [
    changesOfficer('ending a delegation that is not there', `wakil/${newId()}/akhiri`, 303),
  ],
  'POST /console/petugas/:id{[0-9a-f-]{36}}/chat-lepas': [
    changesOfficer('revoking a chat', 'chat-lepas', 303),
  ],
  'POST /console/undangan/:id/:answer{terima|tolak}': [
    {
      name: 'confirming an invite',
      path: () => `/console/undangan/${about.invite}/terima`,
      method: 'POST',
      may: ['head', 'villageKeeper', 'keeper', 'stranger'],
      status: 303,
    },
  ],
  'POST /console/kasus/:code/penduduk': [
    {
      name: 'saying who somebody is in the register, where nothing was asked',
      path: () => `/console/kasus/${about.code}/penduduk`,
      method: 'POST',
      may: OFFICE,
      notFound: ['midwife', 'stranger'],
      status: 303,
    },
  ],
  'POST /console/kasus/:code/penduduk/buka': [
    {
      name: 'whole numbers of whoever was confirmed',
      path: () => `/console/kasus/${about.sealedCode}/penduduk/buka`,
      method: 'POST',
      may: ['head', 'services'],
      notFound: ['midwife', 'stranger'],
    },
  ],
  'GET /console/register': [{ name: 'the register', path: () => '/console/register', may: ['operator'] }],
  'POST /console/register/unggah': [
    {
      name: 'uploading a register without a file',
      path: () => '/console/register/unggah',
      method: 'POST',
      fields: { village: GINTANGAN },
      may: ['operator'],
      status: 400,
    },
  ],
  'GET /console/register/impor/:id': [
    { name: 'an import', path: () => `/console/register/impor/${about.upload}`, may: ['operator'] },
  ],
  'POST /console/register/impor/:id/periksa': [
    {
      name: 'a dry run',
      path: () => `/console/register/impor/${about.upload}/periksa`,
      method: 'POST',
      fields: { name: '0', nik: '1' },
      may: ['operator'],
      status: 303,
    },
  ],
  'POST /console/register/impor/:id/terapkan': [
    {
      name: 'taking an import over',
      path: () => `/console/register/impor/${about.upload}/terapkan`,
      method: 'POST',
      may: ['operator'],
      status: 303,
    },
  ],
  'POST /console/register/impor/:id/buang': [
    {
      name: 'letting go an import that was taken over',
      path: () => `/console/register/impor/${about.upload}/buang`,
      method: 'POST',
      may: ['operator'],
      status: 400,
    },
  ],
  'POST /console/register/cari': [
    {
      name: 'looking somebody up',
      path: () => '/console/register/cari',
      method: 'POST',
      fields: { cari: 'Siti', alasan: 'Warga di loket' },
      may: ['operator'],
    },
  ],
  'GET /console/rt': [
    {
      name: 'the heads of the RT',
      path: () => '/console/rt',
      may: ['operator', 'head', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'POST /console/rt': [
    {
      name: 'adding the head of an RT, the RT left out',
      path: () => '/console/rt',
      method: 'POST',
      fields: { name: 'Pak Karto', phone: '081234567002', village: GINTANGAN, rt: '', rw: '1' },
      may: ['operator', 'head', 'villageKeeper', 'keeper', 'stranger'],
      status: 400,
    },
  ],
  'POST /console/rt/:id/undang': [
    {
      name: 'inviting the head of an RT',
      path: () => `/console/rt/${about.rtHead}/undang`,
      method: 'POST',
      may: ['operator', 'head', 'villageKeeper', 'keeper'],
      notFound: ['stranger'],
    },
  ],
  'POST /console/rt/:id/berhenti': [
    {
      name: 'ending the office of somebody who is no head of an RT',
      path: () => `/console/rt/${about.officer}/berhenti`,
      method: 'POST',
      may: [],
      notFound: ['operator', 'head', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'GET /console/desa': [
    {
      name: 'what the villages chose',
      path: () => '/console/desa',
      may: ['head', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'POST /console/desa/:village/pengantar': [
    {
      name: 'choosing how Gintangan has the pengantar',
      path: () => `/console/desa/${GINTANGAN}/pengantar`,
      method: 'POST',
      fields: { cara: 'photo' },
      may: ['head', 'villageKeeper', 'keeper'],
      notFound: ['stranger'],
      status: 303,
    },
  ],
  'GET /console/desa/:village{[\\d.]+}': [ofVillage('the office of Gintangan', 'desa')],
  'POST /console/desa/:village{[\\d.]+}': [
    ofVillage('changing the office, half of it left out', 'desa', { officeCode: '429' }, 400),
  ],
  'GET /console/jam/:village{[\\d.]+}': [ofVillage('the hours of Gintangan', 'jam')],
  'POST /console/jam/:village{[\\d.]+}': [
    ofVillage('hours that go backwards', 'jam', { 'opens-1': '15:00', 'closes-1': '08:00' }, 400),
  ],
  'POST /console/jam/:village{[\\d.]+}/bawaan': [
    ofVillage('the usual hours again', 'jam', {}, 303, 'bawaan'),
  ],
  'POST /console/jam/:village{[\\d.]+}/khusus': [
    ofVillage(
      'special hours without days',
      'jam',
      { 'opens-1': '08:00', 'closes-1': '14:00' },
      400,
      'khusus',
    ),
  ],
  'POST /console/jam/:village{[\\d.]+}/khusus/hapus': [
    ofVillage('ending special hours', 'jam', { from: '2027-02-08', to: '2027-03-09' }, 303, 'khusus/hapus'),
  ],
  'POST /console/jam/:village{[\\d.]+}/libur': [
    ofVillage('a day off', 'jam', { day: '2027-01-05', name: 'Bersih desa' }, 303, 'libur'),
  ],
  'POST /console/jam/:village{[\\d.]+}/libur/:id{[0-9a-f-]{36}}/hapus': [
    ofVillage('taking away a day off that is not there', 'jam', {}, 404, `libur/${newId()}/hapus`),
  ],
  'POST /console/jam/:village{[\\d.]+}/gangguan': [
    ofVillage(
      'an outage that has not begun',
      'jam',
      { kind: 'power', from: '2090-01-01T08:00' },
      400,
      'gangguan',
    ),
  ],
  'POST /console/jam/:village{[\\d.]+}/gangguan/:id{[0-9a-f-]{36}}/selesai': [
    ofVillage('ending an outage that is not there', 'jam', {}, 404, `gangguan/${newId()}/selesai`),
  ],
  'POST /console/jam/:village{[\\d.]+}/gangguan/:id{[0-9a-f-]{36}}/hapus': [
    ofVillage('taking away an outage that is not there', 'jam', {}, 404, `gangguan/${newId()}/hapus`),
  ],
  'GET /console/jam/semua': [
    {
      name: 'the hours of all villages',
      path: () => '/console/jam/semua',
      may: ['keeper'],
    },
  ],
  'POST /console/jam/semua': [
    {
      name: 'no hours for all villages',
      path: () => '/console/jam/semua',
      method: 'POST',
      fields: {},
      may: ['keeper'],
      status: 400,
    },
  ],
  'POST /console/jam/semua/bawaan': [
    {
      name: 'the usual hours of those that are the usual ones',
      path: () => '/console/jam/semua/bawaan',
      method: 'POST',
      fields: {},
      may: [],
      notFound: ['keeper'],
    },
  ],
  'POST /console/jam/semua/khusus': [
    {
      name: 'special hours of all villages without days',
      path: () => '/console/jam/semua/khusus',
      method: 'POST',
      fields: { 'opens-1': '08:00', 'closes-1': '14:00' },
      may: ['keeper'],
      status: 400,
    },
  ],
  'POST /console/jam/semua/khusus/hapus': [
    {
      name: 'ending special hours of all villages',
      path: () => '/console/jam/semua/khusus/hapus',
      method: 'POST',
      fields: { from: '2027-02-08', to: '2027-03-09' },
      may: ['keeper'],
      status: 303,
    },
  ],
  'POST /console/jam/semua/libur': [
    {
      name: 'a day off of all villages',
      path: () => '/console/jam/semua/libur',
      method: 'POST',
      fields: { day: '2027-01-06', name: 'Cuti bersama' },
      may: ['keeper'],
      status: 303,
    },
  ],
  'POST /console/jam/semua/libur/:id{[0-9a-f-]{36}}/hapus': [
    {
      name: 'taking away a day off of all villages that is not there',
      path: () => `/console/jam/semua/libur/${newId()}/hapus`,
      method: 'POST',
      fields: {},
      may: [],
      notFound: ['keeper'],
    },
  ],
  'POST /console/jam/semua/gangguan': [
    {
      name: 'an outage of all villages without its reason',
      path: () => '/console/jam/semua/gangguan',
      method: 'POST',
      fields: { kind: 'power', from: '2026-01-01T08:00', to: '' },
      may: ['keeper'],
      status: 400,
    },
  ],
  'POST /console/jam/semua/gangguan/:id{[0-9a-f-]{36}}/selesai': [
    {
      name: 'ending an outage of all villages that is not there',
      path: () => `/console/jam/semua/gangguan/${newId()}/selesai`,
      method: 'POST',
      fields: {},
      may: [],
      notFound: ['keeper'],
    },
  ],
  'POST /console/jam/semua/gangguan/:id{[0-9a-f-]{36}}/hapus': [
    {
      name: 'taking away an outage of all villages that is not there',
      path: () => `/console/jam/semua/gangguan/${newId()}/hapus`,
      method: 'POST',
      fields: {},
      may: [],
      notFound: ['keeper'],
    },
  ],
  'GET /console/layanan/:village{[\\d.]+}': [ofVillage('the services of Gintangan', 'layanan')],
  'POST /console/layanan/:village{[\\d.]+}/:service': [
    ofVillage(
      'switching a service off without a reason',
      'layanan',
      { offered: 'tidak', reason: '' },
      400,
      'usaha',
    ),
  ],
  'GET /console/posyandu': [
    {
      name: 'the dates of the posyandu',
      path: () => '/console/posyandu',
      may: ['operator', 'midwife', 'volunteer'],
    },
  ],
  'POST /console/posyandu': [
    {
      name: 'entering a date of the posyandu',
      path: () => '/console/posyandu',
      method: 'POST',
      fields: {
        village: GINTANGAN,
        place: 'Balai dusun',
        date: '2026-12-08',
        time: '08:00',
        repeat: 'none',
        months: '1',
      },
      may: ['operator', 'midwife', 'volunteer'],
      status: 303,
    },
  ],
  'POST /console/posyandu/:id/batal': [
    {
      name: 'taking back a date that is not there',
      path: () => `/console/posyandu/${about.incident}/batal`,
      method: 'POST',
      may: [],
      notFound: ['operator', 'midwife', 'volunteer'],
    },
  ],
  'GET /console/jalur': [
    {
      name: 'the lines',
      path: () => '/console/jalur',
      may: ['operator', 'head', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'GET /console/jalur/live': [
    {
      name: 'the live lines',
      path: () => '/console/jalur/live',
      may: ['operator', 'head', 'villageKeeper', 'keeper', 'stranger'],
    },
  ],
  'GET /console/jalur/tambah': [
    { name: 'the form of a new line', path: () => '/console/jalur/tambah', may: ['keeper'] },
  ],
  'POST /console/jalur/tambah': [
    {
      name: 'adding a line',
      path: () => '/console/jalur/tambah?jenis=whatsapp-web',
      method: 'POST',
      fields: { name: 'baru', sure: 'ya' },
      may: ['keeper'],
      status: 303,
    },
  ],
  'GET /console/jalur/:id/:change{mulai-ulang|desa|hapus}': [
    {
      name: 'asking once more about a line',
      path: () => '/console/jalur/whatsapp-web%3Auji/hapus',
      may: ['keeper'],
    },
  ],
  'POST /console/jalur/:id/mulai-ulang': [changesLine('mulai-ulang')],
  'POST /console/jalur/:id/desa': [changesLine('desa')],
  'POST /console/jalur/:id/hapus': [changesLine('hapus')],
  'POST /console/insiden/:id/tutup': [
    {
      name: 'closing an incident',
      path: () => `/console/insiden/${about.incident}/tutup`,
      method: 'POST',
      may: ['head', 'villageKeeper', 'keeper', 'stranger'],
      status: 303,
    },
  ],
  'GET /console/alur': [{ name: 'the flows', path: () => '/console/alur', may: READERS }],
  'GET /console/alur/:flow': [
    { name: 'a flow, drawn', path: () => '/console/alur/business-letter', may: READERS },
  ],
  'POST /console/alur/:flow/main': [
    {
      name: 'playing a flow',
      path: () => '/console/alur/business-letter/main',
      method: 'POST',
      may: READERS,
    },
  ],
  'GET /console/alur/:flow/ubah': [
    { name: 'the words of a flow', path: () => '/console/alur/business-letter/ubah', may: PROPOSERS },
  ],
  'POST /console/alur/:flow/ubah': [
    {
      name: 'a proposal that changes nothing',
      path: () => '/console/alur/business-letter/ubah',
      method: 'POST',
      may: PROPOSERS,
      status: 400,
    },
  ],
  'GET /console/alur/kata': [{ name: 'words in a sheet', path: () => '/console/alur/kata', may: PROPOSERS }],
  'GET /console/alur/kata/:file{[a-z]{2,3}\\.(?:xlsx|po)}': [
    { name: 'the sheet itself', path: () => '/console/alur/kata/id.po', may: PROPOSERS },
  ],
  'POST /console/alur/kata': [
    {
      name: 'a sheet without a file',
      path: () => '/console/alur/kata',
      method: 'POST',
      may: PROPOSERS,
      status: 400,
    },
  ],
  'GET /console/alur/terbitan/:id': [
    { name: 'a proposal', path: () => `/console/alur/terbitan/${about.proposal}`, may: READERS },
  ],
  'POST /console/alur/terbitan/:id/setuju': [
    {
      name: 'agreeing to a proposal, for all villages',
      path: () => `/console/alur/terbitan/${about.proposal}/setuju`,
      method: 'POST',
      may: ['keeper'],
      status: 303,
    },
  ],
  'POST /console/alur/terbitan/:id/tolak': [
    {
      name: 'turning a proposal down',
      path: () => `/console/alur/terbitan/${about.proposal}/tolak`,
      method: 'POST',
      may: ['keeper'],
      status: 303,
    },
  ],
  'POST /console/alur/terbitan/kembali': [
    {
      name: 'going back to the flows as shipped',
      path: () => '/console/alur/terbitan/kembali',
      method: 'POST',
      fields: { ke: 'asli' },
      may: ['keeper'],
      status: 303,
    },
  ],
  'GET /console/agenda': [
    {
      name: 'the register of letters',
      path: () => '/console/agenda',
      may: ['operator', 'head', 'services', 'stranger'],
    },
  ],
  'GET /console/agenda/:file{agenda\\.(?:csv|xlsx)}': [
    {
      name: 'the register of letters in a sheet',
      path: () => '/console/agenda/agenda.csv',
      may: ['operator', 'head', 'services', 'stranger'],
    },
  ],
  'GET /console/cetak': [
    {
      name: 'the print pile',
      path: () => '/console/cetak',
      may: ['operator', 'head', 'services', 'stranger'],
    },
  ],
  'POST /console/cetak/terbit': [ofPile('numbering nothing', 'terbit', 400)],
  'POST /console/cetak/berkas': [ofPile('printing nothing', 'berkas', 409)],
  'POST /console/cetak/ditandatangani': [ofPile('nothing was signed', 'ditandatangani', 400)],
  'POST /console/cetak/:code/diambil': [
    {
      name: 'handing a letter out without saying to whom',
      path: () => `/console/cetak/${about.code}/diambil`,
      method: 'POST',
      may: ['operator', 'head', 'services'],
      notFound: ['stranger'],
      status: 400,
    },
  ],
  'POST /console/cetak/:code/pindai': [
    {
      name: 'keeping no scan',
      path: () => `/console/cetak/${about.code}/pindai`,
      method: 'POST',
      may: ['operator', 'head', 'services'],
      notFound: ['stranger'],
      status: 400,
    },
  ],
  'GET /console/kabupaten': [
    {
      name: 'the figures, each of their own villages',
      path: () => '/console/kabupaten',
      may: ['head', 'villageKeeper', 'keeper', 'district', 'regency', 'stranger'],
    },
  ],
  'GET /console/kabupaten/eskalasi': [
    {
      name: 'what was handed up to the kecamatan',
      path: () => '/console/kabupaten/eskalasi',
      may: ['district'],
    },
  ],
  'GET /console/kabupaten/angka/:file{(?:bulan|wilayah|desa|layanan)\\.(?:csv|xlsx)}': [
    {
      name: 'figures in a sheet',
      path: () => '/console/kabupaten/angka/bulan.csv',
      may: ['head', 'villageKeeper', 'keeper', 'district', 'regency', 'stranger'],
    },
  ],
  'GET /console/akun': [
    {
      name: 'the own account',
      path: () => '/console/akun',
      may: EVERYBODY.filter((who) => who !== 'nobody'),
    },
  ],
  'GET /console/pin': [
    { name: 'the own PIN', path: () => '/console/pin', may: EVERYBODY.filter((who) => who !== 'nobody') },
  ],
  'POST /console/pin': [ownForm('/console/pin')],
  'GET /console/tanda-tangan': [
    {
      name: 'letters that wait for the own signature',
      path: () => '/console/tanda-tangan',
      may: EVERYBODY.filter((who) => who !== 'nobody'),
    },
  ],
  'POST /console/tanda-tangan': [ownForm('/console/tanda-tangan')],
  'GET /console/tanda-tangan/:token': [
    {
      name: 'a batch that a chat asked for, of somebody else',
      path: () => '/console/tanda-tangan/AAAAAAAAAAAAAAAAAAAAAA',
      may: EVERYBODY.filter((who) => who !== 'nobody'),
      status: 410,
    },
  ],
  'POST /console/tanda-tangan/:token': [
    {
      name: 'signing a batch of somebody else',
      path: () => '/console/tanda-tangan/AAAAAAAAAAAAAAAAAAAAAA',
      method: 'POST',
      fields: { pin: '482915' },
      may: EVERYBODY.filter((who) => who !== 'nobody'),
      status: 410,
    },
  ],
  'POST /console/akun/kabar': [ownForm('/console/akun/kabar')],
  'POST /console/akun/kata-sandi': [ownForm('/console/akun/kata-sandi')],
  'POST /console/akun/kode': [ownForm('/console/akun/kode')],
  'POST /console/akun/kode/pasang': [ownForm('/console/akun/kode/pasang')],
  'POST /console/akun/kode/lepas': [ownForm('/console/akun/kode/lepas')],
  'POST /console/akun/kode/cadangan': [ownForm('/console/akun/kode/cadangan')],
};

/** A change of a line of Gintangan's own: its officers may not, the installation's keepers may. */
function changesLine(change: string): Case {
  return {
    name: `a line, ${change}`,
    path: () => `/console/jalur/whatsapp-web%3Auji/${change}`,
    method: 'POST',
    fields: change === 'desa' ? { villages: GINTANGAN } : {},
    may: ['keeper'],
    status: 303,
  };
}

/** What is done with several letters at once. */
function ofPile(name: string, change: string, status: number): Case {
  return {
    name,
    path: () => `/console/cetak/${change}`,
    method: 'POST',
    may: ['operator', 'head', 'services', 'stranger'],
    status,
  };
}

/** A page of Gintangan's office, or a change there: for its heads and keepers. */
function ofVillage(
  name: string,
  page: 'desa' | 'jam' | 'layanan',
  fields?: { [name: string]: string },
  status = 200,
  more?: string,
): Case {
  return {
    name,
    path: () => `/console/${page}/${GINTANGAN}${more ? `/${more}` : ''}`,
    ...(fields ? { method: 'POST' as const, fields } : {}),
    may: ['head', 'villageKeeper', 'keeper'],
    notFound: ['stranger'],
    status,
  };
}

/** What a keeper or a head of Gintangan does to one of its officers. */
function changesOfficer(
  name: string,
  change: string,
  status: number,
  fields: { [name: string]: string } = {},
): Case {
  return {
    name,
    path: () => `/console/petugas/${about.officer}/${change}`,
    method: 'POST',
    fields,
    may: ['head', 'villageKeeper', 'keeper'],
    notFound: ['stranger'],
    status,
  };
}

/** One's own account: everybody who is signed in is heard (and told that the form is empty). */
function ownForm(path: string): Case {
  return {
    name: `a form of the own account, ${path}`,
    path: () => path,
    method: 'POST',
    may: EVERYBODY.filter((who) => who !== 'nobody'),
    status: 400,
  };
}

describe('who may', () => {
  for (const one of Object.values(ROUTES).flat()) {
    test(`${one.name}: ${one.may.join(', ') || 'nobody'}`, async () => {
      const answers: { [who: string]: number } = {};
      const wanted: { [who: string]: number } = {};
      for (const who of EVERYBODY) {
        const cookie = cookies[who] ?? '';
        const init = one.method ? form(one.fields, cookie) : withCookie(cookie);
        const ended = new AbortController();
        const response = await web.app.request(one.path(), { ...init, signal: ended.signal });
        await (one.path().endsWith('/live') ? response.body?.cancel() : response.text());
        answers[who] = response.status;
        const refused = one.name === 'adding an officer to Gintangan' && who === 'stranger' ? 400 : 403;
        wanted[who] = one.may.includes(who)
          ? (one.status ?? 200)
          : who === 'nobody'
            ? one.method
              ? 401
              : 303
            : one.ledOn?.includes(who)
              ? 303
              : one.notFound?.includes(who)
                ? 404
                : one.name.startsWith('making a keeper') &&
                    ['head', 'villageKeeper', 'stranger'].includes(who)
                  ? 400
                  : refused;
      }
      expect(answers).toEqual(wanted);
    });
  }

  test('every route of the console is told here', () => {
    const doors = [
      '/console/masuk',
      '/console/masuk/kode',
      '/console/setup/:token',
      '/console/kata-sandi/:token',
      '/console/keluar',
    ];
    const routes = web.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/console') && !doors.includes(path))
      .map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(routes)].sort()).toEqual(Object.keys(ROUTES).sort());
  });
});

describe('what follows', () => {
  test('a stranger confirmed nothing, closed nothing and said nothing', async () => {
    const invite = newId();
    const incident = newId();
    await web.pool.query(
      `INSERT INTO invites (id, officer_id, token_hash, phone, expires_at, accepted_at) VALUES ($1, $2, 'y', '6281234567001', now(), now())`,
      [invite, about.officer],
    );
    await web.pool.query(`INSERT INTO incidents (id, kind, village_id) VALUES ($1, 'no_officer', $2)`, [
      incident,
      GINTANGAN,
    ]);
    const stranger = cookies['stranger'];
    const confirmed = await web.app.request(`/console/undangan/${invite}/terima`, form({}, stranger));
    expect(confirmed.headers.get('location')).toBe('/console/petugas?kabar=invite_not_found');
    const closed = await web.app.request(`/console/insiden/${incident}/tutup`, form({}, stranger));
    expect(closed.headers.get('location')).toBe('/console/jalur?kabar=incident_not_found');
    const answered = await web.app.request(
      `/console/percakapan/${about.conversation}/balas`,
      form({ text: 'Kirim uangnya dulu' }, stranger),
    );
    expect(answered.headers.get('location')).toBe('/console/percakapan?kabar=call_not_found');
    const ended = await web.app.request(
      `/console/percakapan/${about.conversation}/tutup`,
      form({}, stranger),
    );
    expect(ended.headers.get('location')).toBe('/console/percakapan?kabar=call_not_found');
    const { rows } = await web.pool.query(
      `SELECT (SELECT confirmed_at FROM invites WHERE id = $1) AS confirmed, (SELECT closed_at FROM incidents WHERE id = $2) AS closed`,
      [invite, incident],
    );
    expect(rows[0]).toEqual({ confirmed: null, closed: null });
  });

  test("a stranger's list holds nothing of Gintangan", async () => {
    const page = await (await web.app.request('/console/cari', withCookie(cookies['stranger']!))).text();
    expect(page).toContain('Belum ada permohonan');
    for (const code of [about.code, about.confidential, about.referral]) expect(page).not.toContain(code);
  });

  test("an operator's list holds the letters, and no confidential case", async () => {
    const page = await (await web.app.request('/console/cari', withCookie(cookies['operator']!))).text();
    expect(page).toContain(about.code);
    expect(page).not.toContain(about.confidential);
    expect(page).not.toContain(about.referral);
  });

  test('the page of a letter leads to its text those alone who may write it', async () => {
    for (const [who, may] of [
      ['operator', true],
      ['welfare', false],
    ] as const) {
      const page = await web.app.request(`/console/kasus/${about.code}`, withCookie(cookies[who]!));
      expect([who, page.status, (await page.text()).includes(`/console/kasus/${about.code}/surat"`)]).toEqual(
        [who, 200, may],
      );
    }
  });

  test('each look at an identity document, and each opening of sealed answers, is written down', async () => {
    const looks = async () =>
      (
        await web.pool.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM audit_log WHERE action IN ('file.restricted_read', 'case.private_read')`,
        )
      ).rows[0]!.n;
    const before = await looks();
    await web.app.request(`/console/berkas/${about.document}`, withCookie(cookies['head']!));
    const opened = await web.app.request(
      `/console/kasus/${about.sealedCode}/buka`,
      form({}, cookies['head']),
    );
    expect(await opened.text()).toContain('900000');
    expect(await looks()).toBe(before + 2);
    await web.app.request(`/console/berkas/${about.document}`, withCookie(cookies['operator']!));
    expect(await looks()).toBe(before + 2);
  });

  test('a form of another site does nothing for an officer who is signed in', async () => {
    const strange = form({}, cookies['head']);
    strange.headers = { ...strange.headers, Origin: 'https://penipu.example' };
    expect((await web.app.request(`/console/kasus/${about.code}/take`, strange)).status).toBe(403);
  });
});
