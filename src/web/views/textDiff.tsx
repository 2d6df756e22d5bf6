import { structuredPatch } from 'diff';
import type { View } from './view.js';

/** Lines that are kept around a change. */
const AROUND = 2;
const MOST = 400;

/** Two texts, line by line: what goes, what comes, and a little around it. */
export function TextDiff({ view, before, after }: { view: View; before: string; after: string }) {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: AROUND });
  const lines = hunks.flatMap((hunk, i) => [...(i > 0 ? ['…'] : []), ...hunk.lines]);
  return (
    <div class="diff" tabindex={0} role="group" aria-label={view.t('flows.difference')}>
      {lines.slice(0, MOST).map((line) => {
        const kind = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'kept';
        const Line = kind === 'added' ? 'ins' : kind === 'removed' ? 'del' : 'span';
        return <Line class={kind}>{`${line}\n`}</Line>;
      })}
      {lines.length > MOST && <span class="kept">…</span>}
    </div>
  );
}
