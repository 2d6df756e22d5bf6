import type { FormField } from '../../core/formField.js';
import type { Sql } from '../sql.js';

/** One entry of a form, as its case has it: sealed, or a photo. */
export interface FormValueRow {
  id: string;
  field: string;
  /** Sealed under the row's id (purpose 'form'). */
  value: string | null;
  attachmentId: string | null;
  /** The photo's: 'stored', 'erased'. */
  state: string | null;
}

/** A form that serves a case. */
export interface CaseFormRow {
  doneAt: Date;
  fields: FormField[];
  values: FormValueRow[];
}

/** The finished forms of a case that the officer's query found, the newest first. */
export async function caseForms(sql: Sql, caseId: string): Promise<CaseFormRow[]> {
  const { rows } = await sql.query<CaseFormRow>(
    `SELECT f.done_at AS "doneAt", f.fields,
       (SELECT coalesce(json_agg(json_build_object('id', v.id, 'field', v.field, 'value', v.value,
          'attachmentId', v.attachment_id, 'state', a.state)), '[]')
        FROM form_values v LEFT JOIN attachments a ON a.id = v.attachment_id WHERE v.form_id = f.id) AS values
     FROM form_uses u JOIN forms f ON f.id = u.form_id WHERE u.case_id = $1 AND f.state = 'done'
     ORDER BY f.done_at DESC`,
    [caseId],
  );
  return rows;
}
