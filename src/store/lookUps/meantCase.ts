import { readCode } from '../../core/code.js';
import { firstName } from '../../core/firstName.js';
import { handlingOf, mayHandle, serves } from '../../core/handlers.js';
import type { MeantCase } from '../../core/lookup.js';
import { codesIn, leadingCode } from '../../core/meantCode.js';
import { isOpen, sealedToOf } from '../cases.js';
import { loadActingOfficers } from '../delegations.js';
import { rolesOf } from '../../core/path.js';
import type { Sql } from '../sql.js';
import type { LookUpAnswerer, LookUpRequest } from './answerer.js';
import { readCases } from './caseRows.js';

/**
 * Which case an officer means: that of the message that they quote, or the one whose code their text begins with. Of a
 * quoted message first what it says that it tells of (`Outgoing.about`), else the one code in its words.
 */
export const meantCase: LookUpAnswerer<'meant_case'> = async (sql, requests, { services, now }) => {
  const meant = await Promise.all(requests.map(async (request) => await meantBy(sql, request)));
  const rows = await readCases(sql, { codes: [...new Set(meant.flatMap(({ codes }) => codes))] });
  const byCode = new Map(rows.map((row) => [row.code, row]));
  const officers = await loadActingOfficers(
    sql,
    rows.map((row) => row.villageId),
    now,
  );
  return requests.map(({ asker }, n): MeantCase => {
    const { codes, rest } = meant[n]!;
    const theirs = codes.flatMap((code) => {
      const row = byCode.get(code);
      if (!row || !asker.officer || !serves(asker.officer.roles, row.villageId)) return [];
      const all = officers.get(row.villageId) ?? [];
      const self = all.find(({ id }) => id === asker.officer!.id);
      const roles = self ? rolesOf(self, row.villageId) : asker.officer.roles;
      const handling = handlingOf(services[row.service], row.isConfidential, sealedToOf(row));
      return mayHandle(roles, row.villageId, handling, all, asker.officer.id) ? [row] : [];
    });
    const one = theirs[0];
    if (!one || theirs.length > 1)
      return {
        found: false,
        outcome: one ? 'several' : 'none',
        code: '',
        service: '',
        resident: null,
        status: '',
        rest,
      };
    return {
      found: true,
      outcome: 'one',
      code: one.code,
      service: one.service,
      resident: one.receiverRole === null ? firstName(one.residentName) : null,
      status: one.status,
      rest,
    };
  });
};

async function meantBy(
  sql: Sql,
  { asker, args }: LookUpRequest<'meant_case'>,
): Promise<{ codes: string[]; rest: string | null }> {
  const leading = args.text === undefined ? null : leadingCode(args.text);
  if (leading) {
    const whole = readCode(leading.code);
    const codes =
      whole.kind === 'case'
        ? [whole.code]
        : await startingWith(sql, leading.code, asker.officer?.roles ?? []);
    if (codes.length > 0) return { codes, rest: leading.rest };
  }
  const rest = args.text ?? null;
  if (args.quotes === undefined || asker.conversationId === null) return { codes: [], rest };
  const { rows } = await sql.query<{ about: string | null; text: string | null }>(
    `SELECT body ->> 'about' AS about, body ->> 'text' AS text FROM outbound_messages
     WHERE conversation_id = $1 AND external_ids @> ARRAY[$2]::text[] ORDER BY seq DESC LIMIT 1`,
    [asker.conversationId, args.quotes],
  );
  const quoted = rows[0];
  if (!quoted) return { codes: [], rest };
  return { codes: quoted.about ? [quoted.about] : codesIn(quoted.text ?? ''), rest };
}

/** Open cases of the officer's villages whose code begins so. */
async function startingWith(sql: Sql, start: string, roles: { village: string | null }[]): Promise<string[]> {
  const villages = roles.some(({ village }) => village === null)
    ? null
    : roles.flatMap(({ village }) => village ?? []);
  const { rows } = await sql.query<{ code: string }>(
    `SELECT code FROM cases WHERE ${isOpen('status')} AND code LIKE $1 || '-%' AND ($2::text[] IS NULL OR village_id = ANY ($2))
     ORDER BY opened_at LIMIT 3`,
    [start, villages],
  );
  return rows.map(({ code }) => code);
}
