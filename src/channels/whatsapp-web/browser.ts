import { accessSync, constants } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { SetupError } from '../../core/errors.js';

export interface Browser {
  path: string;
  isHeadlessShell: boolean;
  args: string[];
  env: { [name: string]: string };
}

/** Where usual systems have one; then by these names on the PATH. */
const USUAL = ['/usr/bin/chromium', '/usr/bin/chromium-headless-shell'];
const NAMES = ['chromium', 'chromium-browser', 'chrome-headless-shell', 'google-chrome', 'chrome'];

/**
 * The browser that WhatsApp Web runs in: `path` where it is given, else the first that is found. `env`: what of our
 * environment it needs (PATH, proxies, time zone): no secret of ours goes there. Throws SetupError where there is none.
 */
export function findBrowser(
  given: string | null,
  env: { [name: string]: string },
  page: string | null,
): Browser {
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const path = (given === null ? [...USUAL, ...onPath] : [given]).find(isProgram);
  if (path === undefined)
    throw new SetupError([
      given === null
        ? 'WHATSAPP_WEB: needs Chromium or Chrome, and none was found; install one (apt install chromium), or name it in PUPPETEER_EXECUTABLE_PATH'
        : `PUPPETEER_EXECUTABLE_PATH: ${given} is no program that can be run`,
    ]);
  return { path, isHeadlessShell: basename(path).includes('headless-shell'), args: argsOf(page), env };
}

function argsOf(page: string | null): string[] {
  return [
    // Chromium's sandbox refuses to run as root, which is who one is in most containers: the container is then the wall.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    // Containers give 64 MB of shared memory, on which tabs crash.
    '--disable-dev-shm-usage',
    '--disable-gpu',
    '--no-first-run',
    ...(page === null
      ? []
      : [
          // A stand-in: nothing may reach the real WhatsApp, and its page may call this machine (tests alone).
          '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
          '--disable-features=LocalNetworkAccessChecks',
        ]),
  ];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
