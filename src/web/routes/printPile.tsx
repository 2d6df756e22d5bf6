import { Hono } from 'hono';
import { z } from 'zod';
import type { OfficerIdentity } from '../../core/asker.js';
import { readCode } from '../../core/code.js';
import { MediaError } from '../../core/errors.js';
import { mergePdfs } from '../../letters/merge.js';
import { insertAudit } from '../../store/audit.js';
import { markPrinted } from '../../store/letters/read.js';
import { inTransaction } from '../../store/sql.js';
import { caseByCode } from '../../store/web/cases.js';
import type { CaseDetail } from '../../store/web/cases.js';
import { insertScan, mayWriteAll, pile } from '../../store/web/pile.js';
import type { PileRow } from '../../store/web/pile.js';
import { allowed, allowedCases } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { covers } from '../policy.js';
import { PilePage } from '../views/printPile.js';
import type { PileProps } from '../views/printPile.js';

/** At once: what a printer's tray holds, and E's effect issues. */
const MOST = 100;
const CodesForm = z.object({
  codes: z
    .union([z.string(), z.array(z.string())])
    .transform((codes) => (Array.isArray(codes) ? codes : [codes]))
    .transform((codes) => codes.slice(0, MOST).flatMap((code) => codeOf(code) ?? [])),
});
const HandedForm = z.object({ siapa: z.string().trim().max(80) });

/** Letters that are signed on paper: numbered and printed in one go, signed, scanned, handed out. */
export function printPileRoutes(deps: WebDeps): Hono<WebEnv> {
  const page = async (c: WebContext, more: Partial<PileProps> = {}, status: 200 | 400 | 409 = 200) => {
    const { scope: writing } = allowed(c, 'letters.write');
    const { scope } = allowedCases(c, 'cases.act', deps.services);
    return c.html(
      <PilePage
        view={c.get('view')}
        rows={await pile(deps.pool, scope, writing)}
        services={deps.services}
        notice={c.req.query('kabar')}
        {...more}
      />,
      status,
    );
  };
  return (
    new Hono<WebEnv>()
      .get('/cetak', (c) => page(c))
      .post('/cetak/terbit', async (c) => {
        const { officer } = allowed(c, 'letters.write');
        const form = await readForm(c, CodesForm);
        if (!form.data || form.data.codes.length === 0) return page(c, { faultKey: 'pile.choose' }, 400);
        await mustWrite(deps, c, form.data.codes);
        const [{ issued, left }] = await deps.perform(officer, [
          { kind: 'issue_letters', codes: form.data.codes },
        ]);
        if (left.length > 0) return page(c, { left, issuedCount: issued.length }, 409);
        return c.redirect('/console/cetak?kabar=pile_issued', 303);
      })
      // One file of all: what a printer takes. Each look at what stands on a letter is written down.
      .post('/cetak/berkas', async (c) => {
        const { officer, scope: writing } = allowed(c, 'letters.write');
        const form = await readForm(c, CodesForm);
        const wanted = new Set(form.data?.codes ?? []);
        const { scope } = allowedCases(c, 'cases.act', deps.services);
        const letters = (await pile(deps.pool, scope, writing)).filter(
          (row): row is PileRow & { letterId: string } =>
            wanted.has(row.code) && row.isMade && row.letterId !== null,
        );
        if (letters.length === 0) return page(c, { faultKey: 'pile.not_made' }, 409);
        const files: Uint8Array[] = [];
        for (const { letterId } of letters) {
          const media = await deps.readMedia(letterId);
          if (!media) return page(c, { faultKey: 'pile.not_made' }, 409);
          files.push(media.bytes);
        }
        const whole = await mergePdfs(files);
        const now = deps.now();
        await inTransaction(deps.pool, async (sql) => {
          await markPrinted(
            sql,
            letters.map(({ letterId }) => letterId),
            now,
          );
          await insertAudit(
            sql,
            letters.map(({ letterId, code }) => ({
              officerId: officer.id,
              action: 'letter.printed',
              subjectKind: 'letter',
              subjectId: letterId,
              data: { code },
            })),
            deps.newId,
            now,
          );
        });
        return c.body(new Uint8Array(whole), 200, {
          'Content-Type': 'application/pdf',
          'Content-Disposition': 'inline; filename="surat-untuk-ditandatangani.pdf"',
        });
      })
      .post('/cetak/ditandatangani', async (c) => {
        const { officer } = allowed(c, 'letters.write');
        const form = await readForm(c, CodesForm);
        if (!form.data || form.data.codes.length === 0) return page(c, { faultKey: 'pile.choose' }, 400);
        await mustWrite(deps, c, form.data.codes);
        const [{ done, left }] = await deps.perform(officer, [
          { kind: 'act_on_cases', codes: form.data.codes, act: 'ready' },
        ]);
        if (left.length > 0)
          return page(
            c,
            { left: left.map((code) => ({ code, missing: [] })), issuedCount: done.length },
            409,
          );
        return c.redirect('/console/cetak?kabar=pile_signed', 303);
      })
      .post('/cetak/:code/diambil', async (c) => {
        const { officer } = allowed(c, 'letters.write');
        const found = await findCase(deps, c);
        const form = await readForm(c, HandedForm);
        const who = form.data?.siapa ?? '';
        if (who.length < 2) return page(c, { faultKey: 'pile.who' }, 400);
        const text = c.get('view').t('pile.handed_to', { name: who });
        const outcome = await handOut(deps, officer, found.code, text);
        return c.redirect(
          `/console/cetak?kabar=pile_${outcome === 'done' ? 'handed_out' : 'not_allowed'}`,
          303,
        );
      })
      .post('/cetak/:code/pindai', async (c) => {
        const { officer } = allowed(c, 'letters.write');
        const found = await findCase(deps, c);
        const { berkas } = await c.req.parseBody();
        if (!(berkas instanceof File) || berkas.size === 0) return page(c, { faultKey: 'pile.no_scan' }, 400);
        const faultKey = await keepScan(deps, officer, found, berkas);
        if (faultKey) return page(c, { faultKey }, 400);
        return c.redirect('/console/cetak?kabar=pile_scanned', 303);
      })
  );
}

