import type { Content } from '../../core/content.js';
import type { Json } from '../../core/json.js';
import type { CompiledAsk } from '../compiled.js';
import { referenceOf } from '../fileReference.js';
import { NEXT, showQuestion } from '../question.js';
import type { Answered, Reply } from '../question.js';
import type { Run } from '../run.js';
import type { AnswerWord } from '../understand/vocabulary.js';

/** How many files a question takes. */
export interface Gathers {
  id: string;
  min: number;
  max: number;
  /** Photos only; else documents and photos alike: many photograph their papers. */
  photosOnly: boolean;
}

/** Files of a question that is marked `gather` and tells no `max`. */
const MOST_AT_ONCE = 5;

/** A silence of this many milliseconds ends a burst: albums arrive as several messages. */
const SILENCE = 1500;

export function gathersOf(step: CompiledAsk): Gathers | null {
  const { answer } = step;
  if (answer.type !== 'photo' && answer.type !== 'document') return null;
  const max = answer.max ?? Math.max(step.gather ? MOST_AT_ONCE : 1, answer.min ?? 1);
  return { id: step.id, min: answer.min ?? 1, max, photosOnly: answer.type === 'photo' };
}

/** Takes one file. The last one that fits ends the question; else a short silence brings one acknowledgement for all. */
export function gather(
  run: Run,
  gathers: Gathers,
  content: Extract<Content, { kind: 'photo' | 'document' }>,
): Answered {
  const isImage = content.kind === 'photo' || (content.file.mime ?? '').startsWith('image/');
  if (gathers.photosOnly && !isImage) return { kind: 'miss', hint: run.text('hint_photo') };
  const files = [...((run.s.a?.[gathers.id] as Json[] | undefined) ?? []), referenceOf(content)];
  run.s.a = { ...run.s.a, [gathers.id]: files };
  if (content.album) run.s.al = [content.album, gathers.id];
  if (files.length >= gathers.max) {
    run.effects.push({ kind: 'cancel_timer', timer: 'gather' });
    if (gathers.max === 1) run.effects.pop();
    run.s.b = [...(run.s.b ?? []).filter((id) => id !== gathers.id), gathers.id];
    return { kind: 'go', outcome: NEXT };
  }
  run.effects.push({
    kind: 'set_timer',
    timer: 'gather',
    dueAt: new Date(run.context.now.getTime() + SILENCE).toISOString(),
  });
  return { kind: 'quiet' };
}

/**
 * "Selesai" or "tidak punya foto" while nothing has come yet: that is about this question, and names no other flow ("selesai"
 * would be "sudah jadi?"). Null where something came or other words were said.
 */
export function noneYet(
  run: Run,
  { id, photosOnly }: Pick<Gathers, 'id' | 'photosOnly'>,
  reply: Reply,
  isOptional: boolean,
): Answered | null {
  const { message } = reply;
  const files = run.s.a?.[id];
  if (!message || (Array.isArray(files) && files.length > 0)) return null;
  const { vocabulary } = run.flows;
  if (!NONE.some((word) => vocabulary.isAnswerWord(message, word))) return null;
  const hint = run.text('gather_none', {
    kind: photosOnly ? 'photo' : 'document',
    optional: isOptional ? 'yes' : 'no',
  });
  return { kind: 'miss', hint, isOwn: true, isMild: true };
}

/** Words that end a burst, or tell that there will be none. */
const NONE: readonly AnswerWord[] = ['selesai', 'lewati', 'tanpa_foto'];

/** The burst is over: tells how many came, once. */
export function settle(run: Run, gathers: Gathers): void {
  const count = (run.s.a?.[gathers.id] as Json[] | undefined)?.length ?? 0;
  if (count === 0 || run.s.t === undefined) return;
  showQuestion(
    run,
    { text: '', options: [{ n: 91, label: run.text('done'), means: 'selesai' }], isNumbered: false },
    run.text('gather_got', { count }),
    true,
  );
}
