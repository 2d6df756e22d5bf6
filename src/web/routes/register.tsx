import { Hono } from 'hono';
import { z } from 'zod';
import { readCode } from '../../core/code.js';
import { maskIdentityNumbers } from '../../core/identityNumbers.js';
import type { JsonObject } from '../../core/json.js';
import { isReason } from '../../core/looks.js';
import { REGISTER_FIELDS } from '../../core/registerRow.js';
import type { RegisterMapping } from '../../core/registerRow.js';
import { insertAudit } from '../../store/audit.js';
import { runImport } from '../../store/register/applyImport.js';
import {
  importInScope,
  importsInScope,
  registerSizes,
  saveImport,
  stageImport,
} from '../../store/register/imports.js';
import type { RegisterImport } from '../../store/register/imports.js';
import { CsvError } from '../../store/register/readCsv.js';
import { searchRegister } from '../../store/register/search.js';
import type { Sql } from '../../store/sql.js';
import { inTransaction } from '../../store/sql.js';
import { caseByCode } from '../../store/web/cases.js';
import { villagesInScope } from '../../store/web/officers.js';
import type { Scope } from '../../store/web/scope.js';
import { dateTimeFormat } from '../../words/formatters.js';
import { allowed, allowedCases } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { covers, scopeOf } from '../policy.js';
import { RegisterImportPage, RegisterPage } from '../views/register.js';
import type { RegisterProps } from '../views/register.js';

const SearchForm = z.object({
  cari: z.string().trim().min(3).max(80),
  kasus: z.string().trim().max(40).default(''),
  alasan: z.string().trim().max(200).default(''),
});
const ColumnNumber = z.union([z.literal(''), z.string().regex(/^\d{1,3}$/u)]).default('');
const MappingForm = z.object(
  Object.fromEntries(REGISTER_FIELDS.map((field) => [field, ColumnNumber])) as {
    [F in (typeof REGISTER_FIELDS)[number]]: typeof ColumnNumber;
  },
);
const ApplyForm = z.object({ hilang: z.literal('ya').optional() });

