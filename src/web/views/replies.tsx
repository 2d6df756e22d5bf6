import type { CannedReply } from '../../store/web/cannedReplies.js';
import { Layout } from './layout.js';
import { Fault, Field, Notice } from './parts.js';
import type { View } from './view.js';

interface RepliesProps {
  view: View;
  replies: CannedReply[];
  villages: { id: string; name: string; district: string }[];
  /** May change those of all villages. */
  keepsShared: boolean;
  isFaulty: boolean;
  notice: string | undefined;
}

/** The replies of the villages, each changed in its place. */
export function RepliesPage(props: RepliesProps) {
  const { view, replies, villages, keepsShared } = props;
  return (
    <Layout view={view} title={view.t('replies.title')} isConsole>
      <h1>{view.t('replies.title')}</h1>
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.isFaulty ? 'replies.fault' : undefined} />
      <p class="lead">{view.t('replies.lead')}</p>
      <section class="card">
        <details class="act">
          <summary>{view.t('replies.add')}</summary>
          <form method="post" action="/console/balasan">
            <Field id="untuk" label={view.t('replies.for')}>
              <select id="untuk" name="village">
                {villages.map(({ id, name, district }) => (
                  <option value={id}>{`${name}, ${district}`}</option>
                ))}
                {keepsShared && <option value="">{view.t('replies.shared')}</option>}
              </select>
            </Field>
            <ReplyFields view={view} id="baru" title="" text="" />
            <button type="submit">{view.t('replies.save')}</button>
          </form>
        </details>
      </section>
      <ul class="reply-list">
        {replies.map((reply) => {
          const isOurs = reply.villageId !== null || keepsShared;
          return (
            <li class="card">
              <h2>{reply.title}</h2>
              <p>{reply.text}</p>
              <p class="hint">
                {reply.village ?? view.t('replies.shared')}
                {!isOurs && ` · ${view.t('replies.not_yours')}`}
              </p>
              {isOurs && (
                <details class="act">
                  <summary>{view.t('replies.change')}</summary>
                  <form method="post" action={`/console/balasan/${reply.id}`}>
                    <ReplyFields view={view} id={reply.id} title={reply.title} text={reply.text} />
                    <div class="buttons">
                      <button type="submit">{view.t('replies.save')}</button>
                      <button
                        type="submit"
                        class="quiet"
                        formaction={`/console/balasan/${reply.id}/hapus`}
                        formnovalidate
                      >
                        {view.t('replies.remove')}
                      </button>
                    </div>
                  </form>
                </details>
              )}
            </li>
          );
        })}
      </ul>
    </Layout>
  );
}

function ReplyFields({ view, id, title, text }: { view: View; id: string; title: string; text: string }) {
  return (
    <>
      <Field id={`judul-${id}`} label={view.t('replies.name')}>
        <input id={`judul-${id}`} name="title" required minlength={2} maxlength={60} value={title} />
      </Field>
      <Field id={`kata-${id}`} label={view.t('replies.text')}>
        <textarea id={`kata-${id}`} name="text" rows={3} required minlength={2} maxlength={1000}>
          {text}
        </textarea>
      </Field>
    </>
  );
}
