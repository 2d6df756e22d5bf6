import type { Renderer } from '../../src/letters/renderer.js';
import { issueLetters } from '../../src/effects/issueLetters.js';
import { makeLetters } from '../../src/letters/make.js';
import { inTransaction } from '../../src/store/sql.js';
import type { Web } from './support.js';

export const LETTER_NIK = '3510014507850001';
const ANSWERS = {
  business_name: 'Warung Bu Siti',
  business_kind: 'trade',
  business_address: 'Krajan RT 02 RW 01',
  purpose: 'kur',
};
/** What an officer types where the village keeps no register. */
export const TYPED = {
  tempat_lahir: 'Banyuwangi',
  tanggal_lahir: '5 Juli 1985',
  jenis_kelamin: 'Perempuan',
  agama: 'Islam',
  status_kawin: 'Kawin',
  pekerjaan: 'Pedagang',
  alamat: 'Dusun Krajan RT 002 RW 001',
};

/** A request for a Surat Keterangan Usaha that waits for its signature, of somebody who filled in the form. */
export async function aLetterCase(web: Web) {
  const made = await web.case({ status: 'signing', answers: ANSWERS });
  await web.pool.query(`UPDATE cases SET step = 'sign' WHERE id = $1`, [made.id]);
  await web.form({
    caseId: made.id,
    values: { nik: LETTER_NIK, family_card: '3510011208100002', name: 'SITI AMINAH' },
  });
  return made;
}

/** An issued letter with its file, and the path of its page. */
export async function aLetter(web: Web, renderer: Renderer, head: { id: string; name: string }) {
  const made = await aLetterCase(web);
  const { sealer } = web.deps;
  await web.pool.query('INSERT INTO letter_drafts (case_id, private, updated_at) VALUES ($1, $2, now())', [
    made.id,
    sealer.seal('letter', made.id, { fields: TYPED }),
  ]);
  const nudges = { converse: false, notify: false, send: new Set<string>() };
  const context = { ...web.deps, now: web.clock.now, nudges };
  const signer = { id: head.id, name: head.name, role: 'kepala_desa' };
  const { issued } = await inTransaction(web.pool, (sql) =>
    issueLetters(sql, [{ caseId: made.id, signer, onBehalfOf: null }], context),
  );
  const { letterId: id, number } = issued[0]!;
  const storage = {
    write: async (_: string, sealed: Uint8Array) =>
      void web.files.set(id, { bytes: sealer.openBytes('attachment', id, sealed), mime: 'application/pdf' }),
  };
  const { pool, deps } = web;
  await makeLetters({
    pool,
    sealer,
    storage,
    renderer,
    now: deps.now,
    log: deps.log,
    publicUrl: 'https://desa.example.id',
    signPdf: null,
    keepNumbers: async () => 0,
    converse: () => {},
  });
  const { rows } = await pool.query<{ private: string }>('SELECT private FROM letters WHERE id = $1', [id]);
  const { token } = sealer.open('letter', id, rows[0]!.private) as { token: string };
  return { ...made, id, number, token, path: `/verifikasi/${token}` };
}
