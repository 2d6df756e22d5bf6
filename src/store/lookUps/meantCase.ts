import { readCode } from '../../core/code.js';
import { firstName } from '../../core/firstName.js';
import { handlingOf } from '../../core/handlers.js';
import type { MeantCase } from '../../core/lookup.js';
import { codesIn, leadingCodes } from '../../core/meantCode.js';
import { isOpen, sealedToOf } from '../cases.js';
import { loadActingOfficers } from '../delegations.js';
import { handles } from '../../core/path.js';
import type { Sql } from '../sql.js';
import type { LookUpAnswerer, LookUpRequest } from './answerer.js';
import { readCases } from './caseRows.js';

/**
 * Which case an officer means: that of the message that they quote, or the one whose code their text begins with. Of a
 * quoted message first what it says that it tells of (`Outgoing.about`), else the one code in its words.
 */
export const meantCase: LookUpAnswerer<'meant_case'> = async (sql, requests, { services, now }) => {
  const readings = await Promise.all(requests.map(async (request) => await meantBy(sql, request)));
  const named = readings.flatMap((each) => each.flatMap(({ codes }) => codes));
  const rows = await readCases(sql, { codes: [...new Set(named)] });
  const byCode = new Map(rows.map((row) => [row.code, row]));
  const officers = await loadActingOfficers(
    sql,
    rows.map((row) => row.villageId),
    now,
  );
  return requests.map(({ asker, args }, n): MeantCase => {
    const meant = readings[n]!.find(({ codes }) => codes.some((code) => byCode.has(code)));
    const rest = meant ? meant.rest : (args.text ?? null);
    const theirs = (meant?.codes ?? []).flatMap((code) => {
      const row = byCode.get(code);
      if (!row || !asker.officer) return [];
      const all = officers.get(row.villageId) ?? [];
      const handling = handlingOf(services[row.service], row.isConfidential, sealedToOf(row));
      return handles(asker.officer, row.villageId, handling, all) ? [row] : [];
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

/** The cases that a request may mean and the words left over, by each way to read it: the likeliest first. */
async function meantBy(
  sql: Sql,
  { asker, args }: LookUpRequest<'meant_case'>,
): Promise<{ codes: string[]; rest: string | null }[]> {
  const leading = args.text === undefined ? [] : leadingCodes(args.text);
  const led = await Promise.all(
    leading.map(async ({ code, rest }) => ({
      codes:
        readCode(code).kind === 'case' ? [code] : await startingWith(sql, code, asker.officer?.roles ?? []),
      rest,
    })),
  );
  if (args.quotes === undefined || asker.conversationId === null) return led;
  const { rows } = await sql.query<{ about: string | null; text: string | null }>(
    `SELECT body ->> 'about' AS about, body ->> 'text' AS text FROM outbound_messages
     WHERE conversation_id = $1 AND external_ids @> ARRAY[$2]::text[] ORDER BY seq DESC LIMIT 1`,
    [asker.conversationId, args.quotes],
  );
  const quoted = rows[0];
  if (!quoted) return led;
  const codes = quoted.about ? [quoted.about] : codesIn(quoted.text ?? '');
  return [...led, { codes, rest: args.text ?? null }];
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
