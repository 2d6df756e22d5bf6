import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import forge from 'node-forge';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openP12 } from '../../src/letters/p12.js';
import { createRenderer } from '../../src/letters/renderer.js';
import { mergePdfs } from '../../src/letters/merge.js';
import { PDFDocument } from '@cantoo/pdf-lib';

let folder: string;
let path: string;
let pdf: Uint8Array;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kentongan-p12-'));
  path = join(folder, 'desa.p12');
  await writeFile(path, aCertificate('rahasia'));
  const renderer = createRenderer('flows/letters');
  const print = {
    heading: ['PEMERINTAH KABUPATEN BANYUWANGI', 'DESA UJI'],
    contact: [],
    title: 'Surat Uji',
    number: '1',
    blocks: [{ kind: 'paragraph' as const, text: 'Isi.' }],
    place: 'Uji',
    date: '24 November 2026',
    signer: { lines: ['Kepala Desa Uji'], name: 'PAK ARIFIN', number: null },
    way: 'electronic' as const,
  };
  const at = new Date('2026-11-24T02:00:00Z');
  ({ pdf } = await renderer.render({ print, verifyUrl: null, logo: null, isDraft: false, at }));
  await renderer.stop();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const of = { signer: 'Pak Arifin', place: 'Uji', at: new Date('2026-11-24T02:00:00Z') };

test('a certificate signs the whole file: what is covered verifies, and what is changed does not', async () => {
  const sign = await openP12({ path, passphrase: 'rahasia' });
  const signed = Buffer.from(await sign(pdf, of));
  expect((await PDFDocument.load(signed, { updateMetadata: false })).getPageCount()).toBe(1);
  expect(verifies(signed)).toBe(true);
  const changed = Buffer.from(signed);
  changed[changed.indexOf('/Producer') > 0 ? changed.indexOf('/Producer') + 12 : 200]! ^= 1;
  expect(verifies(changed)).toBe(false);
});

test('a wrong passphrase and a missing file are told at the start', async () => {
  await expect(openP12({ path, passphrase: 'salah' })).rejects.toThrow(/LETTER_P12: .* does not open/u);
  await expect(openP12({ path: join(folder, 'none.p12'), passphrase: '' })).rejects.toThrow(
    /cannot be read/u,
  );
});

test('several letters become one file, in their order', async () => {
  const sign = await openP12({ path, passphrase: 'rahasia' });
  const merged = await mergePdfs([pdf, await sign(pdf, of), pdf]);
  expect((await PDFDocument.load(merged)).getPageCount()).toBe(3);
});

/** Whether the CMS in the file covers all of it but its own place, and fits what it covers. */
function verifies(file: Buffer): boolean {
  const text = file.toString('latin1');
  const [, a, b, c, d] = /\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]/u.exec(text)!.map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (a !== 0 || c + d !== file.length) return false;
  const covered = Buffer.concat([file.subarray(a, a + b), file.subarray(c, c + d)]);
  const hex = text.slice(a + b + 1, c - 1);
  const der = forge.util.hexToBytes(hex);
  const asn1 = forge.asn1.fromDer(der, { parseAllBytes: false } as never);
  const message = forge.pkcs7.messageFromAsn1(asn1) as unknown as {
    rawCapture: { authenticatedAttributes: forge.asn1.Asn1[]; signature: string };
    certificates: forge.pki.Certificate[];
  };
  const { authenticatedAttributes: attributes, signature } = message.rawCapture;
  const digest = forge.md.sha256.create().update(covered.toString('latin1')).digest().getBytes();
  const isNamed = attributes.some((one) => forge.asn1.toDer(one).getBytes().includes(digest));
  const set = forge.asn1.create(forge.asn1.Class.UNIVERSAL, forge.asn1.Type.SET, true, attributes);
  const signed = forge.md.sha256.create().update(forge.asn1.toDer(set).getBytes());
  const key = message.certificates[0]!.publicKey as forge.pki.rsa.PublicKey;
  return isNamed && key.verify(signed.digest().getBytes(), signature);
}

function aCertificate(passphrase: string): Buffer {
  const keys = forge.pki.rsa.generateKeyPair({ bits: 2048, e: 0x10001 });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date('2026-01-01T00:00:00Z');
  certificate.validity.notAfter = new Date('2030-01-01T00:00:00Z');
  const name = [{ name: 'commonName', value: 'Desa Uji' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  const p12 = forge.pkcs12.toPkcs12Asn1(keys.privateKey, [certificate], passphrase, { algorithm: '3des' });
  return Buffer.from(forge.asn1.toDer(p12).getBytes(), 'binary');
}
