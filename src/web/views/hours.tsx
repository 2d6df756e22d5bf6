import type { Holiday, KeptSpan } from '../../store/officeHours.js';
import type { Outage } from '../../store/outages.js';
import type { Office } from '../../store/web/office.js';
import { dateTimeFormat } from '../../words/formatters.js';
import type { Given } from '../form.js';
import { fieldOf, weekFields, WEEKDAYS } from '../week.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Field, Notice, Time, wordOf } from './parts.js';
import type { View } from './view.js';
import { OfficeLinks } from './villages.js';

/** What an officer may record; the others come from what the program sees of its lines and clock. */
export const OUTAGE_KINDS = ['power', 'network', 'office', 'other'] as const;

/** Whose hours: a village's, or (id null) those of all. */
export interface HoursOf {
  id: string | null;
  path: string;
  zone: string;
  office: Office | null;
}

export interface HoursProps {
  view: View;
  place: HoursOf;
  /** Its own, usual and dated. */
  spans: KeptSpan[];
  /** What holds where a village has none. */
  usual: KeptSpan[];
  holidays: Holiday[];
  outages: Outage[];
  notice?: string | undefined;
  faultKey?: Key;
  given?: Given;
}

/** The hours of a village, or of all. */
export function HoursPage(props: HoursProps) {
  const { view, place } = props;
  const { t } = view;
  const { office } = place;
  const title = office ? `${t('villages.to_hours')}: ${office.name}` : t('hours.title_all');
  return (
    <Layout view={view} title={title} isConsole>
      <p class="back">
        <a href="/console/desa">{t('villages.back')}</a>
      </p>
      <h1>{office ? `${office.name}, ${office.district}` : title}</h1>
      {office && <OfficeLinks view={view} office={office} here="jam" />}
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      {office ? <p>{t('hours.lead')}</p> : <p class="notice risk">{t('hours.lead_all')}</p>}
      <Usual {...props} />
      <Special {...props} />
      <Holidays {...props} />
      <Outages {...props} />
    </Layout>
  );
}

function Usual({ view, place, spans, usual }: HoursProps) {
  const { t } = view;
  const own = spans.filter(({ fromDay }) => fromDay === null);
  const shown = own.length > 0 ? own : usual.filter(({ fromDay }) => fromDay === null);
  return (
    <section class="card">
      <h2>{t('hours.usual')}</h2>
      {own.length === 0 && <p class="hint">{t('hours.from_installation')}</p>}
      <form method="post" action={place.path}>
        <Week view={view} given={weekFields(shown)} id="biasa" />
        <button type="submit">{t('hours.save')}</button>
      </form>
      {own.length > 0 && place.id !== null && (
        <form method="post" action={`${place.path}/bawaan`} class="after">
          <button type="submit" class="quiet">
            {t('hours.back_to_usual')}
          </button>
        </form>
      )}
    </section>
  );
}

/** The fields of a week, a row for each day. */
function Week({ view, given, id }: { view: View; given: Given; id: string }) {
  const { t } = view;
  const parts = ['opens', 'rest', 'back', 'closes'] as const;
  return (
    <div class="week">
      {WEEKDAYS.map((weekday) => (
        <fieldset>
          <legend>{dayName(view, weekday)}</legend>
          {parts.map((part) => {
            const name = fieldOf(part, weekday);
            return (
              <div>
                <label for={`${id}-${name}`}>{t(`hours.${part}`)}</label>
                <input id={`${id}-${name}`} name={name} type="time" value={given[name] ?? ''} />
              </div>
            );
          })}
        </fieldset>
      ))}
    </div>
  );
}

