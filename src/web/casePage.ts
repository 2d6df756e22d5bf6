import type { Actor, Situation } from '../core/decide.js';
import { officerActor, possibleActs } from '../core/decide.js';
import { handlingOf } from '../core/handlers.js';
import type { JsonObject } from '../core/json.js';
import { openSidForm } from '../core/openSid.js';
import { holdersOf, pathOf } from '../core/path.js';
import type { StepAct } from '../core/path.js';
import type { CaseState } from '../core/cases.js';
import type { Flows } from '../flow/compiled.js';
import { readStandings } from '../store/caseStanding.js';
import { sealedToOf } from '../store/cases.js';
import { loadActingOfficers } from '../store/delegations.js';
import { chatOfCase, chatState } from '../store/web/caseChat.js';
import { caseMore, otherCases } from '../store/web/caseMore.js';
import { caseEvents, caseFiles } from '../store/web/cases.js';
import type { CaseDetail, CaseEventRow, CaseFileRow, CaseScope } from '../store/web/cases.js';
import { lacksOfficeCode } from '../store/web/office.js';
import { repliesFor } from '../store/web/cannedReplies.js';
import { peopleOfCase } from '../store/web/people.js';
import { ACTS } from './acts.js';
import type { OfficerAct } from './acts.js';
import { mayOpenSealed, officerOf } from './allowed.js';
import { shownForms } from './caseForms.js';
import type { WebDeps } from './deps.js';
import type { WebContext } from './env.js';
import { covers, scopeOf } from './policy.js';
import type { CaseProps } from './views/case.js';

/** One paper of the checklist as it stands in this case. */
export interface ShownItem {
  id: string;
  text: string;
  by: 'chat' | 'counter';
  isOptional: boolean;
  /** The resident was asked for it, and has not sent it. */
  isMissing: boolean;
  /** It was shown at the counter. */
  isShown: boolean;
  files: CaseFileRow[];
}

/** All that a case's page shows to this officer. The caller has found the case within their scope. */
export async function caseProps(
  deps: WebDeps,
  c: WebContext,
  scope: CaseScope,
  found: CaseDetail,
): Promise<CaseProps> {
  const view = { ...c.get('view'), now: deps.now() };
  const officer = officerOf(c);
  const service = deps.services[found.service];
  const [forms, events, files, officers, people, standings, more, others, replies] = await Promise.all([
    shownForms(deps, found.id),
    caseEvents(deps.pool, found.id),
    caseFiles(deps.pool, found.id),
    loadActingOfficers(deps.pool, [found.villageId], view.now),
    peopleOfCase(deps.pool, found.id, deps.sealer),
    readStandings(deps.pool, [found.id], deps.services, view.now),
    caseMore(deps.pool, scope, found.id),
    otherCases(deps.pool, scope, found.id),
    repliesFor(deps.pool, found.villageId),
  ]);
  const { state, situation } = standings.get(found.id)!;
  const serving = officers.get(found.villageId) ?? [];
  const handling = handlingOf(service, found.isConfidential, sealedToOf(found));
  const actor = officerActor(officer, found.villageId, handling, serving, situation.path);
  // What needs the officer's PIN is done on a page of its own: here it is no act yet.
  const possible = possibleActs(state, actor, { ...situation, hasPin: false });
  const acts = ACTS.filter((act) => possible.includes(act));
  const isWaiting = found.closedAt === null && found.status !== 'ready' && !situation.isIssued;
  const hears = covers(scopeOf(officer, 'calls.answer'), found.villageId);
  const { conversationId } = more;
  const [chat, chatAt] = conversationId
    ? await Promise.all([
        chatOfCase(deps.pool, {
          conversationId,
          code: found.code,
          caseId: found.id,
          villageId: found.villageId,
          since: found.openedAt,
          officerId: officer.id,
          hears,
        }),
        chatState(deps.pool, conversationId),
      ])
    : [[], null];
  return {
    view,
    found,
    service,
    state,
    forms,
    events,
    files,
    items: itemsOf(deps.flowDesk.flows(), found, files, papersShown(events)),
    acts,
    primary: primaryOf(acts, state, actor, situation),
    mayHandle: actor.mayHandle,
    lacksCode:
      isWaiting && service?.letter !== undefined && (await lacksOfficeCode(deps.pool, found.villageId)),
    maySetUp: covers(scopeOf(officer, 'village.settings'), found.villageId),
    lacksLetter: acts.includes('ready') && situation.isOwnLetter && !situation.isIssued,
    writesLetters: covers(scopeOf(officer, 'letters.write'), found.villageId),
    signsByPin: needsPin(state, actor, situation),
    colleagues: serving
      .filter(({ id, isKeeper }) => !isKeeper && id !== officer.id)
      .map(({ id, name }) => ({ id, name })),
    waitsFor: waitsFor(state, situation, serving, found.villageId, handling),
    more,
    others,
    chat,
    chatAt,
    replies,
    questions: deps.questions(found.flow, view.language),
    openSid: openSidForm(found.service),
    people,
    mayMatch: actor.mayHandle,
    mayOpen: mayOpenSealed(officer, found, service),
    notice: c.req.query('kabar'),
    reason: c.req.query('sebab'),
  };
}

