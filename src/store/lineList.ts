import { open, readFile } from 'node:fs/promises';

/** Adds values to a list of JSON lines at `path`, which is on the disk when this answers. Mode 0600; only ever appended to. */
export async function appendToList(path: string, values: readonly unknown[]): Promise<void> {
  if (values.length === 0) return;
  const file = await open(path, 'a', 0o600);
  try {
    // A line end first: a crash may have cut the last line off.
    await file.appendFile(values.map((value) => `\n${JSON.stringify(value)}`).join('') + '\n');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The values of the list at `path`, unparsed by meaning; none where there is no list. A line that a crash cut off is left out. */
export async function readList(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw cause;
  });
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}
