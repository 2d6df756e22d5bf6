import type { CompiledFlow, CompiledStep, Localized } from '../flow/compiled.js';

/** A step, another flow or the end, as a box of the drawing. */
export interface GraphNode {
  id: string;
  /** What kind of box: a step's type, `flow` for another flow, `end` for the end without words. */
  type: CompiledStep['type'] | 'flow';
  /** The step's or the flow's name. */
  name: string;
  /** What is said, asked, or done there. */
  text: string;
  /** Only where this holds (CEL). */
  condition: string | null;
}

export interface GraphEdge {
  from: string;
  to: string;
  /** The option or the condition that leads this way; null: onward. */
  label: string | null;
}

export interface FlowGraph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** The box after the last step. */
const OVER = '(end)';

/** A flow as boxes and the ways between them, words in this language. */
export function graphOf(flow: CompiledFlow, language: string): FlowGraph {
  const nodes = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  const idAt = (place: number) => flow.steps[place]?.id ?? OVER;
  const nodeIds = flow.steps.map((step, at) =>
    flow.places.get(step.id) === at ? step.id : `${step.id}#${at}`,
  );
  const to = (place: number) => nodeIds[place] ?? idAt(place);
  const words = (text: Localized) => (text[language] ?? Object.values(text)[0]!).source.trim();

  flow.steps.forEach((step, at) => {
    const id = nodeIds[at]!;
    const lead = (target: string, label: string | null = null) => edges.push({ from: id, to: target, label });
    const leadToFlow = (other: string, label: string | null) => {
      const target = `flow:${other}`;
      nodes.set(target, { id: target, type: 'flow', name: other, text: '', condition: null });
      lead(target, label);
    };
    nodes.set(id, {
      id,
      type: step.type,
      name: step.id,
      text: textOf(step, words),
      condition: step.if?.source ?? null,
    });
    switch (step.type) {
      case 'choose':
        for (const option of step.options) {
          const label = words(option.label);
          if (option.flow !== null) leadToFlow(option.flow, label);
          else lead(to(option.go ?? at + 1), label);
        }
        if (step.from) lead(to(step.go ?? at + 1), step.item ? words(step.item) : null);
        if (step.if) lead(to(at + 1));
        break;
      case 'when':
        for (const one of step.cases) lead(to(one.go), one.if.source);
        lead(to(step.else ?? at + 1), '—');
        break;
      case 'go':
        lead(to(step.target));
        if (step.if) lead(to(at + 1), '—');
        break;
      case 'call':
        leadToFlow(step.flow, null);
        lead(to(at + 1));
        break;
      case 'end':
        if (step.if) lead(to(at + 1), '—');
        break;
      default:
        if ('otherwise' in step && typeof step.otherwise === 'number') lead(to(step.otherwise), '—');
        lead(to(at + 1));
    }
  });
  if (edges.some((edge) => edge.to === OVER))
    nodes.set(OVER, { id: OVER, type: 'end', name: '', text: '', condition: null });
  return { nodes: [...nodes.values()], edges: merged(edges) };
}

function textOf(step: CompiledStep, words: (text: Localized) => string): string {
  if (step.type === 'do') return step.effect;
  if (step.type === 'look_up') return step.what;
  if (step.type === 'set') return step.to.source;
  return 'text' in step && step.text ? words(step.text) : '';
}

/** Several ways between the same two boxes are one line with all their labels. */
function merged(edges: readonly GraphEdge[]): GraphEdge[] {
  const byWay = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const key = `${edge.from}\n${edge.to}`;
    const known = byWay.get(key);
    if (!known) byWay.set(key, { ...edge });
    else if (edge.label !== null)
      known.label = known.label === null ? edge.label : `${known.label} · ${edge.label}`;
  }
  return [...byWay.values()];
}
