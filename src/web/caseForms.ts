import { SealError } from '../core/errors.js';
import type { FormField, FormFieldType } from '../core/formField.js';
import { maskNumber } from '../core/nik.js';
import type { CaseFormRow, FormValueRow } from '../store/web/forms.js';
import { caseForms } from '../store/web/forms.js';
import type { WebDeps } from './deps.js';

/** What a case's forms brought, as an officer sees it: masked, but for the one entry that was opened. */
export interface ShownForm {
  doneAt: Date;
  entries: ShownEntry[];
}
export interface ShownEntry {
  /** The value's id, by which it is opened. */
  id: string;
  label: string;
  text: string;
  isOpen: boolean;
  photo: { id: string; state: string } | null;
}

/** The forms of a case. `opened`: the id of the entry to be shown in clear; who may see it, and that it is logged, is the caller's. */
export async function shownForms(
  deps: Pick<WebDeps, 'pool' | 'sealer' | 'log'>,
  caseId: string,
  opened?: string,
): Promise<ShownForm[]> {
  const forms = await caseForms(deps.pool, caseId);
  return forms.map(({ doneAt, fields, values }: CaseFormRow) => ({
    doneAt,
    entries: fields.flatMap((field): ShownEntry[] => {
      const row = values.find((value) => value.field === field.id);
      return row ? [entryOf(deps, field, row, row.id === opened)] : [];
    }),
  }));
}

function entryOf(
  { sealer, log }: Pick<WebDeps, 'sealer' | 'log'>,
  field: FormField,
  row: FormValueRow,
  isOpen: boolean,
): ShownEntry {
  const { id, value, attachmentId, state } = row;
  const photo = attachmentId === null ? null : { id: attachmentId, state: state ?? 'lost' };
  if (value === null) return { id, label: field.label, text: '', isOpen: false, photo };
  const clear = opened();
  const text = clear === null ? UNREADABLE : isOpen ? clear : masked(field.type, clear);
  return { id, label: field.label, text, isOpen: isOpen && clear !== null, photo };

  /** One entry that cannot be read must not keep the case from being seen. */
  function opened(): string | null {
    try {
      const { field: of, value: entered } = sealer.open('form', id, value!);
      // A value that was put beneath another field is nobody's.
      return of === field.id && typeof entered === 'string' ? entered : null;
    } catch (cause) {
      if (!(cause instanceof SealError)) throw cause;
      log.error({ err: cause }, 'an entry of a form does not open');
      return null;
    }
  }
}

const UNREADABLE = '—';

/** Enough to know it again, no more. */
function masked(type: FormFieldType, value: string): string {
  if (type === 'nik' || type === 'family_card') return maskNumber(value);
  if (type === 'phone') return `${value.slice(0, 4)}••••${value.slice(-2)}`;
  return `${[...value][0] ?? ''}•••`;
}
