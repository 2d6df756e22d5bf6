import { mkdir, readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files that the simulated phones sent, as a platform keeps them: over a restart, and the oldest go first. */
export interface SimulatedFiles {
  keep(id: string, bytes: Uint8Array): Promise<void>;
  read(id: string): Promise<Uint8Array | null>;
}

const KEPT = 200;

export function createSimulatedFiles(dir: string, kept = KEPT): SimulatedFiles {
  return {
    async keep(id, bytes) {
      await mkdir(dir, { recursive: true });
      await writeFile(join(dir, id), bytes);
      await prune(dir, kept);
    },
    async read(id) {
      // Ids come back from a page: no other file is theirs to name.
      if (!/^[\w-]+\.[a-z]+$/u.test(id)) return null;
      return readFile(join(dir, id)).catch(() => null);
    },
  };
}

async function prune(dir: string, kept: number): Promise<void> {
  const names = await readdir(dir);
  if (names.length <= kept) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(dir, name)).catch(() => null))?.mtimeMs ?? 0 })),
  );
  aged.sort((a, b) => a.at - b.at);
  await Promise.all(
    aged.slice(0, names.length - kept).map(({ name }) => unlink(join(dir, name)).catch(() => {})),
  );
}
