import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MediaError } from '../../src/core/errors.js';
import { check } from '../../src/media/check.js';
import { redrawLogo } from '../../src/media/logo.js';
import { GINTANGAN, aWeb, withCookie } from './support.js';
import type { Web } from './support.js';

let web: Web;
let cookie: string;
beforeAll(async () => {
  web = await aWeb();
  await web.officer({ username: 'kades', roles: [{ role: 'kepala_desa', village: GINTANGAN }] });
  cookie = await web.signIn('kades');
});
afterAll(() => web?.drop());

const text = (words: string) => new TextEncoder().encode(words);
const HTML = text('<!doctype html><script>alert(1)</script>');
const SVG = text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
const png = () => sharp({ create: { width: 20, height: 20, channels: 3, background: '#a00' } }).png();
const because = (work: Promise<unknown>) =>
  work.then(
    () => 'taken',
    (cause: unknown) => (cause instanceof MediaError ? cause.because : String(cause)),
  );

describe('a file is what its bytes are, whatever it is called', () => {
  test.each([
    ['a page', HTML],
    ['a drawing that runs scripts', SVG],
    ['a script', text('#!/bin/sh\necho')],
    ['a program', new Uint8Array([0x4d, 0x5a, ...new Uint8Array(100)])],
    ['an archive', new Uint8Array([0x50, 0x4b, 3, 4, ...new Uint8Array(60)])],
    ['nothing', new Uint8Array()],
  ])('%s is taken neither as a photo, a document, nor a logo', async (_, bytes) => {
    for (const kind of ['photo', 'document', 'voice'] as const)
      expect(await because(check(kind, bytes)), kind).not.toBe('taken');
    expect(await because(redrawLogo(bytes))).not.toBe('taken');
  });

  test('a picture is drawn anew, and what hid behind it or in it is gone', async () => {
    const hidden = Buffer.concat([
      await png()
        .withExif({ IFD0: { Copyright: 'alamat rumah' } })
        .toBuffer(),
      HTML,
    ]);
    const { bytes, mime } = await check('document', hidden);
    expect(mime).toBe('image/jpeg');
    const logo = await redrawLogo(hidden);
    for (const drawn of [Buffer.from(bytes), Buffer.from(logo)]) {
      expect(drawn.includes('alert(1)')).toBe(false);
      expect(drawn.includes('alamat rumah')).toBe(false);
    }
  });

  test('one that is too large is refused before it is looked into', async () => {
    expect(await because(check('document', new Uint8Array(21 * 1024 * 1024)))).toBe('too_large');
    const wide = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    expect(await because(check('photo', wide))).toBe('too_large');
  });
});

describe('what is kept is sent as a download, unless a browser may show it in its place', () => {
  test.each([
    ['text/html', HTML, 'attachment'],
    ['image/svg+xml', SVG, 'attachment'],
    ['application/pdf', text('%PDF-1.7'), 'attachment'],
    ['application/xhtml+xml', HTML, 'attachment'],
    ['image/jpeg', new Uint8Array([0xff, 0xd8, 0xff]), 'inline'],
    ['audio/ogg', text('OggS'), 'inline'],
  ])('%s', async (mime, bytes, how) => {
    const { id } = await web.case();
    const file = await web.file({ caseId: id, kind: 'document', mime, bytes });
    const { status, headers } = await web.app.request(`/console/berkas/${file}`, withCookie(cookie));
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toBe(how);
    expect(headers.get('content-type')).toBe(how === 'inline' ? mime : 'application/octet-stream');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
