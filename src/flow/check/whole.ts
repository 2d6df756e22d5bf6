import { CONVERSATION_ARGUMENTS, SYSTEM_TEXTS } from '../../words/systemTexts.js';
import type { SystemKey } from '../../words/systemTexts.js';
import { ALWAYS_FLOWS } from '../always.js';
import type { CompiledFlow, Flows } from '../compiled.js';
import type { CompileResult } from '../compileFlow.js';
import { START_VARS } from '../names.js';
import { CHOOSE_VILLAGE } from '../walk.js';
import type { FlowFault } from '../yamlFile.js';
import { fault } from './fault.js';

/** An intent names one flow. */
export function checkIntents(results: readonly CompileResult[]): FlowFault[] {
  const seen = new Map<string, CompiledFlow>();
  return results.flatMap(({ flow }) => {
    if (!flow.intent) return [];
    const first = seen.get(flow.intent);
    seen.set(flow.intent, first ?? flow);
    return first
      ? [
          fault(
            flow,
            1,
            `the intent "${flow.intent}" is that of ${first.id} already`,
            'give one of them another intent',
          ),
        ]
      : [];
  });
}

/** The engine's own texts use only what fills them. */
export function checkSystem(flows: Flows): FlowFault[] {
  return (Object.keys(SYSTEM_TEXTS) as SystemKey[]).flatMap((key) => {
    const known: readonly string[] = [...CONVERSATION_ARGUMENTS, ...SYSTEM_TEXTS[key]];
    return Object.entries(flows.system[key]).flatMap(([language, words]) =>
      words.arguments
        .filter(({ name }) => !known.includes(name) && !known.includes(name.replace(/^has_/u, '')))
        .map(({ name }) => ({
          file: `flows/text/${language}/system.yaml`,
          line: 1,
          what: `nothing fills {${name}} in "${key}"`,
          cure: `it may use: ${known.join(', ')}`,
        })),
    );
  });
}

/** Words that always work lead somewhere, and an emergency has its answer. */
export function checkWordsThatAlwaysWork(flows: Flows): FlowFault[] {
  const faults: FlowFault[] = [];
  for (const [word, { intent, id }] of Object.entries(ALWAYS_FLOWS))
    if (!flows.byIntent.has(intent) && !flows.byId.has(id))
      faults.push({
        file: 'flows/words/always.yaml',
        line: 1,
        what: `the word "${word}" has no flow to start`,
        cure: `add a flow with intent ${intent}, or one called ${id}`,
      });
  for (const kind of flows.vocabulary.emergencyKinds)
    if (!flows.byIntent.has(kind) && !flows.byId.has('emergency'))
      faults.push({
        file: 'flows/words/emergency.yaml',
        line: 1,
        what: `an emergency of the kind "${kind}" has no flow that answers it`,
        cure: `add a flow with intent ${kind}, or one called emergency`,
      });
  return faults;
}

/** What the program itself starts must be there. */
export function checkStarted(flows: Flows): FlowFault[] {
  const needed = Object.keys(START_VARS).map((id) => ({
    id,
    why: 'the program starts it to tell people something',
  }));
  if ([...flows.byId.values()].some((flow) => flow.needs !== 'nothing'))
    needed.push({ id: CHOOSE_VILLAGE, why: 'flows that need the village begin with it' });
  return needed
    .filter(({ id }) => !flows.byId.has(id))
    .map(({ id, why }) => ({
      file: 'flows',
      line: 1,
      what: `the flow "${id}" is missing: ${why}`,
      cure: `add a file with flow: ${id}`,
    }));
}
