import type { Service } from '../../core/service.js';
import type { Office, OwnService } from '../../store/web/office.js';
import type { Given } from '../form.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Field, Notice } from './parts.js';
import type { View } from './view.js';
import { OfficeLinks } from './villages.js';

export interface ServicesProps {
  view: View;
  office: Office;
  services: { [id: string]: Service };
  own: Map<string, OwnService>;
  notice?: string | undefined;
  faultKey?: Key;
  given?: Given;
  /** The service whose form was not taken. */
  open?: string;
}

const KINDS: Service['kind'][] = [
  'letter',
  'referral',
  'appointment',
  'aid',
  'health',
  'complaint',
  'rights',
];

/** The services of a village, by kind, each with where it differs from the catalogue. */
export function ServicesPage(props: ServicesProps) {
  const { view, office, services } = props;
  const { t } = view;
  return (
    <Layout view={view} title={`${t('villages.to_services')}: ${office.name}`} isConsole>
      <p class="back">
        <a href="/console/desa">{t('villages.back')}</a>
      </p>
      <h1>{`${office.name}, ${office.district}`}</h1>
      <OfficeLinks view={view} office={office} here="layanan" />
      <Notice view={view} kind={props.notice} />
      <p>{t('services.lead')}</p>
      {KINDS.map((kind) => {
        const of = Object.entries(services).filter(([, service]) => service.kind === kind);
        if (of.length === 0) return null;
        return (
          <section class="card services">
            <h2>{t(`services.kind.${kind}`)}</h2>
            {of.map(([id, service]) => (
              <OneService {...props} id={id} service={service} />
            ))}
          </section>
        );
      })}
    </Layout>
  );
}

function OneService(props: ServicesProps & { id: string; service: Service }) {
  const { view, office, id, service } = props;
  const { t } = view;
  const own = props.own.get(id);
  const isOff = own?.isOffered === false;
  const isOpen = props.open === id;
  const given = isOpen ? props.given : undefined;
  const counter = service.checklist.filter(({ by }) => by === 'counter').map(({ text }) => text);
  const field = (name: string) => `${name}-${id.replaceAll('.', '-')}`;
  return (
    <details class={isOff ? 'act is-off' : 'act'} open={isOpen} id={`s-${id.replaceAll('.', '-')}`}>
      <summary>
        {service.title}
        <span class="quiet-text"> {summaryOf(view, service, own)}</span>
      </summary>
      {isOpen && <Fault view={view} faultKey={props.faultKey} />}
      {counter.length > 0 && <p class="hint">{t('services.counter_now', { items: counter.join('; ') })}</p>}
      <form method="post" action={`/console/layanan/${office.id}/${id}`}>
        <fieldset>
          <legend>{t('services.offered')}</legend>
          {(['ya', 'tidak'] as const).map((answer) => (
            <p class="check">
              <input
                id={field(answer)}
                type="radio"
                name="offered"
                value={answer}
                required
                checked={(given?.['offered'] ?? (isOff ? 'tidak' : 'ya')) === answer}
              />
              <label for={field(answer)}>{t(`services.offered.${answer}`)}</label>
            </p>
          ))}
        </fieldset>
        <Field id={field('reason')} label={t('services.reason')} hint={t('services.reason_hint')}>
          <input
            id={field('reason')}
            name="reason"
            maxlength={200}
            aria-describedby={`${field('reason')}-hint`}
            value={given?.['reason'] ?? own?.offReason ?? ''}
          />
        </Field>
        <Field
          id={field('hours')}
          label={t('services.hours')}
          hint={
            service.promise_hours === null
              ? t('services.hours_none')
              : t('services.hours_hint', { hours: service.promise_hours })
          }
        >
          <input
            id={field('hours')}
            name="hours"
            type="number"
            min={1}
            max={400}
            aria-describedby={`${field('hours')}-hint`}
            value={given?.['hours'] ?? own?.promiseHours ?? ''}
          />
        </Field>
        {service.kind === 'letter' ? (
          <Field
            id={field('classification')}
            label={t('services.classification')}
            hint={t('services.classification_hint', { code: service.classification ?? '–' })}
          >
            <input
              id={field('classification')}
              name="classification"
              maxlength={30}
              inputmode="decimal"
              aria-describedby={`${field('classification')}-hint`}
              value={given?.['classification'] ?? own?.classification ?? ''}
            />
          </Field>
        ) : (
          <input type="hidden" name="classification" value="" />
        )}
        <Field id={field('counter')} label={t('services.counter')} hint={t('services.counter_hint')}>
          <input
            id={field('counter')}
            name="counter"
            maxlength={120}
            aria-describedby={`${field('counter')}-hint`}
            value={given?.['counter'] ?? own?.counter ?? ''}
          />
        </Field>
        <button type="submit">{t('services.save')}</button>
        {own?.changedBy && (
          <p class="hint">
            {t('services.changed', {
              name: own.changedBy,
              time: view.format.time(own.changedAt, office.zone),
            })}
          </p>
        )}
      </form>
    </details>
  );
}

function summaryOf({ t }: View, service: Service, own: OwnService | undefined): string {
  if (own?.isOffered === false) return t('services.is_off', { reason: own.offReason ?? '' });
  const hours = own?.promiseHours ?? service.promise_hours;
  return hours === null ? t('services.no_promise') : t('services.promise', { hours });
}
