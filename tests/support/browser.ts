import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Where a Chromium is; undefined where none is installed. */
export const BINARY = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => existsSync(path));

/** For `describe.skipIf(!hasBrowser)`; with CI=true nothing is skipped, and a missing Chromium fails the suite. */
export const hasBrowser = BINARY !== undefined || process.env.CI === 'true';

/** To be put into a skipped suite's title. */
export const browserTitle = hasBrowser
  ? 'in a real Chromium'
  : 'in a real Chromium (skipped: none is installed)';

/** The widths that pages are looked at in: a cheap phone, a tablet, and an office's screen. */
export const WIDTHS = {
  360: { width: 360, height: 740 },
  768: { width: 768, height: 1024 },
  1280: { width: 1280, height: 860 },
} as const;
export type Width = keyof typeof WIDTHS;

const SCREENSHOTS = fileURLToPath(new URL('../../screenshots', import.meta.url));
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A Chromium of the test's own. It reaches nothing but loopback. */
export async function testBrowser(): Promise<Browser> {
  if (!BINARY) throw new Error('no Chromium is installed: apt-get install chromium');
  return chromium.launch({
    executablePath: BINARY,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    ],
  });
}

/** A fresh profile of a width. What goes wrong in its pages is gathered in `faults`: no test may leave any. */
export async function aContext(
  browser: Browser,
  width: Width,
): Promise<{ context: BrowserContext; faults: string[] }> {
  const context = await browser.newContext({
    viewport: WIDTHS[width],
    locale: 'id-ID',
    timezoneId: 'Asia/Jakarta',
  });
  context.setDefaultTimeout(45_000);
  const faults: string[] = [];
  context.on('weberror', (error) => faults.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${message.text()} (${message.location().url})`);
  });
  return { context, faults };
}

/** Writes `screenshots/<name>-<width>.png`: the whole page, or what is in sight. */
export async function shoot(page: Page, name: string, isWhole = true): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  const width = page.viewportSize()?.width ?? 0;
  await page.screenshot({
    path: `${SCREENSHOTS}/${name}-${width}.png`,
    fullPage: isWhole,
    animations: 'disabled',
  });
}

/**
 * What axe-core finds wrong with a page (WCAG 2.2 A and AA), one line each with the element; and whether it must be
 * scrolled sideways, which no page may need.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Evaluated by the debugger, not added as a script: the page's own policy forbids what is not its own.
  await page.evaluate(await readFile(axePath, 'utf8'));
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe };
    const { violations } = await axe.run(document, {
      runOnly: {
        type: 'tag',
        values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      },
    });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help} — ${node.target.join(' ')} (${node.failureSummary ?? ''})`),
    );
  });
  return [...found, ...(await sidewaysFaults(page))];
}

/** Whether a page must be scrolled sideways, which none may need. */
export async function sidewaysFaults(page: Page): Promise<string[]> {
  const isWide = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  return isWide ? ['the page must be scrolled sideways'] : [];
}

interface Axe {
  run(
    context: Document,
    options: object,
  ): Promise<{
    violations: { id: string; help: string; nodes: { target: string[]; failureSummary?: string }[] }[];
  }>;
}
