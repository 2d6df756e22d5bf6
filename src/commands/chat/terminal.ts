import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { FlowFaultsError, loadFlows } from '../../flow/load.js';
import type { Flows } from '../../flow/compiled.js';
import { ChatLineError, Talk } from './talk.js';
import { readTranscript, shownSaid } from './transcript.js';

/** How the chat begins, as `kentongan chat` was called. */
export interface TerminalOptions {
  channel: string;
  person: string;
  officer?: boolean;
  village: string;
  language: string;
  first?: boolean;
  save?: string;
  dir: string;
}

const HELP = `Type what a resident types. Also: [tap: Kirim]  [photo]  [location -8.3,114.3]  (2 hours later)  — see docs/chat-files.md.
Ends with Ctrl-D.`;

/** Talks until the input ends, then saves what was said if asked to. */
export async function talkInTerminal(options: TerminalOptions): Promise<void> {
  const flows = await flowsOrFaults(options.dir);
  if (!flows) return;
  const header = headerOf(options);
  const talk = new Talk(flows, readTranscript(`${header.join('\n')}\n`).settings);
  const said: string[] = [...header, ''];
  const input = createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' });
  const isTyped = process.stdin.isTTY;
  if (isTyped) {
    console.log(HELP);
    input.prompt();
  }
  for await (const line of input) {
    const text = line.trim();
    if (text !== '') {
      try {
        const answer = talk.play(text);
        said.push(...shownSaid(text, false), ...answer);
        if (!isTyped) console.log(`> ${text}`);
        console.log(answer.join('\n'));
      } catch (cause) {
        if (!(cause instanceof ChatLineError)) throw cause;
        console.log(`(${cause.message})`);
      }
    }
    if (isTyped) input.prompt();
  }
  if (options.save) {
    await writeFile(options.save, `${said.map((line) => line.trimEnd()).join('\n')}\n`);
    console.log(
      `\nsaved in ${options.save}: ${(await readFile(options.save, 'utf8')).split('\n').length - 1} lines`,
    );
  }
}

async function flowsOrFaults(dir: string): Promise<Flows | null> {
  try {
    return await loadFlows(dir);
  } catch (cause) {
    if (!(cause instanceof FlowFaultsError)) throw cause;
    console.error(cause.message);
    process.exitCode = 1;
    return null;
  }
}

function headerOf(options: TerminalOptions): string[] {
  return [
    `channel: ${options.channel}`,
    `person: ${options.officer ? 'officer' : 'resident'} ${options.person}`,
    ...(options.village === 'Kemiren' ? [] : [`village: ${options.village}`]),
    ...(options.language === 'id' ? [] : [`language: ${options.language}`]),
    ...(options.first ? ['first: yes'] : []),
  ];
}
