import type { MediaRef } from './content.js';

/** What a person may send as a file. */
export type FileKind = 'photo' | 'document' | 'voice';

/** A row of `attachments`, as far as its file goes. */
export interface FileRow {
  id: string;
  lineId: string | null;
  kind: FileKind;
  state: 'waiting' | 'stored' | 'refused' | 'lost' | 'erased';
  remote: MediaRef | null;
  mime: string | null;
  name: string | null;
  storageKey: string | null;
  isRestricted: boolean;
}

/** What is known of a file once it is stored. */
export interface KeptFile {
  mime: string;
  /** Its size. */
  bytes: number;
  width: number | null;
  height: number | null;
  /** Hexadecimal. */
  sha256: string;
  storageKey: string;
}
