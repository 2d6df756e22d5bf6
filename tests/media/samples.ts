import { deflateSync } from 'node:zlib';
import { PDFDocument, PDFName, PDFString } from '@cantoo/pdf-lib';
import sharp from 'sharp';

/** A photo as a phone makes it: larger than is kept, lying on its side, telling where it was taken. */
export async function phonePhoto(options: { width?: number; height?: number } = {}): Promise<Buffer> {
  const { width = 2400, height = 1800 } = options;
  return sharp({ create: { width, height, channels: 3, background: '#3a7d44' } })
    .withMetadata({ orientation: 6 })
    .withExif({
      IFD0: { Copyright: 'rahasia-kamera' },
      IFD3: { GPSLatitudeRef: 'S', GPSLatitude: '8/1 13/1 9/1' },
    })
    .jpeg()
    .toBuffer();
}

/** A letter as a scanner's program makes it: with so many pages, locked by these passwords. */
export async function aPdf(
  options: {
    pages?: number;
    password?: string;
    owner?: string;
    prepare?: (pdf: PDFDocument) => unknown;
  } = {},
): Promise<Buffer> {
  const pdf = await PDFDocument.create();
  for (let n = 0; n < (options.pages ?? 1); n++) pdf.addPage().drawText(`halaman ${n + 1}`);
  await options.prepare?.(pdf);
  const { password: userPassword, owner: ownerPassword } = options;
  if (ownerPassword !== undefined) pdf.encrypt({ userPassword, ownerPassword });
  return Buffer.from(await pdf.save());
}

/** A PDF that starts a program of its reader's machine when it is opened. */
export const launchingPdf = () =>
  aPdf({
    prepare: (pdf) =>
      pdf.catalog.set(PDFName.of('OpenAction'), pdf.context.obj({ S: 'Launch', F: PDFString.of('cmd.exe') })),
  });

/** A PDF that carries a file. */
export const carryingPdf = () =>
  aPdf({
    prepare: (pdf) => pdf.attach(new Uint8Array(ELF), 'surat.pdf.exe', { mimeType: 'application/pdf' }),
  });

/** A PDF of some hundred kilobytes, whose inner structure unpacks to `bytes`. */
export function pdfBomb(bytes: number): Buffer {
  const packed = deflateSync(Buffer.alloc(bytes, ' '), { level: 9 });
  return Buffer.concat([
    Buffer.from(
      `%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n` +
        `3 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length ${packed.length}>>stream\n`,
    ),
    packed,
    Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
  ]);
}

/** A PDF whose page tree is its own branch. */
export const ENDLESS_PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
);

/** An archive with one entry, as an APK, a JAR or a DOCX is one; readers find it behind whatever stands in front. */
export function anArchive(name: string, content = 'isi'): Buffer {
  const body = Buffer.from(content);
  const about = Buffer.alloc(26);
  about.writeUInt16LE(20, 0);
  about.writeUInt32LE(body.length, 14);
  about.writeUInt32LE(body.length, 18);
  about.writeUInt16LE(name.length, 22);
  const entry = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), about, Buffer.from(name), body]);
  const directory = Buffer.concat([
    Buffer.from([0x50, 0x4b, 1, 2, 20, 0]),
    about,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.set([0x50, 0x4b, 5, 6]);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(entry.length, 16);
  return Buffer.concat([entry, directory, end]);
}

/** A moving picture of so many frames. */
export async function moving(format: 'gif' | 'webp', frames: number): Promise<Buffer> {
  const each = await Promise.all(
    Array.from({ length: frames }, (_, n) =>
      sharp({ create: { width: 32, height: 32, channels: 3, background: n % 2 ? 'red' : 'blue' } })
        .png()
        .toBuffer(),
    ),
  );
  return sharp(each, { join: { animated: true } })
    .toFormat(format)
    .toBuffer();
}

export const EXECUTABLE = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(300)]);
export const ELF = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]), Buffer.alloc(300)]);
/** What a ZIP, an APK and a DOCX begin with. */
export const ZIP = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, 20, 0]), Buffer.alloc(300)]);
export const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
export const HTML = Buffer.from('<!doctype html><script>alert(1)</script>');
export const OGG = Buffer.concat([
  Buffer.from('OggS\0'),
  Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 19]),
  Buffer.from('OpusHead'),
  Buffer.alloc(64),
]);
export const MP3 = Buffer.concat([
  Buffer.from('ID3\u0004\0\0\0\0\0\0'),
  Buffer.from([0xff, 0xfb, 0x90, 0x64]),
  Buffer.alloc(413),
]);
export const M4A = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from('ftypM4A \0\0\0\0M4A mp42'),
  Buffer.alloc(64),
]);
export const SCRIPT = Buffer.from('#!/bin/sh\nrm -rf /\n');
