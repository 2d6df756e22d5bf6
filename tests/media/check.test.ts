import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/media/check.js';
import { ELF, EXECUTABLE, HTML, OGG, PDF, phonePhoto, SVG, ZIP } from './samples.js';

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
    ZIP,
    Buffer.from('payload-behind'),
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

test('a PDF is a document as it is, and a picture may be one too', async () => {
  expect(await check('document', PDF)).toMatchObject({
    mime: 'application/pdf',
    extension: 'pdf',
    bytes: PDF,
  });
  expect((await check('document', await phonePhoto({ width: 64, height: 64 }))).mime).toBe('image/jpeg');
});

test('a voice note is kept as it is', async () => {
  expect(await check('voice', OGG)).toMatchObject({ mime: 'audio/ogg', extension: 'ogg' });
});

describe('refused', () => {
  test.each<[string, 'photo' | 'document' | 'voice', Buffer]>([
    ['a program of Windows', 'document', EXECUTABLE],
    ['a program of Linux', 'document', ELF],
    ['a ZIP, which an APK and a DOCX are as well', 'document', ZIP],
    ['a picture that carries scripts', 'photo', SVG],
    ['a web page', 'document', HTML],
    ['an empty file', 'photo', Buffer.alloc(0)],
    ['random bytes', 'photo', Buffer.from('halo, ini bukan foto')],
    ['a PDF where a photo was asked for', 'photo', PDF],
    ['a photo where a voice was expected', 'voice', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    [
      'what only begins like a photo',
      'photo',
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(100)]),
    ],
    ['a PDF over 10 MB', 'document', Buffer.concat([PDF, Buffer.alloc(10 * 1024 * 1024)])],
    ['anything over 20 MB', 'photo', Buffer.alloc(20 * 1024 * 1024 + 1)],
  ])('%s', async (_, kind, bytes) => {
    await expect(check(kind, bytes)).rejects.toMatchObject({ name: 'MediaError', failure: 'refused' });
  });

  test('a small file that would unpack to a hundred million pixels', async () => {
    const bomb = await sharp({
      create: { width: 10_000, height: 10_000, channels: 3, background: 'red' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(bomb.length).toBeLessThan(1024 * 1024);
    await expect(check('photo', bomb)).rejects.toMatchObject({ failure: 'refused' });
  });

  test('a photo that breaks off in the middle', async () => {
    const whole = await phonePhoto();
    await expect(check('photo', whole.subarray(0, whole.length / 2))).rejects.toMatchObject({
      failure: 'refused',
    });
  });
});
