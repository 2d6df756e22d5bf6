import type { Child } from 'hono/jsx';
import { plainText } from '../../core/plainText.js';
import type { Service } from '../../core/service.js';
import type { CaseRow } from '../../store/web/cases.js';
import { Due, StatusBadge, wordOf } from './parts.js';
import type { View } from './view.js';

export interface RowProps {
  view: View;
  row: CaseRow;
  services: { [id: string]: Service };
  /** Its village is told: the list reaches over several. */
  tellsVillage: boolean;
  /** A box to tick it, for an act on several; `form`: the id of the form that it belongs to. */
  tick?: string | undefined;
  /** Its state is told elsewhere: the heading of a column. */
  hidesStatus?: boolean;
  /** Why it is in this list. */
  why?: Child;
}

/** One case in a list: what for, whose, how urgent, who has it. The whole row leads to the case. */
export function CaseItem(props: RowProps) {
  const { view, row, services, tick } = props;
  // What waits to be fetched has kept its promise, or not: its clock is over.
  const isClosed = row.closedAt !== null || row.status === 'ready';
  const isLate = !isClosed && row.dueAt !== null && row.dueAt < view.now;
  const title = services[row.service]?.title ?? row.service;
  const isMine = (row.officerId ?? row.assignedId) === view.officer?.id;
  const holder = isMine ? null : (row.officer ?? row.assigned);
  return (
    <li class={`case${isLate ? ' late' : ''}${tick ? ' ticks' : ''}`} data-code={row.code}>
      {tick && (
        <span class="tick">
          <input
            type="checkbox"
            name="kode"
            value={row.code}
            form={tick}
            aria-label={view.t('bulk.tick', { code: row.code, service: title })}
          />
        </span>
      )}
      <div class="case-body-in">
        <a class="case-link" href={`/console/kasus/${row.code}`}>
          <span class="case-what">{title}</span>
          <span class="code">{row.code}</span>
        </a>
        <p class="case-who">
          {row.resident === null ? view.t('cases.no_name') : plainText(row.resident)}
          {row.isUnproven && ` (${view.t('cases.unproven')})`}
          {props.tellsVillage && `, ${row.village}`}
        </p>
        <p class="case-when">
          {!props.hidesStatus && <StatusBadge view={view} status={row.status} />}
          {row.isUrgent && !isClosed && <span class="badge s-urgent">{view.t('cases.urgent')}</span>}
          {row.isConfidential && <span class="badge s-confidential">{view.t('cases.confidential')}</span>}
          {props.why}
          <Due view={view} at={row.dueAt} zone={row.zone} isClosed={isClosed} />
          <span class="quiet-text">
            {view.t('cases.asked_at', { ago: view.format.ago(row.openedAt, view.now) })}
          </span>
          {holder && (
            <span class="quiet-text">
              {view.t(row.officer ? 'cases.by' : 'cases.laid_on', { name: holder })}
            </span>
          )}
        </p>
      </div>
    </li>
  );
}

/** The step that waits, in the officer's words: "menunggu paraf". */
export function StepWords({ view, step }: { view: View; step: string | null }) {
  if (step === null) return null;
  return <span class="badge s-step">{wordOf(view, `step.waits.${step}`, step)}</span>;
}
