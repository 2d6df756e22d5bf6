import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { fillBody, knownFields } from '../core/letterTemplate.js';
import type { LetterTemplate } from '../core/letterTemplate.js';
import { proveLetter } from '../core/letterProof.js';
import { readFlows } from '../flow/load.js';
import { createRenderer } from '../letters/renderer.js';
import { createSealer } from '../store/sealer.js';
import { median, type Bench } from './report.js';

const LETTERS = 60;
const TARGET_MS = 200;

/**
 * A letter from its words to the sealed file and its proof, as the worker makes them one after the other; and how much of that is
 * Typst. The process that sets them is warm: the first of a day takes about a second more.
 */
export const lettersBench: Bench = {
  names: ['letter.ms', 'letter.typst_share'],
  async run() {
    const folder = fileURLToPath(new URL('../../flows', import.meta.url));
    const { flows } = await readFlows(folder);
    const templates = Object.values(flows!.services).flatMap(
      (service) => (service as { letter?: LetterTemplate }).letter ?? [],
    );
    const { generateKeyPairSync } = await import('node:crypto');
    const { privateKey } = generateKeyPairSync('ed25519');
    const sealer = createSealer([randomBytes(32)]);
    const renderer = createRenderer(`${folder}/letters`);
    const times: number[] = [];
    const shares: number[] = [];
    try {
      for (let n = 0; n < LETTERS + 5; n++) {
        const template = templates[n % templates.length]!;
        const begun = performance.now();
        const { pdf, typstMs } = await renderer.render(settingOf(template, n));
        sealer.sealBytes('attachment', String(n), pdf);
        proveLetter(claimOf(template, pdf.length), privateKey);
        const ms = performance.now() - begun;
        // The first ones start the process.
        if (n < 5) continue;
        times.push(ms);
        shares.push(typstMs / ms);
      }
    } finally {
      await renderer.stop();
    }
    const row = (name: string, value: number, unit: string) => ({
      name,
      value,
      unit,
      against: null,
      ratio: null,
      target: null,
      met: null,
    });
    const ms = median(times);
    return [
      { ...row('letter.ms', ms, 'ms'), target: `≤ ${TARGET_MS}`, met: ms <= TARGET_MS },
      row('letter.typst_share', median(shares), 'of the time'),
    ];
  },
};

function settingOf(template: LetterTemplate, n: number) {
  const samples = Object.fromEntries(
    Object.entries(knownFields(template)).map(([field, { sample }]) => [field, sample]),
  );
  const number = `500.2.2.4/${String(n).padStart(3, '0')}/429.517.06/2026`;
  return {
    print: {
      heading: ['PEMERINTAH KABUPATEN BANYUWANGI', 'KECAMATAN GLAGAH', 'DESA KEMIREN'],
      contact: ['Jalan Raya Desa 1'],
      title: template.title,
      number,
      blocks: fillBody(template.body, { ...samples, nama: `WARGA KE ${n}`, nomor: number }).blocks,
      place: 'Kemiren',
      date: '24 November 2026',
      signer: { lines: ['Kepala Desa Kemiren'], name: 'MOHAMAD ARIFIN', number: null },
      way: 'electronic' as const,
    },
    verifyUrl: `https://desa.example.id/verifikasi/${randomBytes(20).toString('base64url')}`,
    logo: null,
    isDraft: false,
    at: new Date('2026-11-24T02:00:00Z'),
  };
}

function claimOf({ title }: LetterTemplate, bytes: number) {
  return {
    letter: '0190a0a0-0000-7000-8000-000000000000',
    issuer: { village: 'Desa Kemiren', code: '35.10.15.2004', district: 'Glagah', regency: 'Banyuwangi' },
    number: '500.2.2.4/001/429.517.06/2026',
    type: title,
    issued_on: '2026-11-24',
    signer: { name: 'MOHAMAD ARIFIN', title: 'Kepala Desa Kemiren' },
    initials: 'S.A.',
    sha256: '0'.repeat(64),
    bytes,
  };
}