function Special({ view, place, spans, usual, given }: HoursProps) {
  const { t } = view;
  const today = dateTimeFormat('sv-SE', { timeZone: place.zone }).format(view.now);
  const others = place.id === null ? [] : usual;
  const dated = [...spans, ...others].filter(({ fromDay, toDay }) => fromDay !== null && toDay! >= today);
  const sets = new Map<string, KeptSpan[]>();
  for (const span of dated) {
    const key = `${span.villageId ?? ''} ${span.fromDay} ${span.toDay}`;
    sets.set(key, [...(sets.get(key) ?? []), span]);
  }
  return (
    <section class="card">
      <h2>{t('hours.special')}</h2>
      <p class="hint">{t('hours.special_lead')}</p>
      <ul class="rows">
        {[...sets.values()].map((set) => {
          const { fromDay, toDay, name, villageId } = set[0]!;
          return (
            <li>
              <p>
                <strong>{name ?? t('hours.special')}</strong>, {dayOf(view, fromDay!)} – {dayOf(view, toDay!)}
                <br />
                <span class="quiet-text">{describe(view, set)}</span>
              </p>
              {villageId !== place.id ? (
                <span class="quiet-text">{t('hours.of_all')}</span>
              ) : (
                <form method="post" action={`${place.path}/khusus/hapus`}>
                  <input type="hidden" name="from" value={fromDay!} />
                  <input type="hidden" name="to" value={toDay!} />
                  <button
                    type="submit"
                    class="quiet"
                    aria-label={t('hours.remove_named', { name: name ?? dayOf(view, fromDay!) })}
                  >
                    {t('hours.remove')}
                  </button>
                </form>
              )}
            </li>
          );
        })}
      </ul>
      <details class="act" open={given?.['from'] !== undefined && given['opens-1'] !== undefined}>
        <summary>{t('hours.add_special')}</summary>
        <form method="post" action={`${place.path}/khusus`}>
          <div class="three">
            <Field id="khusus-name" label={t('hours.name')} hint={t('hours.name_hint')}>
              <input
                id="khusus-name"
                name="name"
                maxlength={60}
                aria-describedby="khusus-name-hint"
                value={given?.['name'] ?? ''}
              />
            </Field>
            <Field id="khusus-from" label={t('hours.from')}>
              <input id="khusus-from" name="from" type="date" required value={given?.['from'] ?? ''} />
            </Field>
            <Field id="khusus-to" label={t('hours.to')}>
              <input id="khusus-to" name="to" type="date" required value={given?.['to'] ?? ''} />
            </Field>
          </div>
          <Week view={view} given={given ?? {}} id="khusus" />
          <button type="submit">{t('hours.save')}</button>
        </form>
      </details>
    </section>
  );
}

