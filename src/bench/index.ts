import { describeMachine, formatTable, type Bench, type BenchRow } from './report.js';

/** What is measured, by the rows' names; each is loaded when it runs. */
const BENCHES: { names: string[]; load: () => Promise<Bench> }[] = [
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
    names: ['ingress.webhook'],
    load: async () => (await import('./ingress.js')).ingressBench,
  },
  {
    names: ['render.telegram', 'render.whatsapp_cloud', 'render.whatsapp_web'],
    load: async () => (await import('./rendering.js')).renderingBench,
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
];

/** Every row that can be asked for. */
export const BENCH_NAMES = BENCHES.flatMap((bench) => bench.names);

/** Runs all measurements, or those with the row `only` (or whose rows begin with it), and prints the table. */
export async function runBench(options: { json: boolean; only?: string | undefined }): Promise<void> {
  const rows: BenchRow[] = [];
  const skipped: { name: string; reason: string }[] = [];
  const isWanted = (name: string) => options.only === undefined || name.startsWith(options.only);
  for (const { names, load } of BENCHES) {
    if (!names.some(isWanted)) continue;
    const result = await (await load()).run();
    if (typeof result === 'string') skipped.push(...names.map((name) => ({ name, reason: result })));
    else rows.push(...result.filter((row) => isWanted(row.name)));
  }
  const machine = describeMachine();
  if (options.json) console.log(JSON.stringify({ machine, rows, skipped }, null, 2));
  else console.log(formatTable(machine, rows, skipped));
}
