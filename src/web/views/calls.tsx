import type { CallRow } from '../../store/web/calls.js';
import { StoredFile } from './file.js';
import { Layout } from './layout.js';
import { Field, Notice, wordOf } from './parts.js';
import type { View } from './view.js';

/** Residents who wait for a person's word. Nobody sees anybody's number. */
export function CallsPage(props: {
  view: View;
  calls: CallRow[];
  /** Whether identity documents are theirs to open. */
  mayOpen: boolean;
  notice: string | undefined;
}) {
  const { view, calls } = props;
  return (
    <Layout view={view} title={view.t('calls.title')} isConsole>
      <h1>{view.t('calls.title')}</h1>
      <p>{view.t('calls.lead')}</p>
      <Notice view={view} kind={props.notice} />
      {calls.length === 0 && (
        <div class="empty">
          <p>{view.t('calls.none')}</p>
        </div>
      )}
      {calls.map((call) => (
        <Call view={view} call={call} mayOpen={props.mayOpen} />
      ))}
    </Layout>
  );
}

function Call(props: { view: View; call: CallRow; mayOpen: boolean }) {
  const { view, call } = props;
  const lines = [
    ...call.messages.map((message) => ({ ...message, by: null })),
    ...call.answers.map((answer) => ({ ...answer, reason: null, files: [] })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return (
    <article class="card">
      <h2>{call.resident ?? view.t('cases.no_name')}</h2>
      <p>
        {call.isWaiting && call.heldBy === null && <span class="badge s-open">{view.t('calls.waits')}</span>}{' '}
        {call.village}
      </p>
      {call.heldBy !== null && <p class="notice">{view.t('calls.held_by', { name: call.heldBy })}</p>}
      <ol class="history">
        {lines.map((line) => (
          <li>
            <p>
              <strong>
                {line.by === null
                  ? wordOf(view, `call.${line.reason}`, line.reason ?? '')
                  : view.t('calls.answered_by', { name: line.by })}
              </strong>
            </p>
            {line.text && <blockquote>{line.text}</blockquote>}
            {line.files.map((file) => (
              <p>
                <StoredFile
                  view={view}
                  file={file}
                  href={`/console/percakapan/berkas/${file.id}`}
                  mayOpen={props.mayOpen}
                  name={wordOf(view, `file.kind.${file.kind}`, file.kind)}
                />
              </p>
            ))}
            <p class="quiet-text">{view.format.time(new Date(line.at))}</p>
          </li>
        ))}
      </ol>
      {call.heldBy === null && <Reply view={view} call={call} />}
    </article>
  );
}

function Reply({ view, call }: { view: View; call: CallRow }) {
  const id = `balas-${call.conversationId}`;
  return (
    <>
      <form method="post" action={`/console/percakapan/${call.conversationId}/balas`}>
        <Field id={id} label={view.t('calls.reply')} hint={view.t('calls.reply_hint')}>
          <textarea
            id={id}
            name="text"
            rows={3}
            maxlength={1000}
            required
            aria-describedby={`${id}-hint`}
          ></textarea>
        </Field>
        <button type="submit">{view.t('calls.send')}</button>
      </form>
      {call.isWaiting && (
        <form method="post" action={`/console/percakapan/${call.conversationId}/tutup`}>
          <button class="quiet" type="submit">
            {view.t('calls.end')}
          </button>
        </form>
      )}
    </>
  );
}