/** The one thing to do next, and what it comes to: all steps in a row that this officer may do. */
export interface Primary {
  act: OfficerAct;
  /** The steps that one tap does, for its label. */
  steps: StepAct[];
}

/** The next step of whoever looks; null: it is another's turn, or the resident's. */
function primaryOf(
  acts: readonly OfficerAct[],
  state: CaseState,
  actor: Actor,
  situation: Situation,
): Primary | null {
  const step = state.step;
  if (step && acts.includes(step) && actor.kind === 'officer') {
    // As core/decide.ts does them: on from the first one, but a signature stands for itself.
    const path = situation.path.map(({ act }) => act);
    const rest = path.slice(path.indexOf(step));
    const until = rest.findIndex((act, n) => !actor.steps[act] || (n > 0 && act === 'sign'));
    return { act: step, steps: until < 0 ? rest : rest.slice(0, until) };
  }
  if (acts.includes('ready') && situation.way === 'wet') return { act: 'ready', steps: [] };
  for (const act of ['finish', 'take'] as const) if (acts.includes(act)) return { act, steps: [] };
  return null;
}

/** Whether what waits is this officer's signature, given by PIN. */
function needsPin(state: CaseState, actor: Actor, { way }: Situation): boolean {
  return (
    actor.kind === 'officer' &&
    state.step === 'sign' &&
    way === 'electronic' &&
    actor.mayHandle &&
    actor.steps.sign !== undefined
  );
}

/** Who could do the step that waits, by name, where nobody has it in hand. */
function waitsFor(
  state: CaseState,
  situation: Situation,
  serving: Parameters<typeof holdersOf>[1],
  village: string,
  handling: Parameters<typeof holdersOf>[3],
): string[] {
  const step = pathOf({ steps: situation.path }).find(({ act }) => act === state.step);
  if (!step || state.holder) return [];
  const holders = holdersOf(step, serving, village, handling).map(({ officer }) => officer.id);
  return serving.filter(({ id }) => holders.includes(id)).map(({ name }) => name);
}

/** What of the service's papers this request needs, each with what came for it. */
export function itemsOf(
  flows: Flows,
  found: CaseDetail,
  files: readonly CaseFileRow[],
  shown: readonly string[],
): ShownItem[] {
  const { missing } = found;
  const scope = (root: string): JsonObject | null => (root === 'answers' ? found.answers : null);
  return (flows.services[found.service]?.checklist ?? []).flatMap((item, n): ShownItem[] => {
    const condition = flows.serviceWords.get(found.service)?.checklist[n]?.if ?? null;
    if (condition && !condition.holds(scope) && !missing.includes(item.id)) return [];
    return [
      {
        id: item.id,
        text: item.text,
        by: item.by,
        isOptional: item.optional,
        isMissing: missing.includes(item.id),
        isShown: shown.includes(item.id),
        files: files.filter((file) => file.item === item.id),
      },
    ];
  });
}

/** The papers that were seen when a request was entered at the counter. */
export function papersShown(events: readonly CaseEventRow[]): string[] {
  const papers = events.find(({ kind }) => kind === 'case_opened')?.data['papers'];
  return Array.isArray(papers) ? papers.filter((id) => typeof id === 'string') : [];
}
