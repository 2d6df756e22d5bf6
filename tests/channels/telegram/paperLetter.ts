import type { OfficerIdentity } from '../../../src/core/asker.js';
import { saveLetterDraft } from '../../../src/store/letters/read.js';
import type { Person } from '../../standins/botApi.js';
import type { Gateway } from './gateway.js';

/** What an officer types at the console beside the case, so that its letter lacks nothing. */
export const TYPED = {
  nik: '3510014507850001',
  nama: 'SITI AMINAH',
  tempat_lahir: 'Banyuwangi',
  tanggal_lahir: '5 Juli 1985',
  jenis_kelamin: 'Perempuan',
  agama: 'Islam',
  status_kawin: 'Kawin',
  pekerjaan: 'Pedagang',
  alamat: 'Dusun Krajan RT 002 RW 001',
};

/** Whose hands a letter on paper goes through. */
export interface Desks {
  /** Has it, and may check it. */
  checks: Person;
  /** The secretary. */
  initials: Person;
  /** The head of the village. */
  signs: Person;
}

/**
 * A letter of a village that signs on paper, from "Lengkap" to the day it is fetched, as officers do it in their chats; at the
 * console it is filled in, numbered and printed. The last to speak is whoever handed it out.
 */
export async function goesThePaperWay(
  gateway: Gateway,
  { checks, initials, signs }: Desks,
  code: string,
): Promise<void> {
  await checks.taps('Lengkap');
  await checks.waitsFor(`Diperiksa: lengkap.\n${code}`);
  await initials.waitsFor(`Menunggu paraf Bapak/Ibu: ${code}`);
  await initials.taps('Paraf');
  await initials.waitsFor(`Diparaf.\n${code}`);
  await signs.waitsFor(`Menunggu tanda tangan Bapak/Ibu: ${code}`);
  await isPrinted(gateway, signs.name, code);
  await signs.writes('sudah ditandatangani');
  await signs.waitsFor(new RegExp(`1 surat sudah dicetak .*: ${code}`, 'u'));
  await signs.taps('Semua sudah');
  await signs.waitsFor(`1 surat siap diambil: ${code}`);
  await checks.writes(`lihat ${code}`);
  await checks.waitsFor(new RegExp(`^${code} .*\\nKeadaan: siap diambil`, 'u'));
  await checks.taps('Sudah diserahkan');
  await checks.waitsFor(`Selesai. Warga sudah diberi tahu.\n${code}`);
}

/** What an officer does at the console's page of the print pile. */
async function isPrinted({ pool, runtime }: Gateway, name: string, code: string): Promise<void> {
  const { rows } = await pool.query<OfficerIdentity & { caseId: string }>(
    `SELECT o.id, o.name, json_agg(json_build_object('role', r.role, 'village', r.village_id)) AS roles, c.id AS "caseId"
     FROM officers o JOIN officer_roles r ON r.officer_id = o.id, cases c WHERE o.name = $1 AND c.code = $2 GROUP BY o.id, c.id`,
    [name, code],
  );
  const { caseId, ...officer } = rows[0]!;
  // Filled in once, at the console's settings of the village: without it there are no numbers.
  await pool.query(
    `UPDATE villages SET office_code = '429.517.06' WHERE id = (SELECT village_id FROM cases WHERE id = $1)`,
    [caseId],
  );
  await saveLetterDraft(
    pool,
    { caseId, fields: TYPED, officerId: officer.id },
    { sealer: runtime.sealer, now: new Date() },
  );
  const [printed] = await runtime.perform(officer, [{ kind: 'issue_letters', codes: [code] }]);
  if (printed.count !== 1) throw new Error(`${code} was not issued: ${JSON.stringify(printed.left)}`);
}
