import type { Intake, LineState } from '../../src/channels/channel.js';
import type { Content, Inbound } from '../../src/core/content.js';

/** A road of one stop: keeps what it received as the store would, once for each external id, and fails on demand. */
export interface TestIntake extends Intake {
  stored: Inbound[];
  /** Every try, stored or not. */
  tries: string[];
  states: { state: LineState; reason?: string | undefined }[];
  name: string | null;
  fails(times: number, which?: (inbound: Inbound) => boolean): void;
  /** Holds every receive until the returned function is called. */
  holds(): () => void;
  contents(): Content[];
  texts(): string[];
}

export function testIntake(): TestIntake {
  const seen = new Set<string>();
  let failing = { times: 0, which: (_: Inbound) => true };
  let held: Promise<void> | null = null;
  const intake: TestIntake = {
    stored: [],
    tries: [],
    states: [],
    name: null,
    fails(times, which = () => true) {
      failing = { times, which };
    },
    holds() {
      const { promise, resolve } = withResolvers();
      held = promise;
      return () => {
        held = null;
        resolve();
      };
    },
    contents: () => intake.stored.map((inbound) => inbound.content),
    texts: () => intake.contents().flatMap((content) => (content.kind === 'text' ? content.text : [])),
    async receive(inbound) {
      intake.tries.push(inbound.externalId);
      await held;
      if (failing.times > 0 && failing.which(inbound)) {
        failing.times -= 1;
        throw new Error('the store failed, for the test');
      }
      if (seen.has(inbound.externalId)) return;
      seen.add(inbound.externalId);
      intake.stored.push(inbound);
    },
    loadOffset: async () => null,
    saveOffset: async () => {},
    async stateChanged(state, reason) {
      intake.states.push({ state, reason });
    },
    async named(name) {
      intake.name = name;
    },
  };
  return intake;
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

/** Resolves as soon as `holds` is true; rejects with `what` where it never is. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A log that keeps its lines, so that a test can see that nothing is lost silently, and no secret is told. */
export function testLog() {
  const lines: string[] = [];
  const write = (level: string) => (fields: object, message: string) => {
    lines.push(
      `${level} ${message} ${JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? { ...value, words: value.message } : value))}`,
    );
  };
  return { lines, info: write('info'), warn: write('warn'), error: write('error') };
}
