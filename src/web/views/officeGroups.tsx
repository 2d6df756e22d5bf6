import type { GroupOfVillage } from '../../store/officerGroups.js';
import { Field } from './parts.js';
import type { View } from './view.js';

/** Just made: shown once. */
export interface GroupLink {
  village: string;
  links: string[];
  payload: string;
  expiresAt: Date;
}

/** The villages' groups, where their notices go as well: each may have one. */
export function OfficeGroups({ view, groups }: { view: View; groups: GroupOfVillage[] }) {
  const linked = groups.filter((group) => group.linkedAt !== null);
  return (
    <section class="card" id="grup">
      <h2>{view.t('officers.group')}</h2>
      <p>{view.t('officers.group_lead')}</p>
      {linked.length > 0 && (
        <ul class="rows">
          {linked.map((group) => (
            <li>
              <p>
                <strong>{group.village}</strong> · {group.title ?? view.t('officers.group')}
                <br />
                <span class="quiet-text">
                  {view.t('officers.group_since', { time: view.format.time(group.linkedAt!) })}
                </span>
              </p>
              <form method="post" action="/console/petugas/grup/akhiri">
                <input type="hidden" name="village" value={group.villageId} />
                <button type="submit" class="quiet">
                  {view.t('officers.group_end')}
                </button>
              </form>
            </li>
          ))}
        </ul>
      )}
      {groups.length > 0 && (
        <form method="post" action="/console/petugas/grup">
          <Field id="group-village" label={view.t('officers.village')}>
            <select id="group-village" name="village" required>
              {groups.map((group) => (
                <option value={group.villageId}>{group.village}</option>
              ))}
            </select>
          </Field>
          <button type="submit">{view.t('officers.group_make')}</button>
        </form>
      )}
      {groups.length === 0 && <p class="quiet-text">{view.t('officers.group_no_village')}</p>}
    </section>
  );
}

/** The link that brings a group, and what then must be done there. */
export function GroupLinkOnce({ view, link }: { view: View; link: GroupLink }) {
  return (
    <section class="card once" role="status">
      <h2>{view.t('officers.group_ready', { village: link.village })}</h2>
      <p>{view.t('officers.group_once', { time: view.format.time(link.expiresAt) })}</p>
      {link.links.map((href) => (
        <p class="secret">
          <a href={href}>{href}</a>
        </p>
      ))}
      {link.links.length === 0 && <p>{view.t('officers.group_typed')}</p>}
      {link.links.length === 0 && <p class="secret">{`/start ${link.payload}`}</p>}
      <p>{view.t('officers.group_admin')}</p>
    </section>
  );
}
