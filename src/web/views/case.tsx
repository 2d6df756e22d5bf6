import type { JsonObject } from '../../core/json.js';
import { ERASURE_SERVICE } from '../../core/cases.js';
import type { Service } from '../../core/service.js';
import type { CaseDetail, CaseEventRow, CaseFileRow } from '../../store/web/cases.js';
import type { ShownForm } from '../caseForms.js';
import type { PeopleOfCase } from '../../store/web/people.js';
import type { Question } from '../deps.js';
import type { OfficerAct } from '../acts.js';
import { shownAnswers } from './answers.js';
import { StoredFile } from './file.js';
import { Layout } from './layout.js';
import { Due, Field, Notice, StatusBadge, Time, wordOf } from './parts.js';
import { People } from './people.js';
import type { View } from './view.js';

export interface CaseProps {
  view: View;
  found: CaseDetail;
  service: Service | undefined;
  events: CaseEventRow[];
  files: CaseFileRow[];
  /** What secure forms brought. */
  forms: ShownForm[];
  /** What this officer may do now. */
  acts: OfficerAct[];
  questions: Question[];
  /** For whom it is, who they are in the register, what the RT head said. */
  people: PeopleOfCase;
  /** Whether this officer may say who they are. */
  mayMatch: boolean;
  /** Sealed answers and identity documents. */
  mayOpen: boolean;
  notice: string | undefined;
}

/** One case: who asks for what, what was sent, what happened, and what can be done now. */
export function CasePage(props: CaseProps & { opened?: JsonObject; isOpened?: boolean }) {
  const { view, found, service } = props;
  const title = service?.title ?? found.service;
  const isClosed = found.closedAt !== null;
  return (
    <Layout view={view} title={`${title} ${found.code}`} isConsole>
      <p class="back">
        <a href="/console">{view.t('case.back')}</a>
      </p>
      <Notice
        view={view}
        kind={props.notice}
        text={
          props.notice === 'case_lost' && found.officer
            ? view.t('case.lost_to', { name: found.officer })
            : undefined
        }
      />
      <header class="case-head">
        <h1>{title}</h1>
        <p>
          <span class="code">{found.code}</span> <StatusBadge view={view} status={found.status} />{' '}
          <Due view={view} at={found.dueAt} zone={found.zone} isClosed={isClosed} />
          {found.isConfidential && <span class="badge s-confidential">{view.t('cases.confidential')}</span>}
        </p>
        <p>
          {found.resident ?? view.t('cases.no_name')}
          {found.isUnproven && ` (${view.t('cases.unproven')})`}, {found.village}.{' '}
          {view.t('case.opened', { time: view.format.time(found.openedAt, found.zone) })}
          {found.officer && ` ${view.t('cases.by', { name: found.officer })}.`}
        </p>
        {props.acts.some((act) => act !== 'note') && (
          <p class="to-acts">
            <a class="button" href="#tindakan">
              {view.t('case.to_acts')}
            </a>
          </p>
        )}
      </header>
      <div class="case-body">
        <div class="case-main">
          <People {...props} />
          <Answers {...props} />
          <Forms {...props} />
          <Checklist {...props} />
          <Files {...props} />
        </div>
        <div class="case-side">
          <Acts {...props} />
          <div
            id="riwayat"
            hx-sse:connect={`/console/kasus/${found.code}/live?dari=${found.status}`}
            hx-swap="innerHTML"
            hx-target="this"
          >
            <CaseHistory {...props} shownStatus={found.status} />
          </div>
        </div>
      </div>
    </Layout>
  );
}