/** Who fetched it is the officers' own note; the resident hears that it was handed out. */
async function handOut(deps: WebDeps, officer: OfficerIdentity, code: string, text: string): Promise<string> {
  const [noted, finished] = await deps.perform(officer, [
    { kind: 'act_on_case', code, act: 'note', text },
    { kind: 'act_on_case', code, act: 'finish' },
  ]);
  return noted.outcome === 'done' ? finished.outcome : noted.outcome;
}

async function keepScan(
  deps: WebDeps,
  officer: OfficerIdentity,
  found: CaseDetail,
  scan: File,
): Promise<'pile.no_scan' | null> {
  const id = deps.newId();
  let file;
  try {
    file = await deps.keepPhoto(id, new Uint8Array(await scan.arrayBuffer()));
  } catch (cause) {
    if (!(cause instanceof MediaError) || cause.failure !== 'refused') throw cause;
    return 'pile.no_scan';
  }
  const kept = file;
  try {
    await inTransaction(deps.pool, async (sql) => {
      await insertScan(sql, { id, caseId: found.id, file: kept }, deps.now());
      await insertAudit(
        sql,
        [
          {
            officerId: officer.id,
            action: 'letter.scanned',
            subjectKind: 'case',
            subjectId: found.id,
            data: { code: found.code },
          },
        ],
        deps.newId,
        deps.now(),
      );
    });
  } catch (cause) {
    await deps.dropPhoto(kept);
    throw cause;
  }
  return null;
}

/** A code as it is kept; null where it is none. */
function codeOf(text: string): string | null {
  const read = readCode(text);
  return read.kind === 'case' ? read.code : null;
}

async function findCase(deps: WebDeps, c: WebContext): Promise<CaseDetail> {
  const { scope } = allowedCases(c, 'cases.act', deps.services);
  const code = codeOf(c.req.param('code') ?? '');
  const found = code ? await caseByCode(deps.pool, scope, code) : null;
  if (!found || !covers(allowed(c, 'letters.write').scope, found.villageId)) throw new PageError(404);
  return found;
}

/** Refuses codes of villages whose letters this officer does not write, whatever else they may do there. */
async function mustWrite(deps: WebDeps, c: WebContext, codes: readonly string[]): Promise<void> {
  const { scope: writing } = allowed(c, 'letters.write');
  const { scope } = allowedCases(c, 'cases.act', deps.services);
  if (!(await mayWriteAll(deps.pool, scope, writing, codes))) throw new PageError(404);
}
