import { SCALE_NAMES } from './scale/names.js';
import { describeMachine, formatTable, type Bench, type BenchRow } from './report.js';

/** What is measured, by the rows' names; each is loaded when it runs. */
const BENCHES: {
  names: string[];
  load: (options: { cases?: number | undefined }) => Promise<Bench>;
  /** It takes minutes and gigabytes: only where it is asked for by name. */
  isLong?: boolean;
}[] = [
  {
    names: ['engine.turns', 'engine.session_bytes'],
    load: async () => (await import('./engine.js')).engineBench,
  },
  {
    names: ['understand.phrase', 'understand.phrase_p99', 'understand.index'],
    load: async () => (await import('./understanding.js')).understandingBench,
  },
  {
    names: ['road.durable', 'road.p99_at_2000'],
    load: async () => (await import('./road.js')).roadBench,
  },
  {
    names: ['notify.drained'],
    load: async () => (await import('./notifications.js')).notificationsBench,
  },
  {
    names: ['ingress.webhook'],
    load: async () => (await import('./ingress.js')).ingressBench,
  },
  {
    names: ['render.telegram', 'render.whatsapp_cloud', 'render.whatsapp_web'],
    load: async () => (await import('./rendering.js')).renderingBench,
  },
  {
    names: ['letter.ms', 'letter.typst_share'],
    load: async () => (await import('./letters.js')).lettersBench,
  },
  {
    names: ['whatsapp_web.ready_seconds', 'whatsapp_web.process_mb'],
    load: async () => (await import('./whatsappWeb.js')).whatsAppWebBench,
  },
  {
    names: ['flows.check_seconds'],
    load: async () => (await import('./checking.js')).checkingBench,
  },
  {
    names: ['start.seconds', 'start.rss_mb'],
    load: async () => (await import('./start.js')).startBench,
  },
  {
    names: SCALE_NAMES,
    load: async ({ cases }) => (await import('./scale/index.js')).scaleBench(cases),
    isLong: true,
  },
];

/** Every row that can be asked for. */
export const BENCH_NAMES = BENCHES.flatMap((bench) => bench.names);

/** Runs all measurements, or those with the row `only` (or whose rows begin with it), and prints the table; the long ones only when asked for. */
export async function runBench(options: {
  json: boolean;
  only?: string | undefined;
  cases?: number | undefined;
}): Promise<void> {
  const rows: BenchRow[] = [];
  const skipped: { name: string; reason: string }[] = [];
  const isWanted = (name: string) => options.only === undefined || name.startsWith(options.only);
  for (const { names, load, isLong } of BENCHES) {
    if (!names.some(isWanted) || (isLong && options.only === undefined)) continue;
    const result = await (await load(options)).run();
    if (typeof result === 'string') skipped.push(...names.map((name) => ({ name, reason: result })));
    else rows.push(...result.filter((row) => isWanted(row.name)));
  }
  const machine = describeMachine();
  if (options.json) console.log(JSON.stringify({ machine, rows, skipped }, null, 2));
  else console.log(formatTable(machine, rows, skipped));
}
