import type { MediaRef } from '../core/content.js';

/** The attachment where it is stored already, else the platform's id of the file. */
export function referenceOf({ file }: { file: MediaRef }): string {
  return file.attachmentId ?? file.remote ?? '';
}
