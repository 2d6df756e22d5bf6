import { plainText } from '../../core/plainText.js';
import type { CannedReply } from '../../store/web/cannedReplies.js';
import type { CaseProps } from './case.js';
import { Time } from './parts.js';
import type { View } from './view.js';

interface Bubble {
  at: Date;
  /** The officer who wrote; null: the resident. */
  by: string | null;
  text: string;
  /** What the resident was asked for. */
  items: string[];
}

/** Facts that say something to the resident, or by them. */
const SPOKEN = new Set([
  'case_asked',
  'case_answered',
  'case_ready',
  'case_finished',
  'case_refused',
  'case_forwarded',
  'case_reopened',
  'case_rated',
]);

/** The conversation around a case, both ways, and the field to write in. */
export function CaseChat(props: CaseProps) {
  const { view, found, more, mayHandle } = props;
  return (
    <section class="card" id="chat">
      <h2>{view.t('chat.title')}</h2>
      <div id="bubbles">
        <Bubbles {...props} />
      </div>
      {more.conversationId === null ? (
        <p class="hint">{view.t('chat.none')}</p>
      ) : (
        mayHandle && (
          <form method="post" action={`/console/kasus/${found.code}/pesan`} class="compose-case">
            <ToWhom {...props} />
            <Replies {...props} into="pesan" />
            <label class="hidden" for="pesan">
              {view.t('chat.label')}
            </label>
            <textarea
              id="pesan"
              name="text"
              rows={2}
              maxlength={1000}
              required
              placeholder={view.t('chat.placeholder')}
              aria-describedby="pesan-hint"
            ></textarea>
            <p class="hint" id="pesan-hint">
              {view.t('chat.hint')}
            </p>
            <button type="submit">{view.t('chat.send')}</button>
          </form>
        )
      )}
    </section>
  );
}

/** To whom what is written goes, said before it is sent: name, code and chat. */
function ToWhom({ view, found, chatAt }: CaseProps) {
  return (
    <p class="to-whom">
      {view.t('chat.to', {
        name: plainText(found.resident ?? view.t('cases.no_name')),
        code: found.code,
        platform: chatAt ? platformOf(chatAt.platform) : 'none',
      })}
      {chatAt?.holder && <span class="hint">{view.t('chat.holder', { name: chatAt.holder })}</span>}
      {chatAt?.isBlocked && <span class="notice bad">{view.t('chat.blocked')}</span>}
    </p>
  );
}

function platformOf(platform: string): string {
  return { telegram: 'Telegram', whatsapp: 'WhatsApp', simulator: 'Simulator' }[platform] ?? platform;
}

/** What was said, oldest first, as quoted plain text: a person's words are never markup, and nothing in them is hidden. */
export function Bubbles(props: CaseProps) {
  const { view, found, items } = props;
  const said = bubblesOf(props);
  if (said.length === 0) return <p class="hint">{view.t('chat.empty')}</p>;
  const resident = plainText(found.resident ?? view.t('cases.no_name'));
  return (
    <ol class="bubbles" tabindex={0} aria-label={view.t('chat.title')}>
      {said.map(({ at, by, text, items: asked }) => (
        <li class={by === null ? 'bubble' : 'bubble mine'}>
          <p class="bubble-who">{by ?? resident}</p>
          {text !== '' && <blockquote>{plainText(text)}</blockquote>}
          {asked.length > 0 && (
            <ul class="bubble-items">
              {asked.map((id) => (
                <li>{items.find((item) => item.id === id)?.text ?? id}</li>
              ))}
            </ul>
          )}
          <p class="at">
            <Time view={view} at={at} zone={found.zone} />
          </p>
        </li>
      ))}
    </ol>
  );
}

function bubblesOf({ view, events, chat }: CaseProps): Bubble[] {
  const told = events.flatMap(({ kind, at, officer, data, sealed }): Bubble[] => {
    if (!SPOKEN.has(kind)) return [];
    const text = typeof data['text'] === 'string' ? data['text'] : sealed ? view.t('case.words_sealed') : '';
    const named = Array.isArray(data['items']) ? data['items'].filter((id) => typeof id === 'string') : [];
    const files = Array.isArray(data['attachments']) ? data['attachments'].length : 0;
    const words = text === '' && files > 0 ? view.t('chat.files', { n: files }) : text;
    return words === '' && named.length === 0
      ? []
      : [{ at, by: officer, text: words, items: kind === 'case_asked' ? named : [] }];
  });
  const written = chat.map(({ at, by, kind, text }) => ({
    at,
    by,
    text: text ?? view.t(kind === 'voice' ? 'chat.voice' : kind === 'location' ? 'chat.place' : 'chat.file'),
    items: [],
  }));
  return [...told, ...written].toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

/** Replies that are used again and again, filled in for this case: one tap puts one into the field `into`. */
export function Replies(props: CaseProps & { into: string }) {
  const { view, found, replies, into } = props;
  if (replies.length === 0) return null;
  return (
    <details class="replies">
      <summary>{view.t('replies.use')}</summary>
      <ul>
        {replies.map((reply) => (
          <li>
            <button
              type="button"
              class="quiet"
              data-into={into}
              data-text={filled(view, reply, found.code, found.resident)}
            >
              {reply.title}
            </button>
            <span class="hint reply-words">{filled(view, reply, found.code, found.resident)}</span>
          </li>
        ))}
      </ul>
      <p class="hint links">
        <a href="/console/balasan">{view.t('replies.edit')}</a>
      </p>
    </details>
  );
}

/** `{code}` and `{name}` in the words of a reply; whoever has no known name is called nothing. */
function filled(view: View, reply: CannedReply, code: string, name: string | null): string {
  return reply.text
    .replaceAll('{code}', code)
    .replaceAll('{name}', plainText(name ?? ''))
    .replaceAll(/ +([,.!?])/gu, '$1')
    .trim();
}
