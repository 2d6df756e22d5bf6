import type { VillageChoice } from '../../store/web/officers.js';
import type { RtHeadRow } from '../../store/web/rtHeads.js';
import type { Given } from '../form.js';
import { scopeOf } from '../policy.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Field, Notice, wordOf } from './parts.js';
import type { View } from './view.js';

export interface RtProps {
  view: View;
  heads: RtHeadRow[];
  villages: VillageChoice[];
  notice: string | undefined;
  faultKey?: Key;
  given?: Given;
  /** Just made: shown once. */
  invite?: { name: string; payload: string; links: string[]; expiresAt: Date };
}

/** The heads of the RT: who they are, how each is reached. */
export function RtPage(props: RtProps) {
  const { view, heads, invite } = props;
  return (
    <Layout view={view} title={view.t('rt.title')} isConsole>
      <h1>{view.t('rt.title')}</h1>
      <p>{view.t('rt.lead')}</p>
      {view.officer && scopeOf(view.officer, 'village.settings') && (
        <p class="links">
          <a href="/console/desa">{view.t('rt.to_settings')}</a>
        </p>
      )}
      <Notice view={view} kind={props.notice} />
      <Fault view={view} faultKey={props.faultKey} />
      {invite && (
        <section class="card once" role="status">
          <h2>{view.t('officers.invite_ready', { name: invite.name })}</h2>
          <p>{view.t('rt.invite_once', { time: view.format.time(invite.expiresAt) })}</p>
          {invite.links.map((href) => (
            <p class="secret">
              <a href={href}>{href}</a>
            </p>
          ))}
          {invite.links.length === 0 && <p>{view.t('officers.invite_typed')}</p>}
          {invite.links.length === 0 && <p class="secret">{`/start ${invite.payload}`}</p>}
        </section>
      )}
      {heads.length === 0 && <p>{view.t('rt.none')}</p>}
      <ul class="people">
        {heads.map((head) => (
          <Head view={view} head={head} />
        ))}
      </ul>
      <Add {...props} />
    </Layout>
  );
}

function Head({ view, head }: { view: View; head: RtHeadRow }) {
  return (
    <li class="card person">
      <h2>{head.name}</h2>
      <p>{[`RT ${head.rt} RW ${head.rw}`, head.hamlet, head.village].filter(Boolean).join(', ')}</p>
      <p class="quiet-text">
        {head.platforms.length > 0
          ? head.platforms.map((name) => wordOf(view, `platform.${name}`, name)).join(', ')
          : view.t('officers.no_chat')}
      </p>
      <div class="buttons">
        <form method="post" action={`/console/rt/${head.id}/undang`}>
          <button type="submit" class="quiet">
            {view.t('officers.invite')}
          </button>
        </form>
        <form method="post" action={`/console/rt/${head.id}/berhenti`}>
          <button type="submit" class="quiet">
            {view.t('rt.end')}
          </button>
        </form>
      </div>
    </li>
  );
}

function Add({ view, villages, heads, given = {} }: RtProps) {
  const text = (name: string, label: Key, more: { [name: string]: string | number | boolean } = {}) => (
    <Field id={name} label={view.t(label)}>
      <input id={name} name={name} autocomplete="off" value={given[name] ?? ''} {...more} />
    </Field>
  );
  return (
    <section class="card" id="tambah">
      <details class="act" open={heads.length === 0 || given['name'] !== undefined}>
        <summary>{view.t('rt.add')}</summary>
        <form method="post" action="/console/rt">
          {text('name', 'officers.name', { required: true, minlength: 2, maxlength: 80 })}
          {text('phone', 'officers.phone', { required: true, type: 'tel' })}
          <Field id="village" label={view.t('officers.village')}>
            <select id="village" name="village" required>
              {villages.map(({ id, name, district }) => (
                <option value={id} selected={given['village'] === id}>
                  {`${name}, ${district}`}
                </option>
              ))}
            </select>
          </Field>
          {text('hamlet', 'rt.hamlet', { maxlength: 60 })}
          {text('rt', 'rt.rt', { required: true, inputmode: 'numeric', maxlength: 5 })}
          {text('rw', 'rt.rw', { required: true, inputmode: 'numeric', maxlength: 5 })}
          <button type="submit">{view.t('rt.add_submit')}</button>
        </form>
      </details>
    </section>
  );
}
