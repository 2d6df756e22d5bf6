import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { frameData } from './frame.js';
import type { FrameData, Setting } from './frame.js';

/** What is asked of the process that sets letters, and what it answers. */
export interface RenderQuestion {
  id: number;
  as: 'pdf' | 'svg';
  data: FrameData;
  logo: Uint8Array | null;
  /** Since 1970. */
  seconds: number;
}
export type RenderAnswer =
  { id: number; file: Uint8Array; ms: number; rss: number } | { id: number; fault: string };

export interface Renderer {
  /** The letter as PDF/A-2b, the same bytes each time. Rejects with a RenderError. */
  render(setting: Setting): Promise<Rendered>;
  /** The same as a picture (SVG), all pages one under the other: for a preview. */
  picture(setting: Setting): Promise<string>;
  stop(): Promise<void>;
}

export interface Rendered {
  pdf: Uint8Array;
  /** How long Typst took of it. */
  typstMs: number;
}

/** A letter could not be set; its message holds nothing of the letter's words. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
}

/** After so many letters, or with so much memory, the process is ended: Typst's own grows to some 200 MB in 200 letters. */
const MOST_LETTERS = 150;
const MOST_BYTES = 320 * 1024 * 1024;
/** Usually some ten milliseconds. */
const MOST_MS = 20_000;
/** Nobody needs it: it goes. */
const IDLE_MS = 60_000;

// From source (in tests) the process is TypeScript as well.
const isSource = import.meta.url.endsWith('.ts');
const PROCESS = fileURLToPath(
  new URL(isSource ? './renderProcess.ts' : './renderProcess.js', import.meta.url),
);

/**
 * Sets letters, one after the other, in a process of its own that is made anew from time to time and ends when idle.
 * `folder`: flows/letters, where frame.typ lies. What it is handed is data, never source.
 */
export function createRenderer(folder: string): Renderer {
  let child: ChildProcess | null = null;
  let letters = 0;
  let idle: NodeJS.Timeout | undefined;
  let before: Promise<unknown> = Promise.resolve();
  let id = 0;

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ending = child;
    child = null;
    letters = 0;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise<void>((done) => ending.once('exit', () => done()));
    ending.ref();
    ending.kill('SIGKILL');
    await ended;
  }

  async function ask(question: RenderQuestion): Promise<Rendered> {
    clearTimeout(idle);
    // Ended by somebody else meanwhile.
    if (child && !child.connected) await end();
    child ??= start(folder);
    const answer = await answerOf(child, question);
    if (!answer) {
      await end();
      throw new RenderError('the process that sets letters ended, or took too long');
    }
    letters += 1;
    if ('fault' in answer || letters >= MOST_LETTERS || answer.rss > MOST_BYTES) await end();
    else {
      idle = setTimeout(() => void end(), IDLE_MS);
      idle.unref();
    }
    if ('fault' in answer) throw new RenderError(`a letter could not be set: ${answer.fault}`);
    return { pdf: answer.file, typstMs: answer.ms };
  }

  async function inTurn(setting: Setting, as: RenderQuestion['as']): Promise<Rendered> {
    const data = await frameData(setting);
    const seconds = Math.floor(setting.at.getTime() / 1000);
    const rendering = before.then(() => ask({ id: ++id, as, data, logo: setting.logo, seconds }));
    before = rendering.catch(() => {});
    return await rendering;
  }

  return {
    render: (setting) => inTurn(setting, 'pdf'),
    async picture(setting) {
      const { pdf: svg } = await inTurn(setting, 'svg');
      return Buffer.from(svg).toString('utf8');
    },
    async stop() {
      await before;
      await end();
    },
  };
}

function start(folder: string): ChildProcess {
  const child = fork(PROCESS, [folder], {
    execArgv: isSource ? ['--import', 'tsx'] : [],
    // It needs nothing of ours: no key, no token; and none of the machine's fonts.
    env: { FONTCONFIG_FILE: join(folder, 'fonts.conf') },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // Whoever ends without stopping it does not wait for it: it sees the channel close, and ends too.
  child.unref();
  child.channel?.unref();
  return child;
}

/** null: it ended, or did not answer in time. */
async function answerOf(child: ChildProcess, question: RenderQuestion): Promise<RenderAnswer | null> {
  let settle: (answer: RenderAnswer | null) => void;
  const heard = (answer: unknown) => {
    if ((answer as RenderAnswer).id === question.id) settle(answer as RenderAnswer);
  };
  const gone = () => settle(null);
  const timer = setTimeout(gone, MOST_MS);
  child.channel?.ref();
  try {
    return await new Promise<RenderAnswer | null>((done) => {
      settle = done;
      child.on('message', heard).once('exit', gone).once('error', gone);
      child.send(question, (cause) => {
        if (cause) gone();
      });
    });
  } finally {
    clearTimeout(timer);
    child.off('message', heard).off('exit', gone).off('error', gone);
    child.channel?.unref();
  }
}
