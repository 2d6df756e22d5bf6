import type { RefusedBecause } from '../core/errors.js';
import type { FileRow, KeptFile } from '../core/file.js';
import { loseFile } from './attachmentRows.js';
import { forgetKeys, takeErased } from './attachments.js';
import type { Sql } from './sql.js';

/** The rows of `attachments` as media/ sees them. */
export function mediaFiles(sql: Sql) {
  return {
    async find(id: string) {
      const { rows } = await sql.query<FileRow>(
        `SELECT a.id, c.line_id AS "lineId", a.kind, a.state, a.remote, a.mime, a.name, a.storage_key AS "storageKey",
           a.is_restricted AS "isRestricted"
         FROM attachments a LEFT JOIN conversations c ON c.id = a.conversation_id WHERE a.id = $1`,
        [id],
      );
      return rows[0] ?? null;
    },
    /** Only while it waits, and is as restricted as the file is sealed. */
    async keep(id: string, isRestricted: boolean, file: KeptFile) {
      const { rowCount } = await sql.query(
        `UPDATE attachments SET state = 'stored', remote = NULL, mime = $3, bytes = $4, width = $5, height = $6,
           sha256 = $7, storage_key = $8
         WHERE id = $1 AND state = 'waiting' AND is_restricted = $2`,
        [id, isRestricted, file.mime, file.bytes, file.width, file.height, file.sha256, file.storageKey],
      );
      return rowCount === 1;
    },
    lose: (id: string, because: RefusedBecause | 'lost', at: Date) => loseFile(sql, id, because, at),
    takeErased: () => takeErased(sql),
    forget: (ids: string[]) => forgetKeys(sql, ids),
  };
}
