import type { Content } from '../../core/content.js';
import type { Run } from '../run.js';
import type { Message } from '../understand/vocabulary.js';

/** A person has the word: what the resident says goes to them. */
export function passOn(run: Run, message: Message): void {
  run.effects.push({ kind: 'hand_over', reason: 'message', text: message.text });
}

/**
 * What is no text goes to the person in words; what those words cannot carry is told to the resident, once for an album.
 */
export function passOnOther(run: Run, content: Content): void {
  const { s } = run;
  const words = (kind: string, what = ''): void => {
    const text = run.text('passed_on', { kind, what }).trim();
    run.effects.push({ kind: 'hand_over', reason: 'message', text });
  };
  switch (content.kind) {
    case 'photo':
    case 'document': {
      const isMore = content.album !== undefined && s.al?.[0] === content.album;
      if (isMore && content.caption === undefined) return;
      words(content.kind, content.caption ?? (content.kind === 'document' ? content.name : undefined));
      if (isMore) return;
      if (content.album !== undefined) s.al = [content.album, ''];
      break;
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
      words('voice');
      break;
    case 'unreadable':
      words('other', content.what);
      break;
    default:
      return;
  }
  run.say(run.text('not_passed_on', { kind: content.kind }));
}
