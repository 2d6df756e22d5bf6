import type { PaceSeen } from '../../core/lookup.js';
import { OFFICER_PLATFORMS, PACES } from '../../core/pace.js';
import type { Key } from '../words.js';
import { Field } from './parts.js';
import type { View } from './view.js';

/** How the officer is told of their work: pace, quiet hours, and which app first. */
export function PaceCard({ view, pace }: { view: View; pace: PaceSeen }) {
  return (
    <section class="card">
      <h2>{view.t('account.pace_title')}</h2>
      <p>{view.t('account.pace_lead')}</p>
      <form method="post" action="/console/akun/kabar">
        <Field id="pace" label={view.t('account.pace')}>
          <select id="pace" name="pace">
            {PACES.map((one) => (
              <option value={one} selected={one === pace.pace}>
                {view.t(`account.pace_${one}` as Key)}
              </option>
            ))}
          </select>
        </Field>
        <Field id="quiet_from" label={view.t('account.quiet_from')}>
          <input id="quiet_from" name="quiet_from" type="time" required value={pace.quiet_from} />
        </Field>
        <Field id="quiet_until" label={view.t('account.quiet_until')} hint={view.t('account.quiet_hint')}>
          <input
            id="quiet_until"
            name="quiet_until"
            type="time"
            required
            value={pace.quiet_until}
            aria-describedby="quiet_until-hint"
          />
        </Field>
        <Field id="platform" label={view.t('account.platform')}>
          <select id="platform" name="platform">
            <option value="any" selected={pace.platform === null}>
              {view.t('account.platform_any')}
            </option>
            {OFFICER_PLATFORMS.map((one) => (
              <option value={one} selected={one === pace.platform}>
                {one === 'telegram' ? 'Telegram' : 'WhatsApp'}
              </option>
            ))}
          </select>
        </Field>
        <button type="submit">{view.t('account.pace_save')}</button>
      </form>
    </section>
  );
}
