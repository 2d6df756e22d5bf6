import type { OfficerRow, VillageChoice, WaitingInvite } from '../../store/web/officers.js';
import type { Given } from '../form.js';
import { isGivable } from '../../core/accounts.js';
import { ROLES } from '../../store/officers.js';
import type { Key } from '../words.js';
import type { GroupOfVillage } from '../../store/officerGroups.js';
import { Layout } from './layout.js';
import { GroupLinkOnce, OfficeGroups } from './officeGroups.js';
import type { GroupLink } from './officeGroups.js';
import { Fault, Field, Notice, roleWords, wordOf } from './parts.js';
import type { View } from './view.js';

export interface OfficersProps {
  view: View;
  officers: OfficerRow[];
  waiting: WaitingInvite[];
  villages: VillageChoice[];
  /** The villages that take requests, each with its office's group. */
  groups: GroupOfVillage[];
  /** Whether this keeper may make keepers of every village. */
  mayServeAll: boolean;
  notice: string | undefined;
  faultKey?: Key;
  given?: Given;
  /** Just made: shown once. */
  invite?: { name: string; payload: string; links: string[]; expiresAt: Date };
  /** `isHead`: it opens little until its owner has confirmed it. */
  link?: { name: string; username: string; url: string; isHead: boolean };
  groupLink?: GroupLink;
}

/** The officers of a keeper's villages. */
export function OfficersPage(props: OfficersProps) {
  const { view, officers } = props;
  return (
    <Layout view={view} title={view.t('officers.title')} isConsole>
      <h1>{view.t('officers.title')}</h1>
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      <ShownOnce {...props} />
      {props.groupLink && <GroupLinkOnce view={view} link={props.groupLink} />}
      <Waiting {...props} />
      <ul class="people">
        {officers.map((officer) => (
          <Officer view={view} officer={officer} />
        ))}
      </ul>
      <AddOfficer {...props} />
      <OfficeGroups view={view} groups={props.groups} />
    </Layout>
  );
}

function ShownOnce({ view, invite, link }: OfficersProps) {
  if (invite)
    return (
      <section class="card once" role="status">
        <h2>{view.t('officers.invite_ready', { name: invite.name })}</h2>
        <p>{view.t('officers.invite_once', { time: view.format.time(invite.expiresAt) })}</p>
        {invite.links.map((href) => (
          <p class="secret">
            <a href={href}>{href}</a>
          </p>
        ))}
        {invite.links.length === 0 && <p>{view.t('officers.invite_typed')}</p>}
        {invite.links.length === 0 && <p class="secret">{`/start ${invite.payload}`}</p>}
      </section>
    );
  if (link)
    return (
      <section class="card once" role="status">
        <h2>{view.t('officers.link_ready', { name: link.name })}</h2>
        <p>{view.t('officers.link_once', { username: link.username })}</p>
        <p class="secret">{link.url}</p>
        {link.isHead && <p>{view.t('officers.link_head')}</p>}
      </section>
    );
  return null;
}

