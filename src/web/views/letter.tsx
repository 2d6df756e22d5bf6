import type { CaseLetter } from '../../store/letters/read.js';
import type { CaseDetail } from '../../store/web/cases.js';
import type { Given } from '../form.js';
import type { CaseDraft, DraftField } from '../letterDraft.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Field, Notice, Time, wordOf } from './parts.js';
import type { View } from './view.js';

export interface LetterPageProps {
  view: View;
  found: CaseDetail;
  /** null: its service has no template. */
  draft: CaseDraft | null;
  /** It was checked: what it says changes no more, unless it goes back. */
  isChecked: boolean;
  letters: CaseLetter[];
  /** Whether the officer may withdraw and replace. */
  mayChange: boolean;
  notice: string | undefined;
  faultKey?: Key;
  missing?: string[];
  given?: Given;
}

/** The letter of a case: what was issued, and the one that would be issued now beside what it says. */
export function LetterPage(props: LetterPageProps) {
  const { view, found, draft, letters } = props;
  const { t } = view;
  const path = `/console/kasus/${found.code}`;
  const standing = letters.find(({ state }) => state === 'issued');
  const title = t('letter.title', { code: found.code });
  return (
    <Layout view={view} title={title} isConsole isBroad>
      <p class="back">
        <a href={path}>{t('letter.to_case', { code: found.code })}</a>
      </p>
      <h1>{title}</h1>
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      {props.missing && props.missing.length > 0 && (
        <ul class="letter-missing">
          {props.missing.map((name) => (
            <li>{name}</li>
          ))}
        </ul>
      )}
      {letters.map((letter) => (
        <Issued {...props} letter={letter} path={path} />
      ))}
      {!draft && <p class="notice bad">{t('letter.no_template')}</p>}
      {draft && (
        <div class="letter-sides">
          <Fields {...props} draft={draft} path={path} isIssued={standing !== undefined} />
          <section class="card letter-sheet">
            <h2>{t(standing ? 'letter.preview_next' : 'letter.preview')}</h2>
            <img src={`${path}/surat/pratinjau.svg`} alt={t('letter.preview_alt')} loading="lazy" />
          </section>
        </div>
      )}
    </Layout>
  );
}

function Fields(props: {
  view: View;
  draft: CaseDraft;
  path: string;
  isIssued: boolean;
  isChecked: boolean;
}) {
  const { view, draft, path, isIssued, isChecked } = props;
  const { t } = view;
  const lacking = draft.fields.filter(
    ({ value, isRequired, signs }) => (value === null && isRequired) || signs.length > 0,
  );
  const others = draft.fields.filter((field) => !lacking.includes(field));
  return (
    <section class="card" id="isian">
      <h2>{t(lacking.length > 0 ? 'letter.fields_missing' : 'letter.fields')}</h2>
      <p>{t(isChecked ? 'letter.checked' : 'letter.fields_lead')}</p>
      {draft.unprintable.length > 0 && (
        <div class="notice risk">
          <p>{t('letter.unprintable')}</p>
          <ul>
            {draft.unprintable.map(({ label, signs }) => (
              <li>
                {label}: <bdi>{signs.join(' ')}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
      {!isChecked && (
        <form method="post" action={`${path}/surat/isian`}>
          {lacking.map((field) => (
            <FieldInput view={view} field={field} />
          ))}
          <details open={lacking.length === 0}>
            <summary>{t('letter.fields_others')}</summary>
            {others.map((field) => (
              <FieldInput view={view} field={field} />
            ))}
          </details>
          <button type="submit" class={isIssued ? 'quiet' : undefined}>
            {t('letter.save')}
          </button>
        </form>
      )}
      {!isIssued && (
        <>
          <h2>{t('letter.issue_title')}</h2>
          {draft.missing.length > 0 && (
            <p class="notice risk">{t('letter.missing_now', { names: draft.missing.join(', ') })}</p>
          )}
          {draft.way === 'electronic' ? (
            <p>{t('letter.electronic')}</p>
          ) : (
            <form method="post" action={`${path}/surat/terbit`}>
              <p>{t('letter.wet', { name: draft.signer ?? '…' })}</p>
              <button type="submit" disabled={draft.missing.length > 0}>
                {t('letter.issue')}
              </button>
            </form>
          )}
        </>
      )}
    </section>
  );
}

/** What is typed takes the place of what is known; an empty field leaves that as it is. A number of a card is not shown again. */
function FieldInput({ view, field }: { view: View; field: DraftField }) {
  const id = `f_${field.id}`;
  const isShownAgain = field.isTyped && !field.isNumber;
  const known = isShownAgain ? null : field.value;
  return (
    <Field
      id={id}
      label={field.isRequired ? field.label : view.t('letter.optional', { label: field.label })}
      {...(known ? { hint: view.t('letter.known', { value: known }) } : {})}
    >
      <input
        id={id}
        name={id}
        maxlength={300}
        autocomplete="off"
        value={isShownAgain ? (field.value ?? '') : ''}
        aria-describedby={known ? `${id}-hint` : undefined}
      />
    </Field>
  );
}

function Issued(props: LetterPageProps & { letter: CaseLetter; path: string }) {
  const { view, letter, path, found } = props;
  const { t } = view;
  const file = `${path}/surat/${letter.id}/berkas`;
  return (
    <section class={`card letter-issued ${letter.state}`}>
      <h2>{letter.number}</h2>
      <p>
        <span class={`badge ${letter.state === 'issued' ? 's-finished' : 's-cancelled'}`}>
          {wordOf(view, `letter.state.${letter.state}`, letter.state)}
        </span>{' '}
        {letter.title} · <Time view={view} at={letter.issuedAt} zone={found.zone} /> · {letter.signerName},{' '}
        {letter.signerTitle}
      </p>
      {letter.stateAt && letter.state !== 'issued' && (
        <p>
          {t('letter.closed', {
            time: view.format.time(letter.stateAt, found.zone),
            by: letter.stateBy ?? '—',
            reason: letter.reason ?? '—',
          })}
        </p>
      )}
      {!letter.madeAt && (
        <p class="notice risk">{t(letter.failures > 0 ? 'letter.not_made' : 'letter.making')}</p>
      )}
      {letter.toldAt && <p>{t('letter.told', { time: view.format.time(letter.toldAt, found.zone) })}</p>}
      {letter.madeAt && (
        <p class="buttons">
          <a class="button" href={`${file}?cetak`} target="_blank" rel="noopener">
            {t('letter.print')}
          </a>
          <a class="button quiet" href={file}>
            {t('letter.copy')}
          </a>
        </p>
      )}
      {props.mayChange && letter.state === 'issued' && (
        <details class="act">
          <summary>{t('letter.change')}</summary>
          <p>{t(letter.way === 'wet' ? 'letter.change_wet' : 'letter.change_electronic')}</p>
          <form method="post" action={`${path}/surat/${letter.id}/ganti`}>
            <Field id={`alasan-${letter.id}`} label={t('letter.reason')} hint={t('letter.reason_hint')}>
              <input
                id={`alasan-${letter.id}`}
                name="reason"
                required
                minlength={5}
                maxlength={300}
                value={props.given?.['reason'] ?? ''}
                aria-describedby={`alasan-${letter.id}-hint`}
              />
            </Field>
            <p class="buttons">
              <button type="submit">{t('letter.replace')}</button>
              <button type="submit" class="danger" formaction={`${path}/surat/${letter.id}/tarik`}>
                {t('letter.withdraw')}
              </button>
            </p>
          </form>
        </details>
      )}
    </section>
  );
}
