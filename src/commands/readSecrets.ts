import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { SetupError } from '../core/errors.js';

/**
 * Secrets, one a line: typed unseen where there is a terminal, else the lines of standard input in the same order. Never
 * from the command line, which every user of the machine can read, and the shell remembers.
 */
export async function readSecrets(labels: string[]): Promise<string[]> {
  const { stdin } = process;
  const isTyped = 'isTTY' in stdin && stdin.isTTY;
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nothing, terminal: isTyped });
  const given = lines[Symbol.asyncIterator]();
  const secrets: string[] = [];
  try {
    for (const label of labels) {
      if (isTyped) process.stderr.write(`${label}: `);
      const { value, done } = await given.next();
      if (isTyped) process.stderr.write('\n');
      if (done) throw new SetupError([`${label}: missing; standard input must hold it on a line of its own`]);
      secrets.push(value.trim());
    }
  } finally {
    lines.close();
  }
  return secrets;
}