/** Who brought an invite and waits for the inviter's word. */
function Waiting({ view, waiting }: OfficersProps) {
  if (waiting.length === 0) return null;
  return (
    <section class="card" id="undangan">
      <h2>{view.t('officers.waiting')}</h2>
      <p>{view.t('officers.waiting_lead')}</p>
      <ul class="rows">
        {waiting.map((invite) => (
          <li>
            <p>
              <strong>{invite.officer}</strong> · {masked(invite.phone)}
              <br />
              <span class="quiet-text">
                {invite.roles.map((role) => roleWords(view, role)).join('; ')}
                {invite.platform && ` · ${wordOf(view, `platform.${invite.platform}`, invite.platform)}`}
                {invite.displayName && ` · “${invite.displayName}”`}
              </span>
            </p>
            <div class="buttons">
              <form method="post" action={`/console/undangan/${invite.id}/terima`}>
                <button type="submit">{view.t('officers.accept')}</button>
              </form>
              <form method="post" action={`/console/undangan/${invite.id}/tolak`}>
                <button type="submit" class="quiet">
                  {view.t('officers.refuse')}
                </button>
              </form>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Officer({ view, officer }: { view: View; officer: OfficerRow }) {
  const post = (what: string) => `/console/petugas/${officer.id}/${what}`;
  const isOneself = officer.id === view.officer?.id;
  return (
    <li class={officer.isActive ? 'card person' : 'card person stopped'}>
      <h2>{officer.name}</h2>
      <p>{officer.roles.map((role) => roleWords(view, role)).join('; ')}</p>
      <p class="quiet-text">
        {[
          officer.phone ? masked(officer.phone) : view.t('officers.no_phone'),
          officer.platforms.length > 0
            ? officer.platforms.map((name) => wordOf(view, `platform.${name}`, name)).join(', ')
            : view.t('officers.no_chat'),
          officer.username
            ? view.t('officers.account', { username: officer.username })
            : view.t('officers.no_account'),
        ].join(' · ')}
      </p>
      {officer.invitedUntil && (
        <p class="quiet-text">
          {view.t('officers.invited', { time: view.format.time(officer.invitedUntil) })}
        </p>
      )}
      {!officer.isActive && <p class="notice">{view.t('officers.is_stopped')}</p>}
      {officer.isUnconfirmed && <p class="notice risk">{view.t('officers.is_unconfirmed')}</p>}
      <div class="buttons">
        <a class="button quiet" href={`/console/petugas/${officer.id}`}>
          {view.t('officers.manage_one')}
          <span class="hidden">: {officer.name}</span>
        </a>
        {officer.isActive && officer.phone && (
          <form method="post" action={post('undang')}>
            <button type="submit" class="quiet">
              {view.t('officers.invite')}
            </button>
          </form>
        )}
        {officer.isActive && officer.userId && !isOneself && (
          <form method="post" action={post('kata-sandi')}>
            <button type="submit" class="quiet">
              {view.t('officers.new_link')}
            </button>
          </form>
        )}
        {officer.isActive && !officer.userId && (
          <details class="act">
            <summary>{view.t('officers.make_account')}</summary>
            <form method="post" action={post('akun')}>
              <Field
                id={`u-${officer.id}`}
                label={view.t('auth.username')}
                hint={view.t('auth.username_rule')}
              >
                <input
                  id={`u-${officer.id}`}
                  name="username"
                  required
                  pattern="[a-zA-Z0-9_.]{3,30}"
                  autocomplete="off"
                  autocapitalize="none"
                  aria-describedby={`u-${officer.id}-hint`}
                />
              </Field>
              <button type="submit">{view.t('officers.make_link')}</button>
            </form>
          </details>
        )}
        {!isOneself && (
          <form method="post" action={post(officer.isActive ? 'berhenti' : 'kembali')}>
            <button type="submit" class="quiet">
              {view.t(officer.isActive ? 'officers.stop' : 'officers.resume')}
            </button>
          </form>
        )}
      </div>
    </li>
  );
}

function AddOfficer({ view, villages, mayServeAll, given = {}, officers }: OfficersProps) {
  return (
    <section class="card" id="tambah">
      <details class="act" open={officers.length < 2 || given['name'] !== undefined}>
        <summary>{view.t('officers.add')}</summary>
        <form method="post" action="/console/petugas">
          <Field id="name" label={view.t('officers.name')}>
            <input
              id="name"
              name="name"
              required
              minlength={2}
              maxlength={80}
              autocomplete="off"
              value={given['name'] ?? ''}
            />
          </Field>
          <Field id="phone" label={view.t('officers.phone')} hint={view.t('officers.phone_hint')}>
            <input
              id="phone"
              name="phone"
              type="tel"
              autocomplete="off"
              aria-describedby="phone-hint"
              value={given['phone'] ?? ''}
            />
          </Field>
          <Field id="role" label={view.t('officers.role')}>
            <select id="role" name="role" required>
              {ROLES.filter((role) => isGivable(role, mayServeAll)).map((role) => (
                <option value={role} selected={given['role'] === role}>
                  {view.t(`role.${role}`)}
                </option>
              ))}
            </select>
          </Field>
          <Field id="village" label={view.t('officers.village')} hint={view.t('officers.village_hint')}>
            <select id="village" name="village" aria-describedby="village-hint">
              {mayServeAll && <option value="">{view.t('officers.all_villages')}</option>}
              {districts(villages).map(([district, those]) => (
                <optgroup label={district}>
                  {those.map((village) => (
                    <option value={village.id} selected={given['village'] === village.id}>
                      {village.name}
                    </option>
                  ))}
                </optgroup>
              ))}
            </select>
          </Field>
          <button type="submit">{view.t('officers.add_submit')}</button>
        </form>
      </details>
    </section>
  );
}

function districts(villages: VillageChoice[]): [string, VillageChoice[]][] {
  const byDistrict = new Map<string, VillageChoice[]>();
  for (const village of villages)
    byDistrict.set(village.district, [...(byDistrict.get(village.district) ?? []), village]);
  return [...byDistrict.entries()];
}

/** '0812****0001'. */
function masked(phone: string): string {
  const local = `0${phone.replace(/^62/u, '')}`;
  return `${local.slice(0, 4)}****${local.slice(-4)}`;
}
