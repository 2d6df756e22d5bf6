import type { JsonObject } from '../core/json.js';
import type { NewId } from '../core/ports.js';
import {
  insertAttachments,
  noteAttachments,
  refuseAttachments,
  restrictAttachments,
} from '../store/attachmentRows.js';
import type { Sql } from '../store/sql.js';
import type { Talk } from './talk.js';

/** Gives each photo, document and voice note that came an attachment of ours, to be fetched by the gateway; the engine sees its id. */
export async function openAttachments(sql: Sql, talks: Talk[], newId: NewId, now: Date): Promise<void> {
  const rows = talks.flatMap((talk) =>
    talk.files.map(({ file, kind, name, isRestricted }) => {
      const remote = { ...file } as JsonObject;
      const id = newId();
      file.attachmentId = id;
      return {
        id,
        conversationId: talk.row.id,
        kind,
        remote,
        mime: file.mime ?? null,
        name,
        bytes: file.bytes ?? null,
        isRestricted,
      };
    }),
  );
  await insertAttachments(sql, rows, now);
}

/** What nobody asked for is not fetched; what was taken is noted in the stored message, and its line is woken. */
export async function closeAttachments(sql: Sql, talks: Talk[], wake: Set<string>): Promise<void> {
  const files = talks.flatMap((talk) => talk.files);
  const taken = files.filter((sent) => sent.isTaken);
  await refuseAttachments(
    sql,
    files.filter((sent) => !sent.isTaken).map((sent) => sent.file.attachmentId!),
  );
  await restrictAttachments(
    sql,
    taken.filter((sent) => sent.isRestricted).map((sent) => sent.file.attachmentId!),
  );
  await noteAttachments(
    sql,
    taken.map((sent) => ({ seq: sent.seq, attachmentId: sent.file.attachmentId! })),
  );
  for (const talk of talks) if (talk.files.some((sent) => sent.isTaken)) wake.add(talk.row.lineId);
}
