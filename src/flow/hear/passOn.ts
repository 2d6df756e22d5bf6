import type { Content } from '../../core/content.js';
import { referenceOf } from '../fileReference.js';
import type { Run } from '../run.js';
import { startOnTop } from '../start.js';
import type { Message } from '../understand/vocabulary.js';

const END = 'hand-over-end';

/** A person has the word: what the resident says goes to them. */
export function passOn(run: Run, message: Message): void {
  // "Selesai" alone ends it: the flow tells so, and the officer too.
  if (run.flows.vocabulary.isAnswerWord(message, 'selesai') && run.flows.byId.has(END)) {
    startOnTop(run, END, { how: 'resident' });
    return;
  }
  run.effects.push({ kind: 'hand_over', reason: 'message', text: message.text });
}

/**
 * What is no text goes to the person in words, and with its files; the resident is told that those went on, or that
 * what came cannot be passed on. Once for an album.
 */
export function passOnOther(run: Run, content: Content): void {
  const { s } = run;
  const words = (kind: string, what = '', ...files: string[]): void => {
    const text = run.text('passed_on', { kind, what }).trim();
    run.effects.push({ kind: 'hand_over', reason: 'message', text, ...(files.length > 0 ? { files } : {}) });
  };
  switch (content.kind) {
    case 'photo':
    case 'document': {
      const isMore = content.album !== undefined && s.al?.[0] === content.album;
      const name = content.kind === 'document' ? content.name : undefined;
      words(content.kind, content.caption ?? name, referenceOf(content));
      if (isMore) return;
      if (content.album !== undefined) s.al = [content.album, ''];
      run.say(run.text('passed_on_file', { kind: content.kind }));
      return;
    }
    case 'location':
      words(
        'location',
        [content.label, `${content.latitude}, ${content.longitude}`].filter(Boolean).join(': '),
      );
      return;
    case 'contact':
      words('contact', [content.name, content.phone].filter(Boolean).join(', '));
      return;
    case 'edit':
      words('edit', content.text);
      return;
    case 'voice':
      words('voice', '', referenceOf(content));
      run.say(run.text('passed_on_file', { kind: 'voice' }));
      return;
    case 'unreadable':
      words('other', content.what);
      run.say(run.text('not_passed_on'));
      return;
    default:
  }
}
