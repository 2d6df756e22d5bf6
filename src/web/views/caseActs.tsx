import { ERASURE_SERVICE } from '../../core/cases.js';
import { COMPLAINT_CLASSES, complaintClass } from '../../core/clocks.js';
import type { OfficerAct } from '../acts.js';
import type { CaseProps } from './case.js';
import { Replies } from './caseChat.js';
import { Field, wordOf } from './parts.js';
import type { View } from './view.js';

/**
 * The one next step as a large button, which stays in sight on a phone; all steps in a row that this officer may do are
 * one tap. Nothing is here where it is another's turn: then it says whose.
 */
export function NextStep(props: CaseProps) {
  const { view, found, primary, signsByPin, service } = props;
  if (signsByPin)
    return (
      <div class="next-step">
        <a class="button" href="/console/tanda-tangan" data-key="v">
          {view.t('next.sign_by_pin')}
        </a>
      </div>
    );
  if (props.lacksLetter && primary?.act === 'ready')
    return (
      <div class="next-step">
        <WaitsFor {...props} />
        {props.writesLetters ? (
          <a class="button" href={`/console/kasus/${found.code}/surat`} data-key="v">
            {view.t('next.issue_letter')}
          </a>
        ) : (
          <p class="quiet-text">{view.t('next.letter_first')}</p>
        )}
      </div>
    );
  const onPaper = primary?.act === 'ready' && service?.kind === 'letter';
  if (!primary || onPaper || isToldFirst(primary.act, found.service))
    return (
      <div class={onPaper ? 'next-step' : 'next-waits'}>
        <WaitsFor {...props} />
        {onPaper && (
          <form method="post" action={`/console/kasus/${found.code}/ready`}>
            <button type="submit" data-key="v">
              {view.t('next.signed_on_paper')}
            </button>
          </form>
        )}
      </div>
    );
  const { act, steps } = primary;
  const label =
    steps.length > 0
      ? view.t('next.do', { steps: stepsWords(view, steps) })
      : view.t(act === 'finish' && found.status === 'ready' ? 'next.handed_out' : wordKey(act));
  return (
    <form class="next-step" method="post" action={`/console/kasus/${found.code}/${act}`}>
      <button type="submit" data-key={act === 'take' ? 't' : 'v'}>
        {label}
      </button>
      {props.acts.includes('take') && act !== 'take' && (
        <button type="submit" class="quiet" formaction={`/console/kasus/${found.code}/take`} data-key="t">
          {view.t('next.only_take')}
        </button>
      )}
    </form>
  );
}

/** Whose turn it is, where nobody has it. */
function WaitsFor({ view, waitsFor, state }: CaseProps) {
  if (waitsFor.length === 0) return null;
  return (
    <p class="quiet-text">
      {view.t('next.waits_for', {
        step: wordOf(view, `step.waits.${state.step}`, ''),
        names: waitsFor.slice(0, 3).join(', '),
      })}
    </p>
  );
}

/** Told before anybody signs: a letter that cannot be numbered would be found out at the printer. */
export function LacksCode({ view, found, maySetUp }: CaseProps) {
  return (
    <p class="notice risk">
      {view.t('next.lacks_code')}{' '}
      {maySetUp ? (
        <a href={`/console/desa/${found.villageId}#officeCode`}>{view.t('next.set_code')}</a>
      ) : (
        view.t('next.ask_code')
      )}
    </p>
  );
}

/** What says something to the resident first, or cannot be undone, is no single tap. */
function isToldFirst(act: OfficerAct, service: string): boolean {
  return act === 'finish' && service === ERASURE_SERVICE;
}

function wordKey(act: OfficerAct): 'next.take' | 'next.finish' | 'next.ready' {
  return act === 'take' ? 'next.take' : act === 'ready' ? 'next.ready' : 'next.finish';
}

