import type { SealPurpose } from '../core/ports.js';

/** A column of sealed text: which rows it has, and to what each value is bound (the `context` of the Sealer). */
export interface SealedColumn {
  table: string;
  column: string;
  /** The key by which batches go on. */
  id: string;
  idType: 'uuid' | 'bigint' | 'text';
  purpose: SealPurpose;
  /** The column whose text is the context. */
  context: string;
}

/**
 * Every sealed column of the database. Who seals uses these contexts, and `kentongan keys rotate` reseals by them:
 * a new sealed column gets its line here. Restricted attachments lie in the media storage instead: purpose
 * 'attachment', context the attachment's id.
 */
export const SEALED_COLUMNS: SealedColumn[] = [
  { table: 'conversations', column: 'private', id: 'id', idType: 'uuid', purpose: 'session', context: 'id' },
  {
    table: 'inbound_messages',
    column: 'sealed_body',
    id: 'seq',
    idType: 'bigint',
    purpose: 'inbound',
    context: 'seq',
  },
  { table: 'case_events', column: 'sealed', id: 'id', idType: 'uuid', purpose: 'case', context: 'case_id' },
  { table: 'cases', column: 'private', id: 'id', idType: 'uuid', purpose: 'case', context: 'id' },
  { table: 'form_values', column: 'value', id: 'id', idType: 'uuid', purpose: 'form', context: 'id' },
  { table: 'lines', column: 'settings', id: 'id', idType: 'text', purpose: 'line', context: 'id' },
  {
    table: 'residents_register',
    column: 'private',
    id: 'id',
    idType: 'uuid',
    purpose: 'register',
    context: 'id',
  },
  { table: 'register_chunks', column: 'rows', id: 'id', idType: 'uuid', purpose: 'register', context: 'id' },
  { table: 'register_matches', column: 'said', id: 'id', idType: 'uuid', purpose: 'register', context: 'id' },
  { table: 'letters', column: 'private', id: 'id', idType: 'uuid', purpose: 'letter', context: 'id' },
  {
    table: 'letter_drafts',
    column: 'private',
    id: 'case_id',
    idType: 'uuid',
    purpose: 'letter',
    context: 'case_id',
  },
  { table: 'letter_keys', column: 'private', id: 'id', idType: 'text', purpose: 'letter', context: 'id' },
];
