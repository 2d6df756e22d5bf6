import { readFile } from 'node:fs/promises';

/** In the order in which they build on each other. */
const PARTS = ['wire.js', 'models.js', 'store.js', 'modules.js', 'boot.js'];

/**
 * The page that a browser finds at web.whatsapp.com: one document with one script, put together from the modules in
 * page/ (the browser could fetch none of them from there).
 */
export async function pageOf(version: string, standIn: string): Promise<string> {
  const parts = await Promise.all(PARTS.map(read));
  return `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>WhatsApp Web (stand-in)</title></head>
  <body>
    <h1>WhatsApp Web (stand-in)</h1>
    <script>
      window.standIn = ${JSON.stringify({ url: standIn, version })};
      ${parts.join('\n')}
    </script>
  </body>
</html>
`;
}

/** A module as a part of one script: without its imports and exports. */
async function read(name: string): Promise<string> {
  const text = await readFile(new URL(`page/${name}`, import.meta.url), 'utf8');
  return text.replace(/^import [^;]+;$/gmu, '').replace(/^export /gmu, '');
}