/** "Periksa dan paraf". */
export function stepsWords(view: View, steps: readonly string[]): string {
  const words = steps.map((step) => wordOf(view, `step.${step}`, step));
  const text = new Intl.ListFormat(view.language, { type: 'conjunction' }).format(words);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** All else that can be done now, each opened by itself. */
export function OtherActs(props: CaseProps) {
  const { view, found, acts } = props;
  const may = (act: OfficerAct) => acts.includes(act);
  const action = (act: OfficerAct) => `/console/kasus/${found.code}/${act}`;
  const isErasure = found.service === ERASURE_SERVICE;
  return (
    <section class="card acts" id="tindakan">
      <h2>{view.t('case.acts')}</h2>
      {may('undo') && (
        <form method="post" action={action('undo')} class="undo">
          <button type="submit" class="quiet" data-key="u">
            {view.t('act.undo')}
          </button>
          <span class="hint">{view.t('act.undo_hint')}</span>
        </form>
      )}
      {isErasure && may('finish') && <Erase view={view} code={found.code} />}
      {may('finish') && !isErasure && (
        <Worded {...props} act="finish" words={view.t('act.finish_words')} isFree />
      )}
      {may('ready') &&
        (props.lacksLetter ? (
          <MadeElsewhere {...props} />
        ) : (
          <Worded {...props} act="ready" words="" isFree />
        ))}
      {may('note') && <Worded {...props} act="note" />}
      {may('give') && (
        <details class="act">
          <summary>{view.t('act.give')}</summary>
          <form method="post" action={action('give')}>
            <Field id="to-give" label={view.t('act.give_label')}>
              <select id="to-give" name="to" required>
                {props.colleagues.map(({ id, name }) => (
                  <option value={id}>{name}</option>
                ))}
              </select>
            </Field>
            <Field id="text-give" label={view.t('act.give_words')}>
              <input id="text-give" name="text" maxlength={500} />
            </Field>
            <button type="submit">{view.t('act.give_submit')}</button>
          </form>
        </details>
      )}
      {may('release') && (
        <form method="post" action={action('release')}>
          <button type="submit" class="quiet">
            {view.t('act.release')}
          </button>
        </form>
      )}
      {may('return') && <Worded {...props} act="return" />}
      {may('forward') && (
        <details class="act">
          <summary>{view.t('act.forward')}</summary>
          <form method="post" action={action('forward')}>
            <Field id="to-forward" label={view.t('act.forward_to')} hint={view.t('act.forward_to_hint')}>
              <input
                id="to-forward"
                name="to"
                required
                maxlength={80}
                list="offices"
                aria-describedby="to-forward-hint"
              />
              <datalist id="offices">
                {OFFICES.map((office) => (
                  <option value={office} />
                ))}
              </datalist>
            </Field>
            <Field id="text-forward" label={view.t('act.forward_label')} hint={view.t('act.forward_hint')}>
              <textarea
                id="text-forward"
                name="text"
                rows={3}
                maxlength={1000}
                required
                aria-describedby="text-forward-hint"
              ></textarea>
            </Field>
            <button type="submit">{view.t('act.forward_submit')}</button>
          </form>
        </details>
      )}
      {may('classify') && (
        <details class="act">
          <summary>{view.t('act.classify')}</summary>
          <form method="post" action={action('classify')}>
            <fieldset class="plain">
              <legend>{view.t('act.classify_label')}</legend>
              {Object.entries(COMPLAINT_CLASSES).map(([kind, days]) => (
                <p class="check">
                  <input
                    id={`class-${kind}`}
                    type="radio"
                    name="to"
                    value={kind}
                    required
                    checked={kind === complaintClass(props.events, props.service)}
                  />
                  <label for={`class-${kind}`}>
                    {wordOf(view, `class.${kind}`, kind)}: {view.t('class.days', { days })}
                  </label>
                </p>
              ))}
            </fieldset>
            <Field id="text-classify" label={view.t('act.classify_why')} hint={view.t('act.classify_hint')}>
              <textarea
                id="text-classify"
                name="text"
                rows={3}
                maxlength={1000}
                required
                aria-describedby="text-classify-hint"
              ></textarea>
            </Field>
            <button type="submit">{view.t('act.classify_submit')}</button>
          </form>
        </details>
      )}
      {may('refuse') && <Worded {...props} act="refuse" />}
      {may('reopen') && <Worded {...props} act="reopen" isFree />}
      {(may('merge') || may('relate')) && (
        <details class="act">
          <summary>{view.t('act.tie')}</summary>
          <form method="post" action={action('relate')}>
            <Field id="to-tie" label={view.t('act.tie_code')} hint={view.t('act.tie_hint')}>
              <input
                id="to-tie"
                name="to"
                required
                maxlength={40}
                class="code-field"
                autocapitalize="characters"
                autocomplete="off"
                aria-describedby="to-tie-hint"
              />
            </Field>
            <div class="buttons">
              {may('relate') && <button type="submit">{view.t('act.relate_submit')}</button>}
              {may('merge') && (
                <button type="submit" class="quiet" formaction={action('merge')}>
                  {view.t('act.merge_submit')}
                </button>
              )}
            </div>
          </form>
        </details>
      )}
    </section>
  );
}

/** Where villages send on what they do not decide. */
const OFFICES = [
  'Kecamatan',
  'Dinas Kependudukan dan Pencatatan Sipil',
  'Dinas Sosial, Pemberdayaan Perempuan dan KB',
  'Dinas Kesehatan',
  'Puskesmas',
  'Dinas Pendidikan',
  'KUA',
  'Polsek',
  'BPN',
] as const;

type WordedAct = 'finish' | 'ready' | 'note' | 'return' | 'refuse' | 'reopen';

/** An act with words: its own line of explanation, and canned replies where the resident reads them. */
function Worded(props: CaseProps & { act: WordedAct; words?: string; isFree?: boolean }) {
  const { view, found, act, words, isFree } = props;
  const isRead = act !== 'note' && act !== 'return';
  return (
    <details class={`act a-${act}`}>
      <summary>{view.t(`act.${act}`)}</summary>
      <form method="post" action={`/console/kasus/${found.code}/${act}`}>
        {isRead && <Replies {...props} into={`text-${act}`} />}
        <Field id={`text-${act}`} label={view.t(`act.${act}_label`)} hint={view.t(`act.${act}_hint`)}>
          <textarea
            id={`text-${act}`}
            name="text"
            rows={3}
            maxlength={1000}
            required={!isFree}
            aria-describedby={`text-${act}-hint`}
          >
            {words ?? ''}
          </textarea>
        </Field>
        <button type="submit" class={act === 'refuse' ? 'danger' : ''}>
          {view.t(`act.${act}_submit`)}
        </button>
      </form>
    </details>
  );
}

/** A letter that was made elsewhere has its number said, so that the history tells where it is found. */
function MadeElsewhere({ view, found }: CaseProps) {
  return (
    <details class="act a-ready">
      <summary>{view.t('act.elsewhere')}</summary>
      <form method="post" action={`/console/kasus/${found.code}/ready`}>
        <Field id="to-ready" label={view.t('act.elsewhere_number')} hint={view.t('act.elsewhere_hint')}>
          <input
            id="to-ready"
            name="to"
            required
            minlength={3}
            maxlength={80}
            autocomplete="off"
            aria-describedby="to-ready-hint"
          />
        </Field>
        <button type="submit">{view.t('act.ready_submit')}</button>
      </form>
    </details>
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
