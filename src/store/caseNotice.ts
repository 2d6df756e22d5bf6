import { firstName } from '../core/firstName.js';
import type { Json, JsonObject } from '../core/json.js';
import type { LockedCase } from './cases.js';
import type { NotificationInsert } from './notifications.js';

/**
 * What an officer is told of a case (flow officer-case-notice): its event `number`, as the flow names it. Of a sealed complaint
 * neither the words nor who wrote them: the receiver reads them in the console.
 */
export function caseNotice(
  row: LockedCase,
  officerId: string,
  {
    number,
    event,
    text = null,
    more = {},
  }: { number: number; event: string; text?: Json; more?: JsonObject },
): NotificationInsert {
  return {
    officerId,
    kind: 'officer-case-notice',
    subjectId: row.id,
    number,
    vars: {
      code: row.code,
      service: row.service,
      event,
      text: row.sealedTo ? null : text,
      resident: row.sealedTo ? null : firstName(row.residentName),
      village: row.villageName,
      ...more,
    },
  };
}
