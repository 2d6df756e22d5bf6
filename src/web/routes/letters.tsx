import { Hono } from 'hono';
import { z } from 'zod';
import { readCode } from '../../core/code.js';
import { letterFileName } from '../../core/letter.js';
import { insertAudit } from '../../store/audit.js';
import { lockCases } from '../../store/cases.js';
import { inTransaction } from '../../store/sql.js';
import { lettersOfCase, markPrinted, saveLetterDraft } from '../../store/letters/read.js';
import type { CaseLetter } from '../../store/letters/read.js';
import { caseByCode } from '../../store/web/cases.js';
import type { CaseDetail } from '../../store/web/cases.js';
import { allowed, allowedCases } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { draftOfCase } from '../letterDraft.js';
import { isClosedTo } from '../letterEditing.js';
import { PageError } from '../pageError.js';
import { covers, scopeOf } from '../policy.js';
import { LetterPage } from '../views/letter.js';
import type { LetterPageProps } from '../views/letter.js';

const FieldsForm = z.record(z.string(), z.union([z.string().max(300), z.array(z.string())]));
const ReasonForm = z.object({ reason: z.string().trim().min(5).max(300) });

/** The letter of a case beside it: its preview, what is missing, issuing it, its file, and taking it back. */
export function letterRoutes(deps: WebDeps): Hono<WebEnv> {
  const page = async (c: WebContext, more: Partial<LetterPageProps> = {}, status: 200 | 400 | 409 = 200) => {
    const found = await findCase(deps, c);
    const { officer } = allowed(c, 'letters.write');
    const [draft, letters] = await Promise.all([
      draftOfCase(deps, found.id),
      lettersOfCase(deps.pool, found.id),
    ]);
    return c.html(
      <LetterPage
        view={c.get('view')}
        found={found}
        draft={draft}
        isChecked={await isClosedTo(
          deps.pool,
          officer,
          { ...found, isIssued: letters.some(({ state }) => state === 'issued') },
          deps,
        )}
        letters={letters}
        mayChange={covers(scopeOf(officer, 'letters.change'), found.villageId)}
        notice={c.req.query('kabar')}
        {...more}
      />,
      status,
    );
  };

  return (
    new Hono<WebEnv>()
      .get('/kasus/:code/surat', async (c) => {
        const found = await findCase(deps, c);
        await audit(deps, c, 'letter.opened', found.id, found.code);
        return page(c);
      })
      // It shows the numbers of the card: each look is written down.
      .get('/kasus/:code/surat/pratinjau.svg', async (c) => {
        const found = await findCase(deps, c);
        const draft = await draftOfCase(deps, found.id);
        if (!draft) throw new PageError(404);
        await audit(deps, c, 'letter.previewed', found.id, found.code);
        const svg = await deps.letterPicture({
          print: draft.print,
          verifyUrl: null,
          logo: draft.logo,
          isDraft: true,
          at: deps.now(),
        });
        c.header('Content-Type', 'image/svg+xml');
        return c.body(svg);
      })
      .post('/kasus/:code/surat/isian', async (c) => {
        const found = await findCase(deps, c);
        const { officer } = allowed(c, 'letters.write');
        const draft = await draftOfCase(deps, found.id);
        const form = await readForm(c, FieldsForm);
        if (!draft || !form.data) throw new PageError(400);
        const fields: { [field: string]: string } = {};
        for (const { id, isTyped, isNumber } of draft.fields) {
          const typed = form.given[`f_${id}`]?.trim() ?? '';
          // A number that was typed before is not in the form: it stays, until another or a dash takes its place.
          if (typed !== '' && typed !== '-') fields[id] = typed.slice(0, 300);
          else if (typed === '' && isTyped && isNumber) fields[id] = draft.typed[id]!;
        }
        const isSaved = await inTransaction(deps.pool, async (sql) => {
          const [row] = await lockCases(sql, [found.code]);
          if (!row || (await isClosedTo(sql, officer, { ...row, ...row.state }, deps))) return false;
          await saveLetterDraft(
            sql,
            { caseId: found.id, fields, officerId: officer.id },
            { sealer: deps.sealer, now: deps.now() },
          );
          // Which fields, never what was typed.
          const entry = {
            officerId: officer.id,
            action: 'letter.fields_typed',
            subjectKind: 'case',
            subjectId: found.id,
            data: { code: found.code, fields: Object.keys(fields) },
          };
          await insertAudit(sql, [entry], deps.newId, deps.now());
          return true;
        });
        if (!isSaved) return page(c, { faultKey: 'letter.checked' }, 409);
        return c.redirect(`/console/kasus/${found.code}/surat?kabar=letter_saved`, 303);
      })
      .post('/kasus/:code/surat/terbit', async (c) => {
        const found = await findCase(deps, c);
        const { officer } = allowed(c, 'letters.write');
        const [{ issued, left }] = await deps.perform(officer, [
          { kind: 'issue_letters', codes: [found.code] },
        ]);
        if (issued.length > 0)
          return c.redirect(`/console/kasus/${found.code}/surat?kabar=letter_issued`, 303);
        const missing = left[0]?.missing ?? [];
        return page(c, { missing, faultKey: missing.length > 0 ? 'letter.missing' : 'letter.not_yet' }, 409);
      })
      .get('/kasus/:code/surat/:id/berkas', async (c) => {
        const found = await findCase(deps, c);
        const letter = await findLetter(deps, c, found);
        const media = letter.madeAt ? await deps.readMedia(letter.id) : null;
        if (!media) throw new PageError(404);
        const isPrint = c.req.query('cetak') !== undefined;
        await audit(deps, c, isPrint ? 'letter.printed' : 'letter.copied', letter.id, found.code, 'letter');
        if (isPrint) await markPrinted(deps.pool, [letter.id], deps.now());
        const name = letterFileName({ title: letter.title, code: found.code });
        return c.body(new Uint8Array(media.bytes), 200, {
          // Made here, so that a browser may show it; for all else it is a download.
          'Content-Type': isPrint ? 'application/pdf' : 'application/octet-stream',
          'Content-Disposition': `${isPrint ? 'inline' : 'attachment'}; filename="${name}"`,
        });
      })
      .post('/kasus/:code/surat/:id/:act{tarik|ganti}', async (c) => {
        const found = await findCase(deps, c);
        const letter = await findLetter(deps, c, found);
        const { officer, scope } = allowed(c, 'letters.change');
        if (!covers(scope, found.villageId)) throw new PageError(403);
        const form = await readForm(c, ReasonForm);
        if (!form.data) return page(c, { faultKey: 'letter.no_reason', given: form.given }, 400);
        const { reason } = form.data;
        const kind = c.req.param('act') === 'tarik' ? 'withdraw_letter' : 'replace_letter';
        const [result] = await deps.perform(officer, [{ kind, letter: letter.id, reason }]);
        if (result.outcome === 'missing') {
          const { missing } = result as { missing: string[] };
          return page(c, { missing, faultKey: 'letter.missing', given: form.given }, 409);
        }
        if (result.outcome === 'not_allowed') throw new PageError(403);
        const notice =
          result.outcome === 'done'
            ? kind === 'withdraw_letter'
              ? 'withdrawn'
              : 'replaced'
            : result.outcome;
        return c.redirect(`/console/kasus/${found.code}/surat?kabar=letter_${notice}`, 303);
      })
  );
}

/** The case of the address, where the officer may write its letter. */
async function findCase(deps: WebDeps, c: WebContext): Promise<CaseDetail> {
  const { scope } = allowedCases(c, 'cases.read', deps.services);
  const { scope: writing } = allowed(c, 'letters.write');
  const read = readCode(c.req.param('code') ?? '');
  const found = read.kind === 'case' ? await caseByCode(deps.pool, scope, read.code) : null;
  if (!found || deps.services[found.service]?.kind !== 'letter') throw new PageError(404);
  if (!covers(writing, found.villageId)) throw new PageError(403);
  return found;
}

async function findLetter(deps: WebDeps, c: WebContext, found: CaseDetail): Promise<CaseLetter> {
  const letter = (await lettersOfCase(deps.pool, found.id)).find(({ id }) => id === c.req.param('id'));
  if (!letter) throw new PageError(404);
  return letter;
}

async function audit(
  deps: WebDeps,
  c: WebContext,
  action: string,
  subjectId: string,
  code: string,
  subjectKind = 'case',
): Promise<void> {
  const { officer } = allowed(c, 'letters.write');
  const entry = { officerId: officer.id, action, subjectKind, subjectId, data: { code } };
  await insertAudit(deps.pool, [entry], deps.newId, deps.now());
}
