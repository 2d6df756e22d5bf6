import { generateKeyPairSync } from 'node:crypto';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { verifyLetterCommand } from '../../src/commands/verifyLetter.js';
import { proveLetter } from '../../src/core/letterProof.js';

let folder: string;
let printed: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kentongan-verify-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function verify(...args: string[]): Promise<{ code: unknown; text: string }> {
  printed = '';
  process.exitCode = undefined;
  const program = new Command();
  verifyLetterCommand(program);
  await program.parseAsync(['node', 'kentongan', 'verify-letter', ...args]);
  return { code: process.exitCode ?? 0, text: printed };
}

test('a file and its proof are checked without a database; a changed file, a changed proof and a strange key are told', async () => {
  const pdf = Buffer.from('%PDF-1.7 a letter');
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const proof = proveLetter(
    {
      letter: '0190a0a0-0000-7000-8000-000000000000',
      issuer: {
        village: 'Desa Gintangan',
        code: '35.10.25.2004',
        district: 'Blimbingsari',
        regency: 'Banyuwangi',
      },
      number: '500.2.2.4/001/429.517.06/2026',
      type: 'Surat Keterangan Usaha',
      issued_on: '2026-11-24',
      signer: { name: 'Pak Arifin', title: 'Kepala Desa Gintangan' },
      initials: 'S.A.',
      sha256: createHash('sha256').update(pdf).digest('hex'),
      bytes: pdf.length,
    },
    privateKey,
  );
  const at = (name: string) => join(folder, name);
  await writeFile(at('surat.pdf'), pdf);
  await writeFile(at('bukti.json'), JSON.stringify(proof));
  await writeFile(at('kunci.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await writeFile(at('kunci.json'), JSON.stringify({ keys: [{ id: 'x', public_key: other }] }));
  await writeFile(at('diubah.pdf'), '%PDF-1.7 a Letter');
  await writeFile(at('palsu.json'), JSON.stringify(proof).replace('S.A.', 'B.C.'));

  const plain = await verify(at('surat.pdf'), at('bukti.json'));
  expect(plain).toMatchObject({ code: 0, text: expect.stringContaining('very file that was issued') });
  expect(plain.text).toContain('compare it with those that the village publishes');
  expect((await verify(at('surat.pdf'), at('bukti.json'), '--keys', at('kunci.pem'))).text).toContain(
    'among those given',
  );
  expect(await verify(at('surat.pdf'), at('bukti.json'), '--keys', at('kunci.json'))).toMatchObject({
    code: 1,
  });
  expect(await verify(at('diubah.pdf'), at('bukti.json'))).toMatchObject({
    code: 1,
    text: expect.stringContaining('DIFFERS'),
  });
  expect(await verify(at('surat.pdf'), at('palsu.json'))).toMatchObject({
    code: 1,
    text: expect.stringContaining('not signed by a key of the village'),
  });
  expect(await verify(at('none.pdf'), at('bukti.json'))).toMatchObject({ code: 2 });
});
