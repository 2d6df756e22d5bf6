import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { RefusedBecause } from '../../src/core/errors.js';
import type { FileKind } from '../../src/core/file.js';
import { check } from '../../src/media/check.js';
import {
  anArchive,
  aPdf,
  carryingPdf,
  ELF,
  ENDLESS_PDF,
  EXECUTABLE,
  HTML,
  launchingPdf,
  M4A,
  moving,
  MP3,
  OGG,
  pdfBomb,
  phonePhoto,
  SCRIPT,
  SVG,
} from './samples.js';

test('a photo is drawn anew: upright, at most 1600 px, without where it was taken', async () => {
  const sent = await phonePhoto();
  expect((await sharp(sent).metadata()).exif).toBeDefined();
  const kept = await check('photo', sent);
  const found = await sharp(kept.bytes).metadata();
  expect(kept).toMatchObject({ mime: 'image/jpeg', extension: 'jpg', width: 1200, height: 1600 });
  expect(found).toMatchObject({ format: 'jpeg', width: 1200, height: 1600 });
  expect([found.exif, found.xmp, found.iptc, found.orientation, found.comments]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(Buffer.from(kept.bytes).includes('rahasia-kamera')).toBe(false);
});

test('a small photo is not blown up', async () => {
  const sent = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  expect(await check('photo', sent)).toMatchObject({ mime: 'image/jpeg', width: 40, height: 30 });
});

test('what hides behind a picture is not kept', async () => {
  const sent = Buffer.concat([
    await phonePhoto({ width: 64, height: 64 }),
    anArchive('a.sh', 'payload-behind'),
  ]);
  expect(Buffer.from((await check('photo', sent)).bytes).includes('payload-behind')).toBe(false);
});

test('a transparent picture stands on white', async () => {
  const sent = await sharp({
    create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  const { data } = await sharp((await check('photo', sent)).bytes)
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(data[0]).toBeGreaterThan(250);
});

test.each(['webp', 'gif', 'png', 'jpeg'] as const)('%s is taken, and kept as JPEG', async (format) => {
  const sent = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .toFormat(format)
    .toBuffer();
  expect((await check('photo', sent)).mime).toBe('image/jpeg');
});

test.each(['gif', 'webp'] as const)('of a %s that moves, the first frame is kept', async (format) => {
  const sent = await moving(format, 300);
  expect((await sharp(sent).metadata()).pages).toBe(300);
  const kept = await check('photo', sent);
  expect(kept).toMatchObject({ mime: 'image/jpeg', width: 32, height: 32 });
  expect((await sharp(kept.bytes).metadata()).pages).toBeUndefined();
});

test('a PDF is a document as it is, and a picture may be one too', async () => {
  const bytes = await aPdf({ pages: 50 });
  expect(await check('document', bytes)).toMatchObject({ mime: 'application/pdf', extension: 'pdf', bytes });
  expect((await check('document', await phonePhoto({ width: 64, height: 64 }))).mime).toBe('image/jpeg');
});

test('a PDF that is locked against changes alone is taken: it opens without a password', async () => {
  const bytes = await aPdf({ password: '', owner: 'kantor' });
  expect(bytes.includes('/Encrypt')).toBe(true);
  expect(await check('document', bytes)).toMatchObject({ mime: 'application/pdf' });
});

test.each([
  ['ogg', 'audio/ogg', OGG],
  ['mp3', 'audio/mpeg', MP3],
  ['m4a', 'audio/mp4', M4A],
])('a voice note (%s) is kept as it is', async (extension, mime, bytes) => {
  const kept = await check('voice', bytes);
  expect(kept).toMatchObject({ extension, bytes });
  expect([mime, 'audio/x-m4a']).toContain(kept.mime);
});

describe('refused', () => {
  test.each<[string, FileKind, RefusedBecause, () => Buffer | Promise<Buffer>]>([
    ['a program of Windows', 'document', 'unsafe', () => EXECUTABLE],
    ['a program of Linux', 'document', 'unsafe', () => ELF],
    ['a script', 'document', 'unsafe', () => SCRIPT],
    ['an APK', 'document', 'unsafe', () => anArchive('classes.dex')],
    ['a JAR', 'document', 'unsafe', () => anArchive('META-INF/MANIFEST.MF')],
    ['a letter of Word', 'document', 'kind', () => anArchive('word/document.xml')],
    ['a table of Excel', 'document', 'kind', () => anArchive('xl/workbook.xml')],
    [
      'a letter of LibreOffice',
      'document',
      'kind',
      () => anArchive('mimetype', 'application/vnd.oasis.opendocument.text'),
    ],
    ['an archive', 'document', 'kind', () => anArchive('foto.jpg')],
    ['an archive that is a photo by its name', 'photo', 'kind', () => anArchive('foto.jpg')],
    ['a picture that carries scripts', 'photo', 'kind', () => SVG],
    ['a web page', 'document', 'kind', () => HTML],
    ['an empty file', 'photo', 'broken', () => Buffer.alloc(0)],
    ['plain words', 'photo', 'kind', () => Buffer.from('halo, ini bukan foto')],
    ['a PDF where a photo was asked for', 'photo', 'kind', () => aPdf()],
    ['a voice note where a document was asked for', 'document', 'kind', () => OGG],
    ['a photo where a voice was expected', 'voice', 'kind', () => phonePhoto({ width: 8, height: 8 })],
    [
      'what only begins like a photo',
      'photo',
      'broken',
      () => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(100)]),
    ],
    [
      'a photo that breaks off in the middle',
      'photo',
      'broken',
      async () => (await phonePhoto()).subarray(0, 10_000),
    ],
    [
      'a PDF over 10 MB',
      'document',
      'too_large',
      async () => Buffer.concat([await aPdf(), Buffer.alloc(10 * 1024 * 1024)]),
    ],
    [
      'a voice note over 5 MB',
      'voice',
      'too_large',
      () => Buffer.concat([OGG, Buffer.alloc(5 * 1024 * 1024)]),
    ],
    ['anything over 20 MB', 'photo', 'too_large', () => Buffer.alloc(20 * 1024 * 1024 + 1)],
    ['a PDF of 51 pages', 'document', 'too_many_pages', () => aPdf({ pages: 51 })],
    ['a PDF with a password', 'document', 'locked', () => aPdf({ password: 'rahasia', owner: 'kantor' })],
    ['a PDF without pages', 'document', 'broken', () => Buffer.from('%PDF-1.4\n%%EOF\n')],
    ['a PDF that breaks off', 'document', 'broken', async () => (await aPdf()).subarray(0, 200)],
    ['a PDF without an end', 'document', 'broken', () => ENDLESS_PDF],
    ['a PDF that starts a program', 'document', 'unsafe', launchingPdf],
    ['a PDF that carries a program', 'document', 'unsafe', carryingPdf],
    [
      'a PDF that is an APK as well',
      'document',
      'unsafe',
      async () => Buffer.concat([await aPdf(), anArchive('classes.dex')]),
    ],
    [
      'a voice note that is an archive as well',
      'voice',
      'unsafe',
      () => Buffer.concat([OGG, anArchive('a.sh')]),
    ],
  ])('%s', async (_, kind, because, bytes) => {
    await expect(check(kind, await bytes())).rejects.toMatchObject({
      name: 'MediaError',
      failure: 'refused',
      because,
    });
  });

  test('a small PDF that would unpack to gigabytes', async () => {
    const bomb = pdfBomb(200 * 1024 * 1024);
    expect(bomb.length).toBeLessThan(1024 * 1024);
    await expect(check('document', bomb)).rejects.toMatchObject({
      because: 'unsafe',
      message: expect.stringContaining('unpacks'),
    });
  });

  test('a small file that would unpack to a hundred million pixels', async () => {
    const bomb = await sharp({
      create: { width: 10_000, height: 10_000, channels: 3, background: 'red' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(bomb.length).toBeLessThan(1024 * 1024);
    await expect(check('photo', bomb)).rejects.toMatchObject({ because: 'too_large' });
  });
});
