import type { OfficerIdentity } from '../../core/asker.js';
import type { Publication } from '../../store/publications.js';
import { Layout } from './layout.js';
import { Notice, Time } from './parts.js';
import { TextDiff } from './textDiff.js';
import type { View } from './view.js';

interface PublicationProps {
  view: View;
  publication: Publication;
  changes: { path: string; before: string; after: string }[];
  officer: OfficerIdentity;
  isKeeper: boolean;
  notice: string | undefined;
}

/** What is proposed, for the second person: every change, what conversations read then, and the decision. */
export function PublicationPage(props: PublicationProps) {
  const { view, publication, changes, officer, isKeeper } = props;
  const isOwn = publication.proposedBy === officer.id;
  const isOpen = publication.state === 'proposed';
  const chats = Object.keys(publication.chats).sort();
  return (
    <Layout view={view} title={publication.note} isConsole>
      <p class="back">
        <a href="/console/alur">{view.t('flows.title')}</a>
      </p>
      <h1>{publication.note}</h1>
      <Notice view={view} kind={props.notice} />
      <p>
        <span class={`badge p-${publication.isActive ? 'active' : publication.state}`}>
          {view.t(publication.isActive ? 'flows.state.active' : `flows.state.${publication.state}`)}
        </span>{' '}
        {view.t('flows.proposed_by', { name: publication.proposer })}{' '}
        <Time view={view} at={publication.proposedAt} />
        {publication.decider && publication.decidedAt && (
          <>
            {' · '}
            {view.t('flows.decided_by', { name: publication.decider })}{' '}
            <Time view={view} at={publication.decidedAt} />
          </>
        )}
      </p>
      {isOpen && isOwn && <p class="notice">{view.t('flows.wants_second')}</p>}
      {isOpen && !isOwn && !isKeeper && <p class="notice">{view.t('flows.wants_keeper')}</p>}
      {isOpen && (
        <div class="acts">
          {isKeeper && !isOwn && (
            <form method="post" action={`/console/alur/terbitan/${publication.id}/setuju`}>
              <button type="submit">{view.t('flows.agree')}</button>
            </form>
          )}
          {(isKeeper || isOwn) && (
            <form method="post" action={`/console/alur/terbitan/${publication.id}/tolak`}>
              <button class="quiet" type="submit">
                {view.t(isOwn ? 'flows.withdraw' : 'flows.refuse')}
              </button>
            </form>
          )}
        </div>
      )}
      <h2>{view.t('flows.changes')}</h2>
      {changes.length === 0 && <p>{view.t('flows.no_changes')}</p>}
      {changes.map(({ path, before, after }) => (
        <section class="changed-file">
          <h3>
            <code>{path}</code>
          </h3>
          <TextDiff view={view} before={before} after={after} />
        </section>
      ))}
      {chats.length > 0 && (
        <>
          <h2>{view.t('flows.chats')}</h2>
          {chats.map((path) => (
            <details>
              <summary>
                <code>{path}</code>
              </summary>
              <pre class="transcript" tabindex={0}>
                {publication.chats[path]}
              </pre>
            </details>
          ))}
        </>
      )}
    </Layout>
  );
}
