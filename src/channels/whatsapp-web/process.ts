import { answer } from './answers.js';
import { createSession, type Session } from './session.js';
import { ToProcess, type FromProcess } from './talk.js';

/**
 * The process of one WhatsApp Web line: it holds the library's Client and its browser, does what the gateway asks for,
 * and tells what happens. Whatever dies in here harms nobody else. It ends with the gateway, however that ends.
 */
let session: Session | null = null;
let ending: Promise<void> | null = null;

function tell(event: FromProcess): void {
  // The gateway may be gone in this very moment: then `disconnect` ends us.
  if (process.connected) process.send!(event, () => {});
}

function hear(raw: unknown): void {
  const said = ToProcess.parse(raw);
  switch (said.kind) {
    case 'open':
      session = createSession(said, tell);
      session.begin();
      return;
    case 'ask':
      void doAsked(said.id, said.ask);
      return;
    case 'close':
      end();
      return;
    default:
      said satisfies never;
  }
}

async function doAsked(id: number, ask: Extract<ToProcess, { kind: 'ask' }>['ask']): Promise<void> {
  try {
    if (!session) throw new Error('there is no browser yet');
    tell({ kind: 'answer', id, value: (await answer(ask, session)) ?? null });
  } catch (cause) {
    tell({ kind: 'failed', id, why: cause instanceof Error ? cause.message : String(cause) });
  }
}

function end(): void {
  ending ??= (session?.end() ?? Promise.resolve()).catch(() => {}).finally(() => process.exit(0));
}

process.on('message', hear);
process.on('disconnect', end);
// Ctrl-C reaches the whole group of processes: the gateway says when it is our turn.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('unhandledRejection', (cause) => session?.stray(cause));
process.on('uncaughtException', (cause) => {
  tell({ kind: 'trouble', what: 'page', why: cause.message });
  end();
});
