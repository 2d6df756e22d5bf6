import { isGivable, isGuarded } from '../../core/accounts.js';
import { isAskedOnly, isOverseer } from '../../core/handlers.js';
import { ROLES } from '../../store/officers.js';
import type { District } from '../../store/rolePlaces.js';
import type { DelegationRow } from '../../store/web/delegations.js';
import type { OfficerRow, VillageChoice } from '../../store/web/officers.js';
import { dateTimeFormat } from '../../words/formatters.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Field, Notice, roleWords, wordOf } from './parts.js';
import type { View } from './view.js';

export interface OfficerProps {
  view: View;
  chosen: OfficerRow;
  villages: VillageChoice[];
  /** For who gives roles above the villages; none: they may not. */
  districts: District[];
  /** Who could stand in. */
  others: OfficerRow[];
  delegations: DelegationRow[];
  mayServeAll: boolean;
  /** Whether the reader may say whose account this is. */
  mayConfirm: boolean;
  /** Whether they may take a head's second factor away. */
  mayRemoveCode: boolean;
  notice: string | undefined;
  faultKey?: Key | undefined;
}

/** One officer: roles, account, chats, and who stands in. */
export function OfficerPage(props: OfficerProps) {
  const { view, chosen } = props;
  return (
    <Layout view={view} title={chosen.name} isConsole>
      <p class="back">
        <a href="/console/petugas">{view.t('officer.back')}</a>
      </p>
      <h1>{chosen.name}</h1>
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      <div class="two">
        <Roles {...props} />
        <div>
          <Account {...props} />
          <Chats {...props} />
        </div>
      </div>
      <Delegations {...props} />
    </Layout>
  );
}

