import { Hono } from 'hono';
import { z } from 'zod';
import { readCode } from '../../core/code.js';
import { LOG_ZONE } from '../../core/looks.js';
import { readHead } from '../../store/auditBlocks.js';
import { postsOf } from '../../store/cases.js';
import { AUDIT_PAGE, auditedOfficers, auditInScope } from '../../store/web/audit.js';
import { allowed } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';
import { AuditPage } from '../views/audit.js';

/** What does not read as a filter filters nothing. */
const Query = z.object({
  kasus: z.string().trim().max(40).catch(''),
  petugas: z.uuid().nullable().catch(null),
  hari: z.iso.date().nullable().catch(null),
  sebelum: z.coerce.number().int().positive().nullable().catch(null),
});

/** The record of what officers did: for a village's Sekretaris, of the village; for keepers, of all. */
export function auditRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>().get('/audit', async (c) => {
    const { officer, scope } = allowed(c, 'audit.read');
    const { kasus, petugas, hari, sebelum } = Query.parse({
      ...c.req.query(),
      sebelum: c.req.query('sebelum') ?? null,
    });
    const read = kasus === '' ? null : readCode(kasus);
    // A code that is none finds nothing, rather than everything.
    const code = read === null ? null : read.kind === 'case' ? read.code : kasus;
    const reader = { officer: officer.id, posts: postsOf(officer.roles) };
    const filter = { code, officerId: petugas, day: hari, before: sebelum };
    const [rows, officers, head] = await Promise.all([
      auditInScope(deps.pool, { villages: scope, reader }, filter, LOG_ZONE),
      auditedOfficers(deps.pool, scope),
      readHead(deps.pool),
    ]);
    return c.html(
      <AuditPage
        view={c.get('view')}
        rows={rows.slice(0, AUDIT_PAGE)}
        hasMore={rows.length > AUDIT_PAGE}
        officers={officers}
        head={head}
        given={{ kasus, petugas, hari }}
      />,
    );
  });
}
