import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';

const require = createRequire(import.meta.url);
const BUILD = require.resolve('pdfjs-dist/package.json').replace('package.json', 'build/');

/** Pages of a PDF as a reader draws them: PNG, and the words on each. */
export interface PdfPage {
  png: Buffer;
  text: string;
}

export interface PdfReader {
  pages(pdf: Uint8Array): Promise<PdfPage[]>;
  close(): Promise<void>;
}

/** A PDF reader (pdf.js) in a Chromium of the test's own. */
export async function pdfReader(browser: Browser): Promise<PdfReader> {
  let pdf: Uint8Array = new Uint8Array();
  const server = createServer((request, response) => {
    void (async () => {
      if (request.url === '/') {
        response.setHeader('content-type', 'text/html');
        response.end('<!doctype html><title>PDF</title><canvas></canvas>');
      } else if (request.url?.startsWith('/pdf')) response.end(Buffer.from(pdf));
      else if (request.url?.startsWith('/build/')) {
        response.setHeader('content-type', 'text/javascript');
        response.end(await readFile(BUILD + request.url.slice('/build/'.length)));
      } else response.writeHead(404).end();
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    async pages(bytes) {
      pdf = bytes;
      const drawn = (await page.evaluate(DRAW)) as { png: string; text: string }[];
      return drawn.map(({ png, text }) => ({
        png: Buffer.from(png.slice(png.indexOf(',') + 1), 'base64'),
        text,
      }));
    },
    async close() {
      await page.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Run in the page, as it stands: the compiler of the tests must not touch it. */
const DRAW = `(async () => {
  const pdfjs = await import('/build/pdf.mjs');
  pdfjs.GlobalWorkerOptions.workerSrc = '/build/pdf.worker.mjs';
  const bytes = new Uint8Array(await (await fetch('/pdf?' + Math.random())).arrayBuffer());
  const task = pdfjs.getDocument({ data: bytes });
  const opened = await task.promise;
  const pages = [];
  for (let n = 1; n <= opened.numPages; n++) {
    const one = await opened.getPage(n);
    const viewport = one.getViewport({ scale: 1.4 });
    const canvas = document.querySelector('canvas');
    canvas.width = viewport.width;
    canvas.height = viewport.height;
    await one.render({ canvas, canvasContext: canvas.getContext('2d'), viewport }).promise;
    const { items } = await one.getTextContent();
    pages.push({ png: canvas.toDataURL('image/png'), text: items.map((item) => item.str + (item.hasEOL ? '\\n' : '')).join('') });
  }
  await task.destroy();
  return pages;
})()`;
