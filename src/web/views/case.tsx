import type { CaseState } from '../../core/cases.js';
import type { JsonObject } from '../../core/json.js';
import type { OpenSidForm } from '../../core/openSid.js';
import { plainText } from '../../core/plainText.js';
import type { Service } from '../../core/service.js';
import type { CannedReply } from '../../store/web/cannedReplies.js';
import type { ChatRow, chatState } from '../../store/web/caseChat.js';
import type { CaseMore, OtherCase } from '../../store/web/caseMore.js';
import type { CaseDetail, CaseEventRow, CaseFileRow } from '../../store/web/cases.js';
import type { ShownForm } from '../caseForms.js';
import type { Primary, ShownItem } from '../casePage.js';
import type { PeopleOfCase } from '../../store/web/people.js';
import type { Question } from '../deps.js';
import type { OfficerAct } from '../acts.js';
import { shownAnswers } from './answers.js';
import { LacksCode, NextStep, OtherActs } from './caseActs.js';
import { Bubbles, CaseChat } from './caseChat.js';
import { Documents } from './caseDocuments.js';
import { StepWords } from './caseRow.js';
import { Layout } from './layout.js';
import { OpenSidBlock } from './openSid.js';
import { Due, Notice, StatusBadge, Time, wordOf } from './parts.js';
import { People } from './people.js';
import type { View } from './view.js';

export interface CaseProps {
  view: View;
  found: CaseDetail;
  service: Service | undefined;
  state: CaseState;
  events: CaseEventRow[];
  files: CaseFileRow[];
  /** The papers of the service that this request needs. */
  items: ShownItem[];
  /** What secure forms brought. */
  forms: ShownForm[];
  /** What this officer may do now. */
  acts: OfficerAct[];
  /** The one next step of this officer. */
  primary: Primary | null;
  /** Their signature waits, and needs their PIN. */
  signsByPin: boolean;
  mayHandle: boolean;
  /** It waits for a signature on paper, and its letter is not issued yet. */
  lacksLetter: boolean;
  /** Its letter cannot be numbered: the village's office has no code. */
  lacksCode: boolean;
  /** Whether this officer sets up the village. */
  maySetUp: boolean;
  writesLetters: boolean;
  /** Who else serves the village. */
  colleagues: { id: string; name: string }[];
  /** Who could do what waits. */
  waitsFor: string[];
  more: CaseMore;
  others: OtherCase[];
  chat: ChatRow[];
  chatAt: Awaited<ReturnType<typeof chatState>>;
  replies: CannedReply[];
  questions: Question[];
  openSid: OpenSidForm | null;
  /** For whom it is, who they are in the register, what the RT head said. */
  people: PeopleOfCase;
  /** Whether this officer may say who they are. */
  mayMatch: boolean;
  /** Sealed answers and identity documents. */
  mayOpen: boolean;
  notice: string | undefined;
  /** Why an act was not allowed. */
  reason: string | undefined;
}