function Roles(props: OfficerProps) {
  const { view, chosen } = props;
  const { t } = view;
  // A kecamatan has a row for each of its villages: they read as one.
  const roles = chosen.roles.filter(
    (role, n) =>
      role.role !== 'kecamatan' || chosen.roles.findIndex((other) => other.role === role.role) === n,
  );
  return (
    <section class="card">
      <h2>{t('officer.roles')}</h2>
      <p class="hint">{t('officer.roles_lead')}</p>
      <ul class="rows">
        {roles.map((role) => (
          <li>
            <p>{role.role === 'kecamatan' ? t('role.kecamatan') : roleWords(view, role)}</p>
            {chosen.roles.length > 1 && !isAskedOnly(role.role) && (
              <form method="post" action={`/console/petugas/${chosen.id}/jabatan/lepas`}>
                <input type="hidden" name="role" value={role.role} />
                <input type="hidden" name="village" value={role.village ?? ''} />
                <button
                  type="submit"
                  class="quiet"
                  aria-label={t('officer.remove_named', { role: roleWords(view, role) })}
                >
                  {t('officer.remove')}
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
      <details class="act">
        <summary>{t('officer.add_role')}</summary>
        <form method="post" action={`/console/petugas/${chosen.id}/jabatan`}>
          <Field id="role" label={t('officers.role')}>
            <select id="role" name="role" required>
              {ROLES.filter((role) => isGivable(role, props.mayServeAll)).map((role) => (
                <option value={role}>{t(`role.${role}`)}</option>
              ))}
            </select>
          </Field>
          <Field id="village" label={t('officer.place')}>
            <select id="village" name="village">
              {props.mayServeAll && <option value="">{t('officer.everywhere')}</option>}
              {props.districts.length > 0 && (
                <optgroup label={t('role.kecamatan')}>
                  {props.districts.map(({ code, name }) => (
                    <option value={code}>{name}</option>
                  ))}
                </optgroup>
              )}
              <optgroup label={t('officers.village')}>
                {props.villages.map(({ id, name, district }) => (
                  <option value={id}>{`${name}, ${district}`}</option>
                ))}
              </optgroup>
            </select>
          </Field>
          <button type="submit">{t('officer.add_role')}</button>
        </form>
      </details>
    </section>
  );
}

function Account({ view, chosen, mayConfirm, mayRemoveCode }: OfficerProps) {
  const { t } = view;
  const isOneself = chosen.id === view.officer?.id;
  const isHead = chosen.roles.some(({ role }) => isGuarded(role));
  const post = (what: string, label: Key, isQuiet = true) => (
    <form method="post" action={`/console/petugas/${chosen.id}/${what}`}>
      <button type="submit" class={isQuiet ? 'quiet' : ''}>
        {t(label)}
      </button>
    </form>
  );
  return (
    <section class="card">
      <h2>{t('officer.account')}</h2>
      <p>
        {chosen.username ? t('officers.account', { username: chosen.username }) : t('officers.no_account')}
      </p>
      {chosen.username && <p>{t(chosen.hasSecondFactor ? 'officer.code_on' : 'officer.code_off')}</p>}
      <p>{t(chosen.hasPin ? 'officer.pin_on' : 'officer.pin_off')}</p>
      {chosen.isUnconfirmed && <p class="notice risk">{t('officer.unconfirmed')}</p>}
      <div class="buttons">
        {chosen.isUnconfirmed && !isOneself && mayConfirm && post('konfirmasi', 'officer.confirm', false)}
        {chosen.hasSecondFactor &&
          !isOneself &&
          (mayRemoveCode || !isHead) &&
          post('kode-lepas', 'officer.remove_code')}
        {chosen.hasPin && post('pin', 'officer.clear_pin')}
      </div>
    </section>
  );
}

function Chats({ view, chosen }: OfficerProps) {
  const { t } = view;
  return (
    <section class="card">
      <h2>{t('officer.chats')}</h2>
      <p>
        {chosen.platforms.length > 0
          ? chosen.platforms.map((name) => wordOf(view, `platform.${name}`, name)).join(', ')
          : t('officers.no_chat')}
      </p>
      {chosen.platforms.length > 0 && (
        <form method="post" action={`/console/petugas/${chosen.id}/chat-lepas`}>
          <button type="submit" class="danger">
            {t('officer.revoke_chat')}
          </button>
          <p class="hint">{t('officer.revoke_lead')}</p>
        </form>
      )}
    </section>
  );
}

function Delegations({ view, chosen, others, delegations }: OfficerProps) {
  const { t } = view;
  const posts = chosen.roles.filter(
    ({ role, village }) => village !== null && !isAskedOnly(role) && !isOverseer(role),
  );
  if (posts.length === 0) return null;
  const today = dateTimeFormat('sv-SE', { timeZone: 'Asia/Jakarta' }).format(view.now);
  return (
    <section class="card">
      <h2>{t('officer.delegation')}</h2>
      <p class="hint">{t('officer.delegation_lead', { name: chosen.name })}</p>
      <ul class="rows">
        {delegations.map((one) => (
          <li>
            <p>
              <strong>{one.deputy}</strong>{' '}
              {t('officer.stands_in', {
                role: wordOf(view, `role.${one.role}`, one.role),
                village: one.village,
              })}
              <br />
              <span class="quiet-text">
                {t('officer.days', { from: dayOf(view, one.from), to: dayOf(view, one.to) })}
              </span>
            </p>
            <form method="post" action={`/console/petugas/${chosen.id}/wakil/${one.id}/akhiri`}>
              <button type="submit" class="quiet">
                {t('officer.end_delegation')}
              </button>
            </form>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <details class="act">
          <summary>{t('officer.delegate')}</summary>
          <form method="post" action={`/console/petugas/${chosen.id}/wakil`}>
            <Field id="post" label={t('officers.role')}>
              <select id="post" name="post">
                {posts.map((role) => (
                  <option value={`${role.role}@${role.village}`}>{roleWords(view, role)}</option>
                ))}
              </select>
            </Field>
            <Field id="deputy" label={t('officer.deputy')}>
              <select id="deputy" name="deputy">
                {others.map(({ id, name }) => (
                  <option value={id}>{name}</option>
                ))}
              </select>
            </Field>
            <Field id="from" label={t('officer.from')}>
              <input id="from" name="from" type="date" required value={today} />
            </Field>
            <Field id="to" label={t('officer.to')}>
              <input id="to" name="to" type="date" required value={today} />
            </Field>
            <button type="submit">{t('officer.delegate')}</button>
          </form>
        </details>
      )}
    </section>
  );
}

function dayOf(view: View, day: string): string {
  return view.format.day(new Date(`${day}T05:00:00Z`));
}