function Answers(props: CaseProps & { opened?: JsonObject }) {
  const { view, found } = props;
  const answers = shownAnswers(view, found.answers, props.questions);
  const opened = props.opened ? shownAnswers(view, props.opened, props.questions) : [];
  return (
    <section class="card">
      <h2>{view.t('case.answers')}</h2>
      {found.receiverRole !== null && (
        <p class="notice">
          {view.t('case.sealed_to', { role: wordOf(view, `role.${found.receiverRole}`, found.receiverRole) })}
        </p>
      )}
      {answers.length + opened.length === 0 && <p>{view.t('case.no_answers')}</p>}
      <dl class="answers">
        {[...answers, ...opened].map(({ label, text, place }) => (
          <div>
            <dt>{label}</dt>
            <dd>
              {text}
              {place && (
                <>
                  {' '}
                  <a
                    href={`https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}#map=17/${place.latitude}/${place.longitude}`}
                    rel="noreferrer"
                    target="_blank"
                  >
                    {view.t('case.map')}
                  </a>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {found.private && !props.opened && props.mayOpen && (
        <form method="post" action={`/console/kasus/${found.code}/buka`}>
          <p class="hint">{view.t('case.sealed')}</p>
          <button class="quiet" type="submit">
            {view.t('case.open_sealed')}
          </button>
        </form>
      )}
      {found.private && !props.mayOpen && <p class="hint">{view.t('case.sealed_not_yours')}</p>}
    </section>
  );
}

/** Identity numbers, names and photos of cards: masked, each opened by itself, which is written down. */
function Forms({ view, found, forms, mayOpen }: CaseProps) {
  return (
    <>
      {forms.map((form) => (
        <section class="card">
          <h2>{view.t('case.form')}</h2>
          <p class="hint">
            {view.t('case.form_sent', { time: view.format.time(form.doneAt, found.zone) })}{' '}
            {view.t(mayOpen ? 'case.form_logged' : 'case.form_not_yours')}
          </p>
          <dl class="answers">
            {form.entries.map((entry) => (
              <div>
                <dt>{entry.label}</dt>
                <dd class={entry.photo ? '' : 'code'}>
                  {entry.photo ? <FormPhoto view={view} photo={entry.photo} mayOpen={mayOpen} /> : entry.text}
                  {!entry.photo && !entry.isOpen && mayOpen && (
                    <form method="post" action={`/console/kasus/${found.code}/isian/${entry.id}`}>
                      <button
                        class="quiet"
                        type="submit"
                        aria-label={view.t('case.form_see_label', { label: entry.label })}
                      >
                        {view.t('case.form_see')}
                      </button>
                    </form>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}

function FormPhoto({
  view,
  photo,
  mayOpen,
}: {
  view: View;
  photo: { id: string; state: string };
  mayOpen: boolean;
}) {
  if (photo.state !== 'stored')
    return <span class="file-gone">{wordOf(view, `file.${photo.state}`, photo.state)}</span>;
  if (!mayOpen) return <span class="file-gone">{view.t('case.restricted')}</span>;
  return (
    <a class="file-link" href={`/console/berkas/${photo.id}`}>
      {view.t('case.form_photo')}
    </a>
  );
}

function Checklist({ view, service, files }: CaseProps) {
  if (!service || service.checklist.length === 0) return null;
  const hasFiles = files.some(({ state }) => state === 'stored');
  return (
    <section class="card">
      <h2>{view.t('case.checklist')}</h2>
      <ul class="checklist">
        {service.checklist.map((item) => (
          <li class={item.by === 'chat' && hasFiles ? 'by-chat' : ''}>
            {item.text}
            {(item.optional || item.if !== undefined) && (
              <span class="quiet-text"> ({view.t('case.optional')})</span>
            )}
            <span class="hint">{view.t(item.by === 'chat' ? 'case.by_chat' : 'case.by_counter')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Files({ view, files, mayOpen }: CaseProps) {
  if (files.length === 0) return null;
  return (
    <section class="card">
      <h2>{view.t('case.files', { n: files.length })}</h2>
      <ul class="files">
        {files.map((file, index) => (
          <li>
            <StoredFile
              view={view}
              file={file}
              href={`/console/berkas/${file.id}`}
              mayOpen={mayOpen}
              name={view.t('case.file', { n: index + 1 })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Acts({ view, found, acts }: CaseProps) {
  if (acts.length === 0) return null;
  const action = (act: OfficerAct) => `/console/kasus/${found.code}/${act}`;
  return (
    <section class="card acts" id="tindakan">
      <h2>{view.t('case.acts')}</h2>
      {acts.includes('take') && (
        <form method="post" action={action('take')}>
          <button type="submit">{view.t('act.take')}</button>
          <p class="hint">{view.t('act.take_hint')}</p>
        </form>
      )}
      {found.service === ERASURE_SERVICE && acts.includes('finish') && (
        <Erase view={view} code={found.code} />
      )}
      {(['finish', 'ask', 'refuse', 'note'] as const)
        .filter((act) => acts.includes(act) && !(act === 'finish' && found.service === ERASURE_SERVICE))
        .map((act) => (
          <details class={`act a-${act}`}>
            <summary>{view.t(`act.${act}`)}</summary>
            <form method="post" action={action(act)}>
              <Field id={`text-${act}`} label={view.t(`act.${act}_label`)} hint={view.t(`act.${act}_hint`)}>
                <textarea
                  id={`text-${act}`}
                  name="text"
                  rows={4}
                  maxlength={1000}
                  required={act !== 'finish'}
                  aria-describedby={`text-${act}-hint`}
                >
                  {act === 'finish' ? view.t('act.finish_words') : ''}
                </textarea>
              </Field>
              <button type="submit" class={act === 'refuse' ? 'danger' : ''}>
                {view.t(`act.${act}_submit`)}
              </button>
            </form>
          </details>
        ))}
    </section>
  );
}

/** `hapus data` is fulfilled here: told what goes and what stays, and confirmed, since nothing brings it back. */
function Erase({ view, code }: { view: View; code: string }) {
  return (
    <details class="act a-finish">
      <summary>{view.t('act.erase')}</summary>
      <form method="post" action={`/console/kasus/${code}/finish`}>
        <p>{view.t('act.erase_goes')}</p>
        <p>{view.t('act.erase_stays')}</p>
        <p class="check">
          <input id="sure" name="sure" type="checkbox" value="yes" required />
          <label for="sure">{view.t('act.erase_sure')}</label>
        </p>
        <button type="submit" class="danger">
          {view.t('act.erase_submit')}
        </button>
      </form>
    </details>
  );
}

/** What happened, live. Where the case is no longer as the page shows it, says so: a form being filled in stays. */
export function CaseHistory(props: CaseProps & { shownStatus: string }) {
  const { view, found, events } = props;
  return (
    <section class="card" aria-live="polite">
      {props.shownStatus !== found.status && (
        <p class="notice">
          {view.t('case.changed')} <a href={`/console/kasus/${found.code}`}>{view.t('case.reload')}</a>
        </p>
      )}
      <h2>{view.t('case.history')}</h2>
      <ol class="history">
        {events.toReversed().map((event) => (
          <li class={`e-${event.kind}`}>
            <p>
              <strong>{wordOf(view, `event.${event.kind}`, event.kind)}</strong>
              {event.officer && ` · ${event.officer}`}
            </p>
            {event.sealed !== null && <p class="hint">{view.t('case.words_sealed')}</p>}
            {typeof event.data['text'] === 'string' && <blockquote>{event.data['text']}</blockquote>}
            <p class="quiet-text">
              <Time view={view} at={event.at} zone={found.zone} />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
