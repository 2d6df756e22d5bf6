import { hasWork } from '../frames.js';
import type { Run } from '../run.js';
import { startOnTop } from '../start.js';
import { showPending, waitingStep } from '../walk.js';

/**
 * The chat was opened by a link: `inv-…` is an officer's invite, `f-…` names a flow that is meant for links, all else
 * is a greeting.
 */
export function onStart(run: Run, payload: string): void {
  delete run.s.nr;
  const invite = /^inv-(.+)$/u.exec(payload);
  if (invite && run.flows.byId.has('officer-invite')) {
    startOnTop(run, 'officer-invite', { arg: invite[1]! });
    return;
  }
  const named = /^f-([a-z0-9-]+)$/u.exec(payload);
  const flow = named ? run.flows.byId.get(named[1]!) : undefined;
  if (flow?.opensByLink) startOnTop(run, flow.id, {});
  else if (waitingStep(run) && hasWork(run.s))
    showPending(run, run.text('resume', { title: run.words(run.flow.title) }));
  else
    startOnTop(
      run,
      (run.flows.byId.get('greeting') ?? run.flows.byIntent.get('sistem.menu'))?.id ?? 'menu',
      {},
    );
}

/** A village office's group: the link that brings it (`grp-…`), and the command that ends it. */
export function onGroupStart(run: Run, payload: string): void {
  const link = /^grp-(.+)$/u.exec(payload);
  if (link) startOnTop(run, 'officer-group-link', { arg: link[1]! });
  else if (payload === 'putus') startOnTop(run, 'officer-group-end', {});
}
