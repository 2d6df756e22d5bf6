import { raw } from 'hono/html';
import type { RegisterPerson } from '../../store/register/search.js';
import type { Service } from '../../core/service.js';
import type { CounterField } from '../counterForm.js';
import type { Given } from '../form.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Field } from './parts.js';
import { Person } from './register.js';
import type { View } from './view.js';

export interface CounterProps {
  view: View;
  /** What can be asked for, by kind. */
  services: { id: string; service: Service }[];
  chosen: { id: string; service: Service } | null;
  fields: CounterField[];
  villages: { id: string; name: string; district: string }[];
  given: Given;
  /** Papers that were ticked. */
  shown: string[];
  /** Of a search in the register; null: none was made. */
  people: RegisterPerson[] | null;
  mayLookUp: boolean;
  faults: Map<string, string>;
  faultKey?: Key | undefined;
}

/** Somebody at the counter: what for, who, a few answers, what they showed. One page, no waiting. */
export function CounterPage(props: CounterProps) {
  const { view, chosen } = props;
  return (
    <Layout view={view} title={view.t('counter.title')} isConsole>
      <h1>{view.t('counter.title')}</h1>
      <Fault view={view} faultKey={props.faultKey} />
      {chosen ? <CounterForm {...props} chosen={chosen} /> : <Choose {...props} />}
    </Layout>
  );
}

function Choose({ view, services }: CounterProps) {
  const letters = services.filter(({ service }) => service.kind === 'letter');
  const others = services.filter(({ service }) => service.kind !== 'letter');
  return (
    <>
      <p class="lead">{view.t('counter.lead')}</p>
      <h2>{view.t('counter.choose')}</h2>
      {[letters, others].map((group) => (
        <ul class="service-list">
          {group.map(({ id, service }) => (
            <li>
              <a href={`/console/loket?layanan=${encodeURIComponent(id)}`}>{service.title}</a>
            </li>
          ))}
        </ul>
      ))}
    </>
  );
}

function CounterForm(props: CounterProps & { chosen: NonNullable<CounterProps['chosen']> }) {
  const { view, chosen, fields, villages, given, shown, people, faults } = props;
  const { service } = chosen;
  return (
    <form method="post" action="/console/loket" class="counter" autocomplete="off">
      <input type="hidden" name="draf" value={given['draf'] ?? ''} />
      <input type="hidden" name="layanan" value={chosen.id} />
      <p class="counter-service">
        <strong>{service.title}</strong>{' '}
        <a href="/console/loket" class="hint">
          {view.t('counter.change')}
        </a>
      </p>
      <div class="counter-columns">
        <section class="card">
          {villages.length > 1 ? (
            <Field id="desa" label={view.t('counter.village')}>
              <select id="desa" name="desa">
                {villages.map(({ id, name, district }) => (
                  <option value={id} selected={id === given['desa']}>{`${name}, ${district}`}</option>
                ))}
              </select>
            </Field>
          ) : (
            <input type="hidden" name="desa" value={villages[0]?.id ?? ''} />
          )}
          <Field id="nama" label={view.t('counter.name')}>
            <div class="with-button">
              <input
                id="nama"
                name="nama"
                required
                minlength={2}
                maxlength={80}
                value={given['nama'] ?? ''}
                autofocus={people === null}
              />
              {props.mayLookUp && (
                <button
                  type="submit"
                  class="quiet"
                  formaction="/console/loket/cari"
                  formnovalidate
                  aria-describedby="cari-hint"
                >
                  {view.t('counter.look_up')}
                </button>
              )}
            </div>
            {props.mayLookUp && (
              <p class="hint" id="cari-hint">
                {view.t('counter.look_up_hint')}
              </p>
            )}
          </Field>
          {people && <People view={view} people={people} picked={given['orang']} />}
          <Field id="hp" label={view.t('counter.phone')} hint={view.t('counter.phone_hint')}>
            <input
              id="hp"
              name="hp"
              type="tel"
              inputmode="tel"
              maxlength={24}
              value={given['hp'] ?? ''}
              aria-describedby="hp-hint"
            />
          </Field>
          {service.checklist.length > 0 && (
            <fieldset class="plain">
              <legend>{view.t('counter.papers')}</legend>
              <ul class="checklist">
                {service.checklist.map((item) => (
                  <li>
                    <label class="check-item">
                      <input
                        type="checkbox"
                        name="berkas"
                        value={item.id}
                        checked={shown.includes(item.id)}
                      />
                      <span>
                        {item.text}
                        {(item.optional || item.if !== undefined) && (
                          <span class="quiet-text"> ({view.t('case.optional')})</span>
                        )}
                      </span>
                    </label>
                  </li>
                ))}
              </ul>
            </fieldset>
          )}
        </section>
        {fields.length > 0 && (
          <section class="card">
            <h2>{view.t('counter.questions')}</h2>
            {fields.map((field) => (
              <Question {...props} field={field} fault={faults.get(field.id)} />
            ))}
          </section>
        )}
      </div>
      <p class="sticky-submit">
        <button type="submit">{view.t('counter.submit')}</button>
      </p>
    </form>
  );
}

