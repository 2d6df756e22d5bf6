import type { OfficerIdentity } from '../core/asker.js';
import { insertAudit } from '../store/audit.js';
import type { FileRow } from '../store/web/files.js';
import type { WebDeps } from './deps.js';
import type { WebContext } from './env.js';
import { PageError } from './pageError.js';
import { covers, scopeOf } from './policy.js';
import { sendFile } from './sendFile.js';

/**
 * Sends a file that the officer's query found; 404 where it found none. An identity document only to whoever may see
 * those, and each look is written down.
 */
export async function sendToOfficer(
  deps: WebDeps,
  c: WebContext,
  officer: OfficerIdentity,
  file: FileRow | null,
): Promise<Response> {
  if (!file) throw new PageError(404);
  if (file.isRestricted) {
    if (!covers(scopeOf(officer, 'files.restricted'), file.villageId)) throw new PageError(403);
    const look = {
      officerId: officer.id,
      action: 'file.restricted_read',
      subjectKind: 'attachment',
      subjectId: file.id,
      data: { code: file.caseCode },
    };
    await insertAudit(deps.pool, [look], deps.newId, deps.now());
  }
  return sendFile(deps, c, file.id);
}
