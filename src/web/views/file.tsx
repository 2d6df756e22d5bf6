import type { CallFile } from '../../store/web/calls.js';
import { wordOf } from './parts.js';
import type { View } from './view.js';

/** A picture, a voice note to be played, a link; or why there is nothing. `name` says what it is where its sender did not. */
export function StoredFile(props: {
  view: View;
  file: CallFile;
  href: string;
  mayOpen: boolean;
  name: string;
}) {
  const { view, file, href, name } = props;
  if (file.state !== 'stored')
    return <span class="file-gone">{wordOf(view, `file.${file.state}`, file.state)}</span>;
  if (file.isRestricted) {
    // Never drawn by itself: each look is written down.
    return props.mayOpen ? (
      <a class="file-link" href={href}>
        {view.t('case.restricted_open')}
      </a>
    ) : (
      <span class="file-gone">{view.t('case.restricted')}</span>
    );
  }
  if (file.kind === 'voice') return <audio controls preload="none" src={href} aria-label={name}></audio>;
  if (file.kind !== 'photo')
    return (
      <a class="file-link" href={href}>
        {file.name ?? name}
      </a>
    );
  return (
    <a href={href}>
      <img src={href} alt={name} loading="lazy" width="240" height="180" />
    </a>
  );
}
