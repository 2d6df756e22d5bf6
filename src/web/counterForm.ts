import { maskIdentityNumbers } from '../core/identityNumbers.js';
import type { Json, JsonObject } from '../core/json.js';
import type { CompiledAsk, CompiledFlow, Flows, Localized } from '../flow/compiled.js';
import { isTyped, parseAnswer } from '../flow/answers/index.js';

/**
 * A flow's questions as one short form: for residents who come to the counter. Photos, places and villages are no fields
 * of it; the resident's name has its own.
 */
export interface CounterField {
  id: string;
  label: string;
  type: string;
  options: { value: string; text: string }[];
  isOptional: boolean;
}

/** Who reads the form, and when. */
export interface CounterContext {
  language: string;
  now: Date;
  zone: string;
}

export type CounterAnswers =
  | { answers: JsonObject; private: JsonObject; faults: null }
  /** By the field: what was expected there. */
  | { faults: Map<string, string> };

/** The flow that makes requests of a service; null: it has none of its own. */
export function flowOfService(flows: Flows, service: string): CompiledFlow | null {
  return [...flows.byId.values()].find((flow) => flow.service === service && flow.hasDraft) ?? null;
}

/** Everything that a flow asks, in its order. What may be jumped over there, or has a condition, may be left empty here. */
export function counterFields(flow: CompiledFlow | null, { language }: CounterContext): CounterField[] {
  return asksOf(flow).map(({ ask, isSure }) => ({
    id: ask.id,
    label: sentence(wordsOf(ask.label ?? ask.text, language)),
    type: ask.answer.type,
    options:
      ask.answer.type === 'choice'
        ? ask.answer.options.map(({ value, label }) => ({ value, text: wordsOf(label, language) }))
        : [],
    isOptional: ask.optional || !isSure,
  }));
}

/** Reads what was typed as the flow itself would: the same answers, so that a letter finds the same fields. */
export function readCounterForm(
  flows: Flows,
  flow: CompiledFlow | null,
  name: string,
  given: (field: string) => string,
  context: CounterContext,
): CounterAnswers {
  const answers: JsonObject = { name };
  const sealed: JsonObject = {};
  const faults = new Map<string, string>();
  const scope = (root: string): unknown =>
    root === 'answers'
      ? { ...answers, ...sealed }
      : root === 'resident'
        ? { name }
        : root === 'now'
          ? context.now.toISOString()
          : null;
  for (const { ask, isSure } of asksOf(flow)) {
    if (ask.if && !ask.if.holds(scope)) continue;
    const typed = maskIdentityNumbers(given(ask.id)).text.trim();
    if (typed === '') {
      if (!ask.optional && (isSure || ask.if)) faults.set(ask.id, '');
      continue;
    }
    const read = readOne(flows, ask, typed, context);
    if ('hint' in read) faults.set(ask.id, read.hint);
    else (ask.sensitive ? sealed : answers)[ask.id] = read.value;
  }
  return faults.size > 0 ? { faults } : { answers, private: sealed, faults: null };
}

/** Types that a form at the counter has no field for. */
const ELSEWHERE: ReadonlySet<string> = new Set(['photo', 'document', 'location', 'contact', 'village']);

/** `isSure`: whoever makes this request is always asked it. */
function asksOf(flow: CompiledFlow | null): { ask: CompiledAsk; isSure: boolean }[] {
  let isSure = true;
  const asks: { ask: CompiledAsk; isSure: boolean }[] = [];
  for (const step of flow?.steps ?? []) {
    // Past a fork nobody knows which way this resident would have gone.
    if (step.type === 'when' || step.type === 'go' || step.type === 'choose') isSure = false;
    if (step.type !== 'ask' || step.id === 'name' || ELSEWHERE.has(step.answer.type)) continue;
    asks.push({ ask: step, isSure: isSure && step.if === null });
  }
  return asks;
}

function readOne(
  flows: Flows,
  ask: CompiledAsk,
  typed: string,
  { language, now, zone }: CounterContext,
): { value: Json } | { hint: string } {
  const hint = ask.hint ? withoutChat(wordsOf(ask.hint, language)) : '';
  const { answer } = ask;
  if (answer.type === 'choice')
    return answer.options.some(({ value }) => value === typed) ? { value: typed } : { hint };
  if (answer.type === 'yes_no')
    return typed === 'ya' || typed === 'tidak' ? { value: typed === 'ya' } : { hint };
  if (!isTyped(answer)) return { hint };
  const { vocabulary } = flows;
  const parsed = parseAnswer(answer, vocabulary.read(typed), { now, zone, language, vocabulary });
  if ('value' in parsed) return { value: parsed.value };
  const general = flows.system[parsed.hint];
  return { hint: hint || wordsOf(general, language, (name) => parsed.arguments?.[name]) };
}

function wordsOf(
  text: Localized,
  language: string,
  valueOf: (name: string) => string | number | undefined = () => undefined,
): string {
  const words = text[language] ?? Object.values(text)[0]!;
  return words.fill(valueOf, 'UTC').trim();
}

/** What is said of typing in a chat means nothing at a counter: `Kalau lupa, ketik "lewati".` */
function withoutChat(hint: string): string {
  const sentences = hint.split(/(?<=[.?!])\s+/u);
  return sentences.filter((sentence) => !/\b(?:ketik|type|balas|reply)\b/iu.test(sentence)).join(' ');
}

/** Labels are written small, to stand within a summary. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