function People({
  view,
  people,
  picked,
}: {
  view: View;
  people: RegisterPerson[];
  picked: string | undefined;
}) {
  return (
    <fieldset class="plain found-people" role="status">
      <legend>{view.t('counter.found', { n: people.length })}</legend>
      {people.map((person, n) => (
        <label class="check-item">
          <input
            type="radio"
            name="orang"
            value={person.id}
            checked={picked === person.id || (people.length === 1 && n === 0)}
          />
          <span>
            <Person view={view} person={person} />
          </span>
        </label>
      ))}
      {people.length > 0 && (
        <label class="check-item">
          <input type="radio" name="orang" value="" />
          <span>{view.t('counter.nobody')}</span>
        </label>
      )}
    </fieldset>
  );
}

function Question({
  view,
  field,
  given,
  fault,
}: CounterProps & { field: CounterField; fault: string | undefined }) {
  const id = `q-${field.id}`;
  const value = given[id] ?? '';
  const label = field.isOptional ? `${field.label} (${view.t('counter.optional')})` : field.label;
  const more = {
    id,
    name: id,
    'aria-describedby': fault === undefined ? undefined : `${id}-fault`,
    'aria-invalid': fault === undefined ? undefined : ('true' as const),
  };
  return (
    <div class={fault === undefined ? 'field' : 'field wrong'}>
      <label for={id}>{label}</label>
      {field.type === 'choice' || field.type === 'yes_no' ? (
        <select {...more} required={!field.isOptional}>
          <option value="">{view.t('counter.none')}</option>
          {(field.type === 'choice'
            ? field.options
            : [
                { value: 'ya', text: view.t('counter.yes') },
                { value: 'tidak', text: view.t('counter.no') },
              ]
          ).map((option) => (
            <option value={option.value} selected={option.value === value}>
              {option.text}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...more}
          value={value}
          maxlength={300}
          required={!field.isOptional}
          inputmode={field.type === 'year' || field.type === 'number' ? 'numeric' : undefined}
        />
      )}
      {fault !== undefined && (
        <p class="field-fault" id={`${id}-fault`}>
          {fault || view.t('counter.fault_missing')}
        </p>
      )}
    </div>
  );
}

/** What the resident takes along, on paper or as a photo of the screen: the code, and where to see how far it is. */
export function ReceiptPage(props: {
  view: View;
  code: string;
  title: string;
  resident: string | null;
  village: string;
  zone: string;
  dueAt: Date | null;
  openedAt: Date;
  /** Papers that were not shown. */
  missing: string[];
  /** Where the code is typed; null: no page is reachable from outside. */
  address: string | null;
  /** The QR of the page of the code, as SVG. */
  qr: string | null;
}) {
  const { view, code, title, village, zone, dueAt, openedAt, missing, qr, address } = props;
  return (
    <Layout view={view} title={`${view.t('receipt.title')} ${code}`} isConsole>
      <article class="receipt card">
        <h1>{view.t('receipt.title')}</h1>
        <p>
          {title}
          <br />
          {props.resident ?? view.t('cases.no_name')}, {village}
        </p>
        <p>
          {view.t('receipt.code')}
          <br />
          <strong class="receipt-code">{code}</strong>
        </p>
        {qr && (
          <div class="qr" role="img" aria-label={`QR ${code}`}>
            {raw(qr)}
          </div>
        )}
        {address && <p>{view.t('receipt.scan', { address })}</p>}
        {missing.length > 0 && (
          <>
            <h2>{view.t('receipt.missing')}</h2>
            <ul class="receipt-missing">
              {missing.map((item) => (
                <li>{item}</li>
              ))}
            </ul>
          </>
        )}
        {dueAt && <p>{view.t('receipt.due', { time: view.format.time(dueAt, zone) })}</p>}
        <p>
          {view.t('receipt.free')}
          <br />
          <span class="quiet-text">{view.format.time(openedAt, zone)}</span>
        </p>
      </article>
      <div class="buttons no-print">
        <button type="button" data-print>
          {view.t('receipt.print')}
        </button>
        <a class="button quiet" href="/console/loket">
          {view.t('receipt.next')}
        </a>
        <a class="button quiet" href={`/console/kasus/${code}`}>
          {view.t('receipt.case')}
        </a>
      </div>
    </Layout>
  );
}
