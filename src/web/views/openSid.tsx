import { openSidOrder } from '../../core/openSid.js';
import { plainText } from '../../core/plainText.js';
import { shownAnswers } from './answers.js';
import type { CaseProps } from './case.js';

/** What OpenSID's form of this letter asks, in its order: one tap copies one field. Numbers stay masked until they are opened. */
export function OpenSidBlock(props: CaseProps & { isOpened?: boolean }) {
  const { view, found, openSid, people, questions, service } = props;
  if (!openSid || service?.kind !== 'letter') return null;
  const person = people.match?.person ?? people.known;
  const order = openSidOrder(openSid, found.answers);
  const answers = Object.fromEntries(order.map((id) => [id, found.answers[id]!]));
  const byId = new Map(order.map((id) => [id, shownAnswers(view, { [id]: answers[id]! }, questions)[0]]));
  const named = people.beneficiary?.name ?? found.answers['name'] ?? found.resident;
  const fields = [
    ...(person?.nik ? [{ label: 'NIK', text: person.nik, isMasked: /\*/u.test(person.nik) }] : []),
    {
      label: view.t('opensid.name'),
      text: person?.name ?? (typeof named === 'string' ? named : ''),
      isMasked: false,
    },
    ...order.flatMap((id) => {
      const shown = byId.get(id);
      return shown ? [{ label: shown.label, text: shown.text, isMasked: false }] : [];
    }),
  ].filter(({ text }) => text !== '');
  return (
    <section class="card" id="opensid">
      <details open={props.isOpened ?? false}>
        <summary>
          <h2>{view.t('opensid.title')}</h2>
        </summary>
        <p class="hint">
          {openSid.code ? view.t('opensid.lead', { code: openSid.code }) : view.t('opensid.lead_none')}
        </p>
        <ol class="copies">
          {fields.map(({ label, text, isMasked }) => (
            <li>
              <span class="copy-label">{label}</span>
              <span class="copy-text">{plainText(text)}</span>
              {isMasked ? (
                <a class="hint" href="#orang">
                  {view.t('opensid.masked')}
                </a>
              ) : (
                <button
                  type="button"
                  class="quiet copy"
                  data-copy={text}
                  data-copied={view.t('opensid.copied')}
                  aria-label={view.t('opensid.copy_label', { label })}
                >
                  {view.t('opensid.copy')}
                </button>
              )}
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}
