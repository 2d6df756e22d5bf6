import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { v7 } from 'uuid';
import type { TriedOut } from '../core/flowDesk.js';
import { loadFlows } from '../flow/load.js';
import type { ImportResult } from '../flow/texts/folder.js';
import { SheetError } from '../flow/texts/xlsx.js';
import { createFlowDesk } from '../roles/flowDesk.js';
import { createFlowKeeper, stampOf } from '../roles/flowKeeper.js';
import { insertAudit } from '../store/audit.js';
import { listOfficers } from '../store/officers.js';
import { insertProposal, readPublication } from '../store/publications.js';
import { inTransaction } from '../store/sql.js';

/** What became of a file that was to be proposed; `id` is null where it was not: a line, a fault or a conversation stands in the way. */
export interface ProposedTexts {
  imported: ImportResult;
  tried: TriedOut | null;
  id: string | null;
}

export interface ProposeFrom {
  pool: Pool;
  log: Logger;
  /** The flows as shipped, and their transcripts. */
  folder: string;
  transcripts: string;
}

/**
 * Hands the words of a translator's file to the console, where a second person looks at them and publishes: the same as
 * the console's own upload, in an officer's name. Throws `SheetError` where the file or the officer is not known.
 */
export async function proposeTexts(
  from: ProposeFrom,
  bytes: Uint8Array,
  as: { officer: string; note: string },
): Promise<ProposedTexts> {
  const { pool, log, folder, transcripts } = from;
  const now = (): Date => new Date();
  const officerId = await officerOf(pool, as.officer, now());
  const [stamp, shipped] = await Promise.all([stampOf(folder), loadFlows(folder)]);
  const keeper = await createFlowKeeper({ folder, shipped, stamp, pool, log, now, everyMs: 0 });
  try {
    await keeper.refresh();
    const desk = createFlowDesk({ folder, transcripts, keeper, pool });
    const imported = await desk.importTexts(bytes);
    if (typeof imported === 'string') throw new SheetError(imported);
    const isRefused = imported.faults.length + imported.broken.length > 0;
    if (isRefused || Object.keys(imported.files).length === 0) return { imported, tried: null, id: null };
    const tried = await desk.tryOut(imported.files);
    // Words lead nobody another way: where they do, an answer is not known by them any more.
    if (tried.faults.length > 0 || tried.changed.some(({ isSameWay }) => !isSameWay))
      return { imported, tried, id: null };
    const id = v7();
    const before = tried.baseId === null ? null : await readPublication(pool, tried.baseId);
    const chats = { ...before?.chats };
    for (const { path, after } of tried.changed) chats[path] = after!;
    const { files, baseId } = tried;
    await inTransaction(pool, async (sql) => {
      await insertProposal(sql, { id, baseId, files, chats, note: as.note, officerId }, now());
      const entry = { officerId, action: 'flows.propose', subjectKind: 'flow_publication', subjectId: id };
      await insertAudit(sql, [entry], v7, now());
    });
    return { imported, tried, id };
  } finally {
    await keeper.stop();
  }
}

async function officerOf(pool: Pool, name: string, now: Date): Promise<string> {
  const officers = await listOfficers(pool, null, now);
  const found = officers.filter(
    (one) => one.isActive && one.name.toLowerCase() === name.trim().toLowerCase(),
  );
  if (found.length === 1) return found[0]!.id;
  throw new SheetError(
    found.length === 0
      ? `there is no active officer called "${name}": see kentongan officer list`
      : `several officers are called "${name}": propose it in the console`,
  );
}
