import type { Content } from '../core/content.js';
import { heardEmergency } from './hear/emergency.js';
import { onGroupStart, onStart } from './hear/link.js';
import { onOther } from './hear/other.js';
import { passOnOther } from './hear/passOn.js';
import { onTap } from './hear/taps.js';
import { onText } from './hear/text.js';
import type { Run } from './run.js';
import type { FlowEvent } from './types.js';
import { catchUp } from './versions.js';
import { waitingStep } from './walk.js';

/** What the road settles by itself. */
const NEWS_OF_PLATFORM: ReadonlySet<Content['kind']> = new Set([
  'owner_wrote',
  'moved',
  'blocked',
  'unblocked',
]);
/** One apology for lateness within so many minutes. */
const ONE_APOLOGY = 30;

/** Understands a message in the one order: emergency, always-words, the question that waits, another flow, a hint. */
export function onMessage(run: Run, event: Extract<FlowEvent, { kind: 'message' }>): void {
  const { content } = event;
  // In groups only buttons, and what links or ends the group itself: chatter gets no reply.
  if (run.context.channel.group && content.kind !== 'tap') {
    if (content.kind === 'start') onGroupStart(run, content.payload);
    return;
  }
  if (NEWS_OF_PLATFORM.has(content.kind)) return;
  run.sentSeconds = Math.floor(event.at.getTime() / 1000);
  // Whatever is sent while a sensitive question waits may be its answer, understood or not.
  const asked = waitingStep(run);
  if ((asked?.type === 'ask' && asked.sensitive) || asked?.type === 'keypad') run.sealsInput = true;
  const typed = textOf(content);
  const message = typed === null ? null : run.flows.vocabulary.read(typed);
  const late = event.late ?? false;
  const beside = message ? null : wordsBeside(content);
  const heard = beside === null ? message : run.flows.vocabulary.read(beside);
  if (heard && heardEmergency(run, heard, event, late)) return;
  if (!catchUp(run)) return;
  if (late) apologise(run);
  switch (content.kind) {
    case 'text':
      onText(run, message!, content, late);
      return;
    case 'tap':
      onTap(run, content);
      return;
    case 'start':
      onStart(run, content.payload);
      return;
    default:
      if (run.context.handedOver) {
        passOnOther(run, content);
        return;
      }
      onOther(run, content, message);
  }
}

/** What was typed, a caption too. Commands lose their sign: "/menu@ourbot". */
function textOf(content: Content): string | null {
  if (content.kind === 'text')
    return content.text.replace(/^\/([a-z_]+)(?:@\w+)?/iu, (_, word: string) => word.replaceAll('_', ' '));
  if (content.kind === 'photo' || content.kind === 'document') return content.caption ?? null;
  return null;
}

/** Words that are no answer but may tell of an emergency: a changed message, the name of a contact or a place. */
function wordsBeside(content: Content): string | null {
  if (content.kind === 'edit') return content.text;
  if (content.kind === 'contact') return content.name ?? null;
  if (content.kind === 'location') return content.label ?? null;
  return null;
}

/** One apology for all that waited out an outage. */
function apologise(run: Run): void {
  const { s } = run;
  if (s.z !== undefined && run.nowMinutes - s.z < ONE_APOLOGY) return;
  s.z = run.nowMinutes;
  run.say(run.text('late'));
}
