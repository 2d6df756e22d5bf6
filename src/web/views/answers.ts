import type { Json, JsonObject } from '../../core/json.js';
import type { Question } from '../deps.js';
import type { View } from './view.js';

export interface ShownAnswer {
  label: string;
  text: string;
  /** A place on the map, where the answer is one. */
  place?: { latitude: number; longitude: number };
}

/** Answers beside their questions, in the flow's order; what no question of today knows comes last, by its id. */
export function shownAnswers(view: View, answers: JsonObject, questions: Question[]): ShownAnswer[] {
  const known = new Map(questions.map((question) => [question.id, question]));
  const ids = [
    ...questions.map(({ id }) => id).filter((id) => id in answers),
    ...Object.keys(answers).filter((id) => !known.has(id)),
  ];
  return ids.flatMap((id) => {
    const value = answers[id] ?? null;
    const text = textOf(view, value, known.get(id));
    if (text === null) return [];
    return [{ label: known.get(id)?.text ?? fromId(id), text, place: placeOf(value) }];
  });
}

/** An answer as it is stored, in words; null where there is nothing to show. */
function textOf(view: View, value: Json, question: Question | undefined): string | null {
  if (value === null || value === '') return null;
  if (typeof value === 'boolean') return view.t(value ? 'answer.yes' : 'answer.no');
  if (typeof value === 'number') return numberOf(view, value, question?.type);
  if (typeof value === 'string')
    return question?.options.find((option) => option.value === value)?.text ?? dayOf(view, value);
  if (Array.isArray(value)) {
    const texts = value.map((one) => textOf(view, one, question)).filter((text) => text !== null);
    return texts.length > 0 ? texts.join(', ') : null;
  }
  const place = placeOf(value);
  if (place)
    return typeof value['label'] === 'string' ? value['label'] : `${place.latitude}, ${place.longitude}`;
  if (typeof value['name'] === 'string') return value['name'];
  const { rt, rw, unit } = value;
  if (typeof rt === 'string' && typeof rw === 'string') return `RT ${rt} / RW ${rw}`;
  if ('amount' in value)
    return [textOf(view, value['amount'] ?? null, question), typeof unit === 'string' ? unit : null]
      .filter((part) => part !== null)
      .join(' ');
  const parts = Object.values(value)
    .map((one) => textOf(view, one, undefined))
    .filter((text) => text !== null);
  return parts.length > 0 ? parts.join(', ') : null;
}

/** 'unknown_question' reads as 'Unknown question'. */
function fromId(id: string): string {
  const words = id.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function numberOf(view: View, value: number, type: string | undefined): string {
  if (type === 'money') return view.format.money(value);
  return type === 'number' || type === 'quantity' ? view.format.number(value) : String(value);
}

/** '2026-11-24' reads as a day. */
function dayOf(view: View, value: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(value)) return value;
  const day = new Date(`${value}T00:00:00Z`);
  return Number.isNaN(day.getTime()) ? value : view.format.day(day, 'UTC');
}

function placeOf(value: Json): { latitude: number; longitude: number } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { latitude, longitude } = value;
  return typeof latitude === 'number' && typeof longitude === 'number' ? { latitude, longitude } : undefined;
}