/** The village's register: the file of its clerk is looked at first and taken over then; a search is written down. */
export function registerRoutes(deps: WebDeps): Hono<WebEnv> {
  const page = async (c: WebContext, more: Partial<RegisterProps> = {}, status: 200 | 400 = 200) => {
    const { scope } = allowed(c, 'register.manage');
    const [villages, sizes, imports] = await Promise.all([
      villagesInScope(deps.pool, scope),
      registerSizes(deps.pool, scope),
      importsInScope(deps.pool, scope),
    ]);
    return c.html(
      <RegisterPage
        view={c.get('view')}
        villages={villages}
        sizes={sizes}
        imports={imports}
        notice={c.req.query('kabar')}
        {...more}
      />,
      status,
    );
  };
  const importPage = async (c: WebContext, found: RegisterImport, faultKey?: 'register.fault_mapping') =>
    c.html(
      <RegisterImportPage
        view={c.get('view')}
        found={found}
        notice={c.req.query('kabar')}
        {...(faultKey ? { faultKey } : {})}
      />,
      faultKey ? 400 : 200,
    );

  return (
    new Hono<WebEnv>()
      .get('/register', (c) => page(c))
      .post('/register/unggah', async (c) => {
        const { officer, scope } = allowed(c, 'register.manage');
        const body = await c.req.parseBody();
        const { village, berkas } = body;
        if (typeof village !== 'string' || !covers(scope, village)) throw new PageError(404);
        if (!(await villagesInScope(deps.pool, scope)).some(({ id }) => id === village))
          throw new PageError(404);
        if (!(berkas instanceof File) || berkas.size === 0)
          return page(c, { faultKey: 'register.refused.empty' }, 400);
        const bytes = new Uint8Array(await berkas.arrayBuffer());
        try {
          const id = await inTransaction(deps.pool, async (sql) => {
            const made = await stageImport(
              sql,
              { villageId: village, officerId: officer.id, bytes },
              { ...deps, now: deps.now() },
            );
            await audit(deps, sql, officer.id, 'register.upload', made, { village });
            return made;
          });
          return c.redirect(`/console/register/impor/${id}`, 303);
        } catch (cause) {
          if (cause instanceof CsvError)
            return page(c, { faultKey: `register.refused.${cause.fault}` as const }, 400);
          throw cause;
        }
      })
      .get('/register/impor/:id', async (c) => {
        const { scope } = allowed(c, 'register.manage');
        return importPage(c, await find(c, deps.pool, scope));
      })
      .post('/register/impor/:id/periksa', async (c) => {
        const { officer, scope } = allowed(c, 'register.manage');
        const form = await readForm(c, MappingForm);
        if (!form.data) throw new PageError(400);
        const found = await find(c, deps.pool, scope);
        const mapping = mappingOf(form.data, found.columns.length);
        if (!isEnough(mapping)) return importPage(c, { ...found, mapping }, 'register.fault_mapping');
        await inTransaction(deps.pool, async (sql) => {
          const locked = await findOpen(c, sql, scope);
          const run = await runImport(sql, locked, mapping, options(locked, false, true), deps);
          await saveImport(sql, locked.id, { state: 'checked', mapping, ...run, isWhole: true }, deps.now());
          await audit(deps, sql, officer.id, 'register.check', locked.id, { ...run.counts });
        });
        return c.redirect(`/console/register/impor/${found.id}`, 303);
      })
      .post('/register/impor/:id/terapkan', async (c) => {
        const { officer, scope } = allowed(c, 'register.manage');
        const form = await readForm(c, ApplyForm);
        if (!form.data) throw new PageError(400);
        const isWhole = form.data.hilang === 'ya';
        await inTransaction(deps.pool, async (sql) => {
          const locked = await findOpen(c, sql, scope);
          if (locked.state !== 'checked') throw new PageError(400);
          const { mapping } = locked;
          const run = await runImport(sql, locked, mapping, options(locked, true, isWhole), deps);
          await saveImport(sql, locked.id, { state: 'applied', mapping, ...run, isWhole }, deps.now());
          await audit(deps, sql, officer.id, 'register.apply', locked.id, {
            ...run.counts,
            village: locked.villageId,
            marks_gone: isWhole,
          });
        });
        return c.redirect('/console/register?kabar=register_applied', 303);
      })
      .post('/register/impor/:id/buang', async (c) => {
        const { officer, scope } = allowed(c, 'register.manage');
        await inTransaction(deps.pool, async (sql) => {
          const { id, mapping } = await findOpen(c, sql, scope);
          await saveImport(
            sql,
            id,
            { state: 'discarded', mapping, counts: {}, faults: [], isWhole: true },
            deps.now(),
          );
          await audit(deps, sql, officer.id, 'register.discard', id, {});
        });
        return c.redirect('/console/register?kabar=register_discarded', 303);
      })
      // What is looked for is nobody else's to read: it stands in no address.
      .post('/register/cari', async (c) => {
        const { officer, scope } = allowed(c, 'register.manage');
        const form = await readForm(c, SearchForm);
        const given = form.given;
        if (!form.data) return page(c, { given, faultKey: 'register.fault_search' }, 400);
        const { cari, kasus, alasan } = form.data;
        const code = await caseOf(c, kasus);
        if (code === null && !isReason(alasan))
          return page(
            c,
            { given, faultKey: kasus === '' ? 'register.fault_reason' : 'register.fault_case' },
            400,
          );
        const found = await searchRegister(deps.pool, scope, cari, deps.sealer);
        await audit(deps, deps.pool, officer.id, 'register.search', officer.id, {
          ...(code === null ? { reason: maskIdentityNumbers(alasan).text } : { code }),
          found: found.map(({ id }) => id),
        });
        return page(c, { given, found });
      })
  );

  function options(of: RegisterImport, isApplied: boolean, isWhole: boolean) {
    const now = deps.now();
    // '2026-11-26' of the village's clock.
    const today = dateTimeFormat('sv-SE', { timeZone: of.zone }).format(now);
    return { isApplied, isWhole, today, now };
  }

  /** The code of a case that the officer may read; null for anything else. */
  async function caseOf(c: WebContext, typed: string): Promise<string | null> {
    const read = readCode(typed);
    const { officer } = allowed(c, 'register.manage');
    if (read.kind !== 'case' || !scopeOf(officer, 'cases.read')) return null;
    const { scope } = allowedCases(c, 'cases.read', deps.services);
    return (await caseByCode(deps.pool, scope, read.code))?.code ?? null;
  }
}

async function find(c: WebContext, sql: Sql, scope: Scope, lock = false): Promise<RegisterImport> {
  const id = z.uuid().safeParse(c.req.param('id'));
  const found = id.success ? await importInScope(sql, scope, id.data, lock) : null;
  if (!found) throw new PageError(404);
  return found;
}

/** One that is neither applied nor let go, locked. */
async function findOpen(c: WebContext, sql: Sql, scope: Scope): Promise<RegisterImport> {
  const found = await find(c, sql, scope, true);
  if (found.state !== 'uploaded' && found.state !== 'checked')
    throw new PageError(400, 'register.fault_over');
  return found;
}

function mappingOf(form: z.infer<typeof MappingForm>, columns: number): RegisterMapping {
  const mapping: RegisterMapping = {};
  for (const field of REGISTER_FIELDS) {
    const at = form[field];
    if (at !== '' && Number(at) < columns) mapping[field] = Number(at);
  }
  return mapping;
}

/** A name, and what tells one person from another; no column twice. */
function isEnough(mapping: RegisterMapping): boolean {
  const places = Object.values(mapping);
  return (
    mapping.name !== undefined &&
    (mapping.nik !== undefined || mapping.birth_date !== undefined) &&
    new Set(places).size === places.length
  );
}

async function audit(
  deps: WebDeps,
  sql: Sql,
  officerId: string,
  action: string,
  subjectId: string,
  data: JsonObject,
): Promise<void> {
  await insertAudit(
    sql,
    [{ officerId, action, subjectKind: 'register', subjectId, data }],
    deps.newId,
    deps.now(),
  );
}
