import type { Content } from '../../core/content.js';
import { sayWord } from '../always.js';
import { isAside } from '../asides.js';
import type { CompiledStep } from '../compiled.js';
import { referenceOf } from '../fileReference.js';
import { hasWork } from '../frames.js';
import { handOverVoice } from '../handOver.js';
import { answerPending } from '../pending.js';
import type { Run } from '../run.js';
import { startOnTop } from '../start.js';
import { gathersOf } from '../steps/gather.js';
import type { Message } from '../understand/vocabulary.js';
import { showPending, waitingStep } from '../walk.js';
import { unreadableGroup } from './unreadable.js';

/** The flow that asks whose village a voice note is for, before anybody can hear it. */
const VOICE_NOTE = 'voice-note';
/** Photos of one album kept for an item of a checklist. */
const MOST_OF_ALBUM = 5;

/** Photos, places, voices and the rest. */
export function onOther(run: Run, content: Content, message: Message | null): void {
  const { s } = run;
  const waiting = isAside(run) ? null : waitingStep(run);
  switch (content.kind) {
    case 'photo':
    case 'document':
      if (content.album && s.al?.[0] === content.album && isAlbumOver(run, waiting, s.al[1])) {
        addToAlbum(run, s.al[1], content);
        return;
      }
      if (waiting && takesFiles(waiting)) {
        answerPending(run, waiting, { content, message: null, tapped: null });
        return;
      }
      // One word for all of an album that nobody asked for.
      if (content.album) s.al = [content.album, ''];
      if (waiting) showPending(run, run.text('file_not_asked'));
      else tellUnasked(run, run.text('file_not_asked'));
      return;
    case 'location':
    case 'contact':
      if (waiting) answerPending(run, waiting, { content, message, tapped: null });
      else tellUnasked(run, run.text('place_not_asked', { kind: content.kind }));
      return;
    case 'voice':
      if (run.village?.state === 'active') {
        handOverVoice(run, content);
        return;
      }
      if (!run.village && isFree(run, waiting) && run.flows.byId.has(VOICE_NOTE)) {
        run.say(run.text('voice_kept'));
        startOnTop(run, VOICE_NOTE, { file: referenceOf(content) });
        return;
      }
      // Nobody is there to hear it.
      run.say(`${run.text('voice_unreadable')} ${run.text('if_urgent')}`, {
        choices: [{ label: run.text('officer_button'), payload: 'w.petugas' }],
      });
      return;
    case 'edit':
      if (waiting) run.say(run.text('edit_noted'));
      return;
    case 'unreadable': {
      const told = run.text('unreadable', { what: unreadableGroup(content.what) });
      if (waiting) showPending(run, told);
      else tellUnasked(run, told);
      return;
    }
    default:
      return;
  }
}

/** Whether nothing is being asked but a menu. */
function isFree(run: Run, waiting: CompiledStep | null): boolean {
  return !isAside(run) && (waiting === null || (waiting.type === 'choose' && !hasWork(run.s)));
}

/**
 * Something came that nobody asked for, and no question waits. It may be a cry for help that we cannot read: 112 stands
 * in the answer. Who writes for the first time sees the menu at once.
 */
function tellUnasked(run: Run, told: string): void {
  const words = `${told} ${run.text('if_urgent')}`;
  if (!run.context.resident.isNew) {
    run.say(`${words} ${run.text('menu_line')}`);
    return;
  }
  run.say(words);
  sayWord(run, 'menu');
}

/** Whether the question that the first of an album answered is over. */
function isAlbumOver(run: Run, waiting: CompiledStep | null, question: string): boolean {
  if (waiting?.type === 'ask') return waiting.id !== question;
  const collected = run.s.v?.collected;
  return waiting?.type !== 'collect' || (Array.isArray(collected) && collected.includes(question));
}

/** The rest of an album goes with its first photo, as far as its question takes them, without a word. */
function addToAlbum(
  run: Run,
  question: string,
  content: Extract<Content, { kind: 'photo' | 'document' }>,
): void {
  const files = run.s.a?.[question];
  const asked = run.flowOrNull?.asks.get(question);
  const most = asked ? (gathersOf(asked)?.max ?? 0) : MOST_OF_ALBUM;
  if (Array.isArray(files) && files.length < most) run.s.a![question] = [...files, referenceOf(content)];
}

function takesFiles(step: CompiledStep): boolean {
  return (
    step.type === 'collect' ||
    (step.type === 'ask' && (step.answer.type === 'photo' || step.answer.type === 'document'))
  );
}
