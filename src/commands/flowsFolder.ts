import { fileURLToPath } from 'node:url';

/** The flows that come with the program. */
export const FLOWS_FOLDER = fileURLToPath(new URL('../../flows', import.meta.url));

/** The frame of letters, and their templates. */
export const LETTERS_FOLDER = fileURLToPath(new URL('../../flows/letters', import.meta.url));
