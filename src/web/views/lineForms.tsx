import { lineKind, shownName } from '../../core/line.js';
import type { LineSeen } from '../../store/web/lines.js';
import type { VillageChoice } from '../../store/web/officers.js';
import type { Given } from '../form.js';
import type { Key } from '../words.js';
import { Layout } from './layout.js';
import { Fault, Field, wordOf } from './parts.js';
import type { View } from './view.js';

export const ADDED_KINDS = ['telegram', 'whatsapp-web', 'whatsapp-cloud'] as const;
export type AddedKind = (typeof ADDED_KINDS)[number];

interface SecretField {
  name: string;
  label: Key;
  hint?: Key;
}
const SECRETS: { [K in AddedKind]: SecretField[] } = {
  telegram: [{ name: 'token', label: 'lines.token', hint: 'lines.token_hint' }],
  'whatsapp-web': [],
  'whatsapp-cloud': [
    { name: 'token', label: 'lines.access_token' },
    { name: 'appSecret', label: 'lines.app_secret' },
    { name: 'verifyToken', label: 'lines.verify_token', hint: 'lines.verify_token_hint' },
  ],
};

/** Adding a line: which kind first, then what it needs. Secrets are written here and never shown again. */
export function AddLinePage(props: {
  view: View;
  kind: AddedKind | null;
  villages: VillageChoice[];
  publicUrl: string | null;
  given?: Given;
  faultKey?: Key;
}) {
  const { view, kind, given = {} } = props;
  return (
    <Layout view={view} title={view.t('lines.add')} isConsole>
      <p class="back">
        <a href="/console/jalur">{view.t('lines.title')}</a>
      </p>
      <section class="narrow">
        <h1>{view.t('lines.add')}</h1>
        <Fault view={view} faultKey={props.faultKey} />
        <nav class="filters kinds" aria-label={view.t('lines.kind')}>
          {ADDED_KINDS.map((one) => (
            <a href={`/console/jalur/tambah?jenis=${one}`} aria-current={one === kind ? 'page' : undefined}>
              {view.t(`kind.${one}`)}
            </a>
          ))}
        </nav>
        {kind && (
          <form method="post" action={`/console/jalur/tambah?jenis=${kind}`} autocomplete="off">
            <p>{view.t(`lines.about.${kind}`, { url: props.publicUrl ?? 'PUBLIC_URL' })}</p>
            {kind === 'telegram' && props.publicUrl && (
              <Check name="webhook" label={view.t('lines.webhook')} />
            )}
            {kind === 'whatsapp-web' && (
              <Field id="name" label={view.t('lines.name')} hint={view.t('lines.name_hint')}>
                <input
                  id="name"
                  name="name"
                  required
                  pattern="[a-z0-9\-]{1,30}"
                  autocapitalize="none"
                  aria-describedby="name-hint"
                  value={given['name'] ?? 'desa'}
                />
              </Field>
            )}
            {kind === 'whatsapp-cloud' && (
              <Field
                id="phoneNumberId"
                label={view.t('lines.number_id')}
                hint={view.t('lines.number_id_hint')}
              >
                <input
                  id="phoneNumberId"
                  name="phoneNumberId"
                  required
                  inputmode="numeric"
                  pattern="[0-9]{1,30}"
                  aria-describedby="phoneNumberId-hint"
                  value={given['phoneNumberId'] ?? ''}
                />
              </Field>
            )}
            {SECRETS[kind].map((secret) => (
              <Secret view={view} {...secret} />
            ))}
            <Villages view={view} villages={props.villages} chosen={[]} />
            {kind === 'whatsapp-web' && <p class="notice risk">{view.t('lines.risk')}</p>}
            <Check
              name="sure"
              label={view.t(kind === 'whatsapp-web' ? 'lines.risk_accepted' : 'lines.sure_add')}
              isRequired
            />
            <button type="submit">{view.t('lines.add')}</button>
          </form>
        )}
      </section>
    </Layout>
  );
}

export type LineChange = 'mulai-ulang' | 'desa' | 'hapus';
const TITLES = {
  'mulai-ulang': 'lines.restart',
  desa: 'lines.serve',
  hapus: 'lines.remove',
} as const satisfies { [C in LineChange]: Key };

/** One change of a line, asked once more before it is done. */
export function ChangeLinePage(props: {
  view: View;
  line: LineSeen;
  change: LineChange;
  villages: VillageChoice[];
  faultKey?: Key;
}) {
  const { view, line, change } = props;
  const title = view.t(TITLES[change]);
  return (
    <Layout view={view} title={title} isConsole>
      <p class="back">
        <a href="/console/jalur">{view.t('lines.title')}</a>
      </p>
      <section class="narrow card">
        <h1>{title}</h1>
        <Fault view={view} faultKey={props.faultKey} />
        <p>
          <strong>{shownName(line.name)}</strong> · {wordOf(view, `kind.${lineKind(line.id)}`, line.id)}
        </p>
        {change === 'mulai-ulang' && (
          <p>{view.t(lineKind(line.id) === 'whatsapp-web' ? 'lines.restart_web' : 'lines.restart_what')}</p>
        )}
        {change === 'hapus' && <p>{view.t('lines.remove_what')}</p>}
        {change === 'hapus' && lineKind(line.id) === 'whatsapp-web' && <p>{view.t('lines.remove_web')}</p>}
        {change === 'hapus' && line.waiting > 0 && (
          <p class="notice bad">{view.t('lines.remove_waiting', { n: line.waiting })}</p>
        )}
        <form method="post" action={`/console/jalur/${encodeURIComponent(line.id)}/${change}`}>
          {change === 'desa' && <Villages view={view} villages={props.villages} chosen={line.villageIds} />}
          <div class="buttons">
            <button type="submit" class={change === 'hapus' ? 'danger' : undefined}>
              {view.t(change === 'desa' ? 'lines.save' : 'lines.yes', { what: title.toLowerCase() })}
            </button>
            <a class="button quiet" href="/console/jalur">
              {view.t('lines.back')}
            </a>
          </div>
        </form>
      </section>
    </Layout>
  );
}

/** Typed blind, and never sent back. */
function Secret({ view, name, label, hint }: SecretField & { view: View }) {
  return (
    <Field id={name} label={view.t(label)} {...(hint ? { hint: view.t(hint) } : {})}>
      <input
        id={name}
        name={name}
        type="password"
        required
        autocomplete="off"
        aria-describedby={hint ? `${name}-hint` : undefined}
      />
    </Field>
  );
}

function Check({ name, label, isRequired }: { name: string; label: string; isRequired?: boolean }) {
  return (
    <p class="check">
      <input id={name} name={name} type="checkbox" value="ya" required={isRequired} />
      <label for={name}>{label}</label>
    </p>
  );
}

function Villages({ view, villages, chosen }: { view: View; villages: VillageChoice[]; chosen: string[] }) {
  const districts = [...new Set(villages.map(({ district }) => district))];
  return (
    <Field id="villages" label={view.t('lines.villages')} hint={view.t('lines.villages_hint')}>
      <select id="villages" name="villages" multiple size={8} aria-describedby="villages-hint">
        {districts.map((district) => (
          <optgroup label={district}>
            {villages
              .filter((village) => village.district === district)
              .map((village) => (
                <option value={village.id} selected={chosen.includes(village.id)}>
                  {village.name}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </Field>
  );
}
