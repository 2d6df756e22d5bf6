import { nothingOf } from '../../core/caseSeen.js';
import { findCode } from '../../core/code.js';
import type { CaseSeen } from '../../core/lookup.js';
import { noteAttempts } from '../codeAttempts.js';
import type { LookUpAnswerer } from './answerer.js';
import { readExtras } from './caseExtras.js';
import { readCases, seesCase, toSeen } from './caseRows.js';

/** What the status says where no case was looked for. A listing's code is a code. */
const UNREAD = { typo: 'typo', none: 'no_code', case: '', listing: '' } as const;

/**
 * A case by its code. The one who asked for it sees all; somebody else the state alone, and nothing of a confidential
 * one. What is not one's own counts as an attempt (store/codeAttempts.ts); past the limit nothing is found, and the
 * status says 'limited'. One's own from before counts as somebody else's while history is hidden; `hidden` says so.
 * A slip that the check character shows is no attempt; its status says 'typo', or 'no_code' where nothing is like a code.
 */
export const caseByCode: LookUpAnswerer<'case_by_code'> = async (sql, requests, context) => {
  const read = requests.map(({ args }) => findCode(args.code));
  const codes = read.map((found) => (found.kind === 'case' ? found.code : null));
  const rows = await readCases(sql, { codes: codes.filter((code) => code !== null) });
  const byCode = new Map(rows.map((row) => [row.code, row]));
  const isOwn = requests.map(({ asker }, n) => {
    const row = byCode.get(codes[n] ?? '');
    return row !== undefined && seesCase(asker, row);
  });
  const own = rows.filter(({ code }) => isOwn.some((is, n) => is && codes[n] === code));
  const extras = await readExtras(sql, own, context);
  const trying = requests.flatMap(({ asker }, n) =>
    codes[n] === null || isOwn[n]
      ? []
      : [{ n, code: codes[n]!, source: asker.conversationId ?? asker.officer?.id ?? 'nobody' }],
  );
  const within = await noteAttempts(sql, trying, context.newId, context.now);
  const limited = new Set(trying.filter((_, i) => !within[i]).map(({ n }) => n));
  return requests.map(({ args }, n): CaseSeen => {
    const row = byCode.get(codes[n] ?? '');
    if (isOwn[n]) return toSeen({ ...row!, extras: extras.get(row!.id) }, true, context);
    if (limited.has(n)) return nothingOf(args.code, 'limited');
    // Whoever asks is told no more than anybody, but for how to show that it is theirs.
    if (row && row.residentId === requests[n]!.asker.residentId)
      return {
        ...(row.isConfidential ? nothingOf(args.code, '') : toSeen(row, false, context)),
        hidden: true,
      };
    if (!row || row.isConfidential) return nothingOf(args.code, UNREAD[read[n]!.kind]);
    return toSeen(row, false, context);
  });
};
