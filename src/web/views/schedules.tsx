import type { VillageChoice } from '../../store/web/officers.js';
import type { ScheduleRow } from '../../store/web/schedules.js';
import type { Given } from '../form.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Field, Notice, Time } from './parts.js';
import type { View } from './view.js';

export interface SchedulesProps {
  view: View;
  schedules: ScheduleRow[];
  villages: VillageChoice[];
  notice: string | undefined;
  faultKey?: Key;
  given?: Given;
}

/** The dates of the posyandu to come, and entering more. */
export function SchedulesPage(props: SchedulesProps) {
  const { view, schedules } = props;
  return (
    <Layout view={view} title={view.t('schedules.title')} isConsole>
      <h1>{view.t('schedules.title')}</h1>
      <p>{view.t('schedules.lead')}</p>
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      <Add {...props} />
      <section class="card">
        <h2>{view.t('schedules.next')}</h2>
        {schedules.length === 0 && <p>{view.t('schedules.none')}</p>}
        <ul class="rows">
          {schedules.map((one) => (
            <li>
              <p>
                <strong>
                  <Time view={view} at={one.startsAt} zone={one.zone} />
                </strong>
                <br />
                {[one.place, one.hamlet, one.village].filter(Boolean).join(', ')}
                {one.officer && (
                  <>
                    <br />
                    <span class="quiet-text">{view.t('schedules.by', { name: one.officer })}</span>
                  </>
                )}
              </p>
              <form method="post" action={`/console/posyandu/${one.id}/batal`}>
                <button
                  type="submit"
                  class="quiet"
                  aria-label={view.t('schedules.cancel_one', {
                    time: view.format.time(one.startsAt, one.zone),
                    place: one.place,
                  })}
                >
                  {view.t('schedules.cancel')}
                </button>
              </form>
            </li>
          ))}
        </ul>
      </section>
    </Layout>
  );
}

function Add({ view, villages, given = {}, schedules }: SchedulesProps) {
  return (
    <section class="card" id="tambah">
      <details class="act" open={schedules.length === 0 || given['place'] !== undefined}>
        <summary>{view.t('schedules.add')}</summary>
        <form method="post" action="/console/posyandu">
          <Field id="village" label={view.t('officers.village')}>
            <select id="village" name="village" required>
              {villages.map(({ id, name, district }) => (
                <option value={id} selected={given['village'] === id}>
                  {`${name}, ${district}`}
                </option>
              ))}
            </select>
          </Field>
          <Field id="hamlet" label={view.t('schedules.hamlet')} hint={view.t('schedules.hamlet_hint')}>
            <input
              id="hamlet"
              name="hamlet"
              maxlength={60}
              aria-describedby="hamlet-hint"
              value={given['hamlet'] ?? ''}
            />
          </Field>
          <Field id="place" label={view.t('schedules.place')}>
            <input
              id="place"
              name="place"
              required
              minlength={3}
              maxlength={120}
              value={given['place'] ?? ''}
            />
          </Field>
          <Field id="date" label={view.t('schedules.date')}>
            <input id="date" name="date" type="date" required value={given['date'] ?? ''} />
          </Field>
          <Field id="time" label={view.t('schedules.time')}>
            <input id="time" name="time" type="time" required value={given['time'] ?? '08:00'} />
          </Field>
          <Field id="repeat" label={view.t('schedules.repeat')}>
            <select id="repeat" name="repeat">
              {(['none', 'day', 'weekday'] as const).map((how) => (
                <option value={how} selected={given['repeat'] === how}>
                  {view.t(`schedules.repeat.${how}`)}
                </option>
              ))}
            </select>
          </Field>
          <Field id="months" label={view.t('schedules.months')} hint={view.t('schedules.months_hint')}>
            <input
              id="months"
              name="months"
              type="number"
              min={1}
              max={12}
              required
              aria-describedby="months-hint"
              value={given['months'] ?? '6'}
            />
          </Field>
          <button type="submit">{view.t('schedules.add_submit')}</button>
        </form>
      </details>
    </section>
  );
}