/** One case: who asks for what, what was sent, what is missing, what was said, and the next thing to do. */
export function CasePage(props: CaseProps & { opened?: JsonObject; isOpened?: boolean }) {
  const { view, found, service } = props;
  const title = service?.title ?? found.service;
  return (
    <Layout view={view} title={`${title} ${found.code}`} isConsole isBroad>
      <p class="back">
        <a href="/console" data-key="b">
          {view.t('case.back')}
        </a>
      </p>
      <Notice view={view} kind={props.notice} text={noticeText(props)} />
      <Head {...props} />
      <div class="case-body">
        <div class="case-main">
          <Documents {...props} />
          <Answers {...props} />
          <Forms {...props} />
          <People {...props} />
          <OpenSidBlock {...props} />
        </div>
        <div class="case-side">
          <CaseChat {...props} />
          <OtherActs {...props} />
          <Others {...props} />
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

/** Who was first, or why it was not allowed, with how the case stands now; to whom words went. */
function noticeText({ view, found, notice, reason, state, waitsFor, more }: CaseProps): string | undefined {
  if (notice === 'case_lost' && found.officer) return view.t('case.lost_to', { name: found.officer });
  if (notice === 'case_not_allowed')
    return view.t('case.refused_now', {
      why: wordOf(view, `refusal.${reason}`, view.t('refusal.status')),
      status: wordOf(view, `status.${found.status}`, found.status),
      who: state.holder?.name ?? (waitsFor.join(', ') || 'none'),
    });
  if (notice === 'said')
    return view.t('chat.said', {
      name: plainText(found.resident ?? view.t('cases.no_name')),
      code: found.code,
    });
  if (notice === 'case_take' && more.conversationId === null) return view.t('case.taken_no_chat');
  // Asked for at the counter: what was done reaches nobody by itself.
  if (notice && more.conversationId === null && NO_CHAT.has(notice))
    return `${wordOf(view, `status.${found.status}`, found.status)}. ${view.t('case.no_chat')}`;
  return undefined;
}

/** Notices that say that the resident reads it, where there is a chat. */
const NO_CHAT: ReadonlySet<string> = new Set(
  ['ask', 'finish', 'refuse', 'ready', 'forward'].map((act) => `case_${act}`),
);

/** What it is, whose, how it stands, what was promised, who has it, and the next step: it stays in sight. */
function Head(props: CaseProps) {
  const { view, found, service, more, state } = props;
  const isClosed = found.closedAt !== null;
  const isPaused = more.pausedAt !== null && !isClosed;
  return (
    <header class="case-head">
      <div class="case-head-what">
        <h1>{service?.title ?? found.service}</h1>
        <p class="case-head-state">
          <span class="code" id="kode">
            {found.code}
          </span>{' '}
          <StatusBadge view={view} status={found.status} />
          {!isClosed && state.step === 'initial' && found.status === 'signing' && (
            <StepWords view={view} step={state.step} />
          )}
          {found.isUrgent && !isClosed && <span class="badge s-urgent">{view.t('cases.urgent')}</span>}
          {found.isConfidential && <span class="badge s-confidential">{view.t('cases.confidential')}</span>}
          {more.origin === 'counter' && <span class="badge s-counter">{view.t('case.at_counter')}</span>}
          <Due view={view} at={found.dueAt} zone={found.zone} isClosed={isClosed} />
        </p>
        <p>
          <strong>
            {found.resident === null ? view.t('cases.no_name') : plainText(found.resident)}
            {found.isUnproven && ` (${view.t('cases.unproven')})`}
          </strong>
          , {found.village}. {view.t('case.opened', { time: view.format.time(found.openedAt, found.zone) })}{' '}
          {found.officer
            ? view.t('case.held_by', { name: found.officer })
            : found.assigned
              ? view.t('case.laid_on', { name: found.assigned })
              : !isClosed && view.t('case.held_by_nobody')}
        </p>
        <p class="quiet-text">
          {service && service.promise !== '' && view.t('case.promise', { promise: service.promise })}{' '}
          {more.place !== null && view.t('case.place', { n: more.place })}{' '}
          {isPaused && view.t('case.paused', { ago: view.format.ago(more.pausedAt!, view.now) })}
          {more.forwardedTo &&
            found.status === 'forwarded' &&
            view.t('case.forwarded_to', { office: more.forwardedTo })}
        </p>
        {more.mergedInto && (
          <p class="notice">
            {view.t('case.merged_into')} <a href={`/console/kasus/${more.mergedInto}`}>{more.mergedInto}</a>
          </p>
        )}
      </div>
      <div class="case-head-next">
        {props.lacksCode && <LacksCode {...props} />}
        <NextStep {...props} />
        {service?.kind === 'letter' && props.writesLetters && (
          <a class="button quiet" href={`/console/kasus/${found.code}/surat`}>
            {view.t('case.letter')}
          </a>
        )}
      </div>
    </header>
  );
}

/** Cases that have to do with this one: tied by an officer, or of the same resident; two of one kind may be made one. */
function Others({ view, found, others, acts }: CaseProps) {
  if (others.length === 0) return null;
  return (
    <section class="card" id="terkait">
      <h2>{view.t('case.others')}</h2>
      <ul class="rows">
        {others.map((other) => (
          <li>
            <p>
              <a href={`/console/kasus/${other.code}`}>
                <span class="code">{other.code}</span>
              </a>{' '}
              <StatusBadge view={view} status={other.status} />
              <br />
              <span class="quiet-text">
                {view.t(other.isRelated ? 'case.other_tied' : 'case.other_same', {
                  ago: view.format.ago(other.openedAt, view.now),
                })}
              </span>
            </p>
            {other.isTwin && acts.includes('merge') && (
              <form method="post" action={`/console/kasus/${found.code}/merge`}>
                <input type="hidden" name="to" value={other.code} />
                <button type="submit" class="quiet">
                  {view.t('act.merge_twin', { code: other.code })}
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
    </section>
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
              {plainText(text)}
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

/** What changes by itself: the history in its place, and the chat, which stands elsewhere on the page. */
export function CaseLive(props: CaseProps & { shownStatus: string }) {
  return (
    <>
      <CaseHistory {...props} />
      <div id="bubbles" hx-swap-oob="innerHTML">
        <Bubbles {...props} />
      </div>
    </>
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
            <Details {...props} event={event} />
            {typeof event.data['text'] === 'string' && (
              <blockquote>{plainText(event.data['text'])}</blockquote>
            )}
            <p class="quiet-text">
              <Time view={view} at={event.at} zone={found.zone} />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What a fact says beside its words: to whom, which papers, in whose place. */
function Details({ view, event, items }: CaseProps & { event: CaseEventRow }) {
  const { data } = event;
  const named = (value: unknown): string =>
    typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : '';
  const asked = Array.isArray(data['items']) ? data['items'] : [];
  const parts = [
    data['to'] && named(data['to']) ? view.t('event.to', { name: named(data['to']) }) : '',
    typeof data['office'] === 'string' ? view.t('event.to', { name: plainText(data['office']) }) : '',
    typeof data['elsewhere'] === 'string'
      ? view.t('event.elsewhere', { number: plainText(data['elsewhere']) })
      : '',
    data['in_place_of'] ? view.t('event.in_place_of', { name: named(data['in_place_of']) }) : '',
    typeof data['code'] === 'string' ? data['code'] : '',
    typeof data['class'] === 'string' ? wordOf(view, `class.${data['class']}`, data['class']) : '',
    ...asked.map((id) => items.find((item) => item.id === id)?.text ?? String(id)),
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : <p class="quiet-text">{parts.join(' · ')}</p>;
}
