import type { Child } from 'hono/jsx';
import { type Key, isKey } from '../words.js';
import type { View } from './view.js';

/** Small pieces that pages share. */

/** What was just done, told once above the page: `?kabar=case_done`. */
export function Notice({ view, kind, text }: { view: View; kind: string | undefined; text?: string }) {
  const key = `notice.${kind}`;
  if (!kind || !isKey(key)) return null;
  const isBad = ['lost', 'not_allowed', 'not_found', 'no_words', 'no_chat', 'not_sure'].some((bad) =>
    kind.endsWith(bad),
  );
  return (
    <p class={isBad ? 'notice bad' : 'notice'} role="status">
      {text ?? view.t(key)}
    </p>
  );
}

/** A fault of what was typed, above its form. */
export function Fault({ view, faultKey }: { view: View; faultKey: Key | undefined }) {
  if (!faultKey) return null;
  return (
    <p class="notice bad" role="alert">
      {view.t(faultKey)}
    </p>
  );
}

export function StatusBadge({ view, status }: { view: View; status: string }) {
  return <span class={`badge s-${status}`}>{wordOf(view, `status.${status}`, status)}</span>;
}

const SOON = 4 * 3_600_000;

/** When it is due: marked where that is soon, or past. Only what still waits has a due time that matters. */
export function Due({
  view,
  at,
  zone,
  isClosed,
}: {
  view: View;
  at: Date | null;
  zone: string;
  isClosed: boolean;
}) {
  if (!at || isClosed) return null;
  const left = at.getTime() - view.now.getTime();
  const how = left < 0 ? 'late' : left < SOON ? 'soon' : 'calm';
  const values = { ago: view.format.ago(at, view.now), time: view.format.time(at, zone) };
  return (
    <span class={`due ${how}`}>
      {view.t(how === 'late' ? 'due.late' : how === 'soon' ? 'due.soon' : 'due.calm', values)}
    </span>
  );
}

export function Time({ view, at, zone }: { view: View; at: Date; zone?: string }) {
  return <time datetime={at.toISOString()}>{view.format.time(at, zone)}</time>;
}

/** One labelled field of a form. */
export function Field(props: { id: string; label: string; hint?: string; children: Child }) {
  return (
    <div class="field">
      <label for={props.id}>{props.label}</label>
      {props.hint && (
        <p class="hint" id={`${props.id}-hint`}>
          {props.hint}
        </p>
      )}
      {props.children}
    </div>
  );
}

/** Words of a key that is put together; what came with it where there are none. */
export function wordOf(view: View, key: string, otherwise: string): string {
  return isKey(key) ? view.t(key) : otherwise;
}

/** 'desa Gintangan: Kasi Pelayanan'. */
export function roleWords(view: View, role: { role: string; villageName: string | null }): string {
  const name = wordOf(view, `role.${role.role}`, role.role);
  return role.villageName ? `${name}, ${role.villageName}` : view.t('officers.everywhere', { role: name });
}

/** Older and newer pages, where there are more. */
export function Pager(props: { view: View; page: number; hasMore: boolean; href: (page: number) => string }) {
  const { view, page, hasMore, href } = props;
  if (page === 1 && !hasMore) return null;
  return (
    <nav class="pager" aria-label={view.t('pager.label')}>
      {page > 1 && <a href={href(page - 1)}>{view.t('pager.before')}</a>}
      <span>{view.t('pager.page', { page })}</span>
      {hasMore && <a href={href(page + 1)}>{view.t('pager.after')}</a>}
    </nav>
  );
}