function Holidays({ view, place, holidays, given }: HoursProps) {
  const { t } = view;
  return (
    <section class="card">
      <h2>{t('hours.holidays')}</h2>
      <ul class="rows">
        {holidays.map((holiday) => (
          <li>
            <p>
              <strong>{dayOf(view, holiday.day)}</strong> {holiday.name}
            </p>
            {holiday.villageId !== place.id ? (
              <span class="quiet-text">{t('hours.of_all')}</span>
            ) : (
              <form method="post" action={`${place.path}/libur/${holiday.id}/hapus`}>
                <button
                  type="submit"
                  class="quiet"
                  aria-label={t('hours.remove_named', { name: holiday.name })}
                >
                  {t('hours.remove')}
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
      <details class="act" open={given?.['day'] !== undefined}>
        <summary>{t('hours.add_holiday')}</summary>
        <form method="post" action={`${place.path}/libur`}>
          <Field id="day" label={t('hours.day')}>
            <input id="day" name="day" type="date" required value={given?.['day'] ?? ''} />
          </Field>
          <Field id="libur-name" label={t('hours.holiday_name')}>
            <input
              id="libur-name"
              name="name"
              required
              minlength={2}
              maxlength={80}
              value={given?.['day'] ? (given['name'] ?? '') : ''}
            />
          </Field>
          <button type="submit">{t('hours.add_holiday')}</button>
        </form>
      </details>
    </section>
  );
}

function Outages({ view, place, outages, given }: HoursProps) {
  const { t } = view;
  const now = view.now.toLocaleString('sv-SE', { timeZone: place.zone }).replace(' ', 'T').slice(0, 16);
  return (
    <section class="card" id="gangguan">
      <h2>{t('hours.outages')}</h2>
      <p class="hint">{t('hours.outages_lead')}</p>
      <ul class="rows">
        {outages.map((outage) => (
          <li>
            <p>
              <strong>{wordOf(view, `hours.outage.${outage.kind}`, outage.kind)}</strong>,{' '}
              <Time view={view} at={outage.from} zone={place.zone} /> –{' '}
              {outage.to ? <Time view={view} at={outage.to} zone={place.zone} /> : t('hours.goes_on')}
              {outage.note && (
                <>
                  <br />
                  <span class="quiet-text">{outage.note}</span>
                </>
              )}
            </p>
            {outage.villageId !== place.id && <span class="quiet-text">{t('hours.of_all')}</span>}
            {outage.villageId === place.id && !outage.isAutomatic && (
              <div class="buttons">
                {outage.to === null && (
                  <form method="post" action={`${place.path}/gangguan/${outage.id}/selesai`}>
                    <button type="submit">{t('hours.end_outage')}</button>
                  </form>
                )}
                <form method="post" action={`${place.path}/gangguan/${outage.id}/hapus`}>
                  <button type="submit" class="quiet">
                    {t('hours.remove')}
                  </button>
                </form>
              </div>
            )}
          </li>
        ))}
      </ul>
      <details class="act" open={given?.['kind'] !== undefined}>
        <summary>{t('hours.add_outage')}</summary>
        <form method="post" action={`${place.path}/gangguan`}>
          <Field id="kind" label={t('hours.what')}>
            <select id="kind" name="kind">
              {OUTAGE_KINDS.map((kind) => (
                <option value={kind} selected={given?.['kind'] === kind}>
                  {t(`hours.outage.${kind}`)}
                </option>
              ))}
            </select>
          </Field>
          <Field id="gangguan-from" label={t('hours.since')}>
            <input
              id="gangguan-from"
              name="from"
              type="datetime-local"
              required
              value={given?.['kind'] ? (given['from'] ?? now) : now}
            />
          </Field>
          <Field id="gangguan-to" label={t('hours.until')} hint={t('hours.until_hint')}>
            <input
              id="gangguan-to"
              name="to"
              type="datetime-local"
              aria-describedby="gangguan-to-hint"
              value={given?.['kind'] ? (given['to'] ?? '') : ''}
            />
          </Field>
          <Field id="note" label={t(place.id === null ? 'hours.why' : 'hours.note')}>
            <input
              id="note"
              name="note"
              maxlength={200}
              required={place.id === null}
              minlength={place.id === null ? 3 : undefined}
              value={given?.['note'] ?? ''}
            />
          </Field>
          {place.id === null && (
            <p class="check">
              <input id="gangguan-sure" name="sure" type="checkbox" value="ya" required />
              <label for="gangguan-sure">{t('hours.sure_all')}</label>
            </p>
          )}
          <button type="submit">{t('hours.add_outage')}</button>
        </form>
      </details>
    </section>
  );
}

/** 'Senin 08.00–12.00, 12.30–14.00; …' of a set of dated spans. */
function describe(view: View, spans: KeptSpan[]): string {
  return WEEKDAYS.map((weekday) => {
    const day = spans.filter((span) => span.weekday === weekday);
    if (day.length === 0) return null;
    return `${dayName(view, weekday)} ${day.map(({ opens, closes }) => `${opens}–${closes}`).join(', ')}`;
  })
    .filter((text) => text !== null)
    .join('; ');
}

function dayName({ language }: View, weekday: number): string {
  // 5 January 1970 was a Monday.
  return dateTimeFormat(language === 'id' ? 'id-ID' : 'en-GB', {
    weekday: 'long',
    timeZone: 'UTC',
  }).format(new Date(Date.UTC(1970, 0, 4 + weekday)));
}

function dayOf(view: View, day: string): string {
  return view.format.day(new Date(`${day}T05:00:00Z`));
}
