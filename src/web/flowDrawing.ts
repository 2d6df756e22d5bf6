import dagre from '@dagrejs/dagre';
import type { FlowGraph, GraphNode } from './flowGraph.js';

/** A box where it stands, and its text in lines that fit it. Pixels; `x`, `y`: the upper left corner. */
export interface DrawnNode extends GraphNode {
  x: number;
  y: number;
  width: number;
  height: number;
  lines: string[];
}

export interface DrawnEdge {
  points: { x: number; y: number }[];
  label: { text: string; whole: string; x: number; y: number } | null;
}

export interface Drawing {
  width: number;
  height: number;
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

const WIDTH = 220;
const NARROW = 150;
export const HEAD = 24;
export const LINE = 17;
const PAD = 8;
/** Letters that fit a line of a box at 13 px, and lines that are shown. */
const LETTERS = 27;
const MOST_LINES = 4;
const LABEL_LETTERS = 22;

/** Places the boxes of a flow from top to bottom, with lines that cross as little as they must (dagre). */
export function draw(graph: FlowGraph): Drawing {
  const layout = new dagre.graphlib.Graph({ multigraph: false });
  layout.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 34, edgesep: 14, marginx: 12, marginy: 12 });
  layout.setDefaultEdgeLabel(() => ({}));
  const lines = new Map(graph.nodes.map((node) => [node.id, wrap(textOf(node))]));
  for (const node of graph.nodes) {
    const own = lines.get(node.id)!;
    const height = node.type === 'flow' || own.length === 0 ? HEAD + PAD : HEAD + PAD + own.length * LINE;
    layout.setNode(node.id, { width: own.length === 0 ? NARROW : WIDTH, height });
  }
  for (const edge of graph.edges) {
    const label = edge.label === null ? null : shorten(edge.label);
    const sized = label === null ? {} : { label, width: label.length * 6.6, height: 16, labelpos: 'c' };
    layout.setEdge(edge.from, edge.to, sized);
  }
  dagre.layout(layout);
  const nodes = graph.nodes.map((node): DrawnNode => {
    const { x, y, width, height } = layout.node(node.id) as unknown as Placed;
    return { ...node, x: x - width / 2, y: y - height / 2, width, height, lines: lines.get(node.id)! };
  });
  const edges = graph.edges.map((edge): DrawnEdge => {
    const { points, x, y } = layout.edge(edge.from, edge.to) as unknown as {
      points: { x: number; y: number }[];
      x?: number;
      y?: number;
    };
    const label =
      edge.label === null || x === undefined || y === undefined
        ? null
        : { text: shorten(edge.label), whole: edge.label, x, y };
    return { points, label };
  });
  const { width, height } = layout.graph() as { width: number; height: number };
  return { width: Math.ceil(width), height: Math.ceil(height), nodes, edges };
}

interface Placed {
  x: number;
  y: number;
  width: number;
  height: number;
}

function textOf(node: GraphNode): string {
  return node.condition === null ? node.text : `[${node.condition}] ${node.text}`;
}

function shorten(text: string): string {
  return text.length <= LABEL_LETTERS ? text : `${text.slice(0, LABEL_LETTERS - 1)}…`;
}

/** Words in lines of a box; what is more than fits ends with an ellipsis. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/u).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= LETTERS)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.length <= LETTERS ? word : `${word.slice(0, LETTERS - 1)}…`);
    if (lines.length > MOST_LINES) break;
  }
  if (lines.length <= MOST_LINES) return lines;
  const kept = lines.slice(0, MOST_LINES);
  kept[MOST_LINES - 1] = `${kept[MOST_LINES - 1]!.slice(0, LETTERS - 1)}…`;
  return kept;
}
