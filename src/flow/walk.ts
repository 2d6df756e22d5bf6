import type { Json, JsonObject } from '../core/json.js';
import { papersOf } from './arguments.js';
import type { CompiledFlow, CompiledStep } from './compiled.js';
import { FOR_WHOM, keepHelped } from './forWhom.js';
import { isWorkedOn, pop, push } from './frames.js';
import { showQuestion } from './question.js';
import type { Outcome } from './question.js';
import type { Run } from './run.js';
import { kindOf, waits } from './steps/index.js';
import type { Frame, VillageContext } from './types.js';
import { asText } from './asText.js';

/** Steps in one turn: more than this is a circle that `check` could not see. */
const MOST_STEPS = 500;
/** The flow that asks for the village, and the one that tells of an office which takes no requests by chat. */
export const CHOOSE_VILLAGE = 'choose-village';
const NOT_ACTIVE = 'village-not-active';
const SERVICE_OFF = 'service-off';
/** The flow that asks whose request it is, where several people share an address or it was silent for long. */
export const WHOSE_REQUEST = 'whose-request';
/** The flow that tells of a draft which waits. */
export const DRAFT_REMINDER = 'draft-reminder';

/** Runs the flow on top from a place until it waits, suspends or is over. */
export function walk(run: Run, from: number, isAgain = false): void {
  let at: number | null = from;
  let forced = isAgain ? from : -1;
  // Whatever goes on rests no more.
  if (run.s.u !== undefined) run.s.u = undefined;
  for (let count = 0; at !== null; count++) {
    if (count > MOST_STEPS) throw new Error(`the flow ${run.s.f} goes in a circle`);
    const step: CompiledStep | undefined = run.flow.steps[at];
    if (!step) {
      at = leave(run, null);
      continue;
    }
    if (at !== forced && ((run.s.e && isPassed(step, run)) || (step.if && !run.holds(step.if)))) {
      at += 1;
      continue;
    }
    forced = -1;
    at = follow(run, step, kindOf(step.type).run(step as never, run));
  }
}

/** Goes where an outcome says; null where the turn is over. */
export function follow(run: Run, step: CompiledStep, outcome: Outcome): number | null {
  switch (outcome.kind) {
    case 'next':
      return step.at + 1;
    case 'to':
      if (outcome.again) {
        walk(run, outcome.at, true);
        return null;
      }
      return outcome.at;
    case 'wait':
      return null;
    case 'suspend':
      run.s.s = step.id;
      run.suspend(outcome.ask, { k: 'step', id: outcome.ask.id, into: outcome.into });
      return null;
    case 'end':
      return leave(run, outcome.returns);
    case 'call':
      run.s.s = step.id;
      return enter(run, outcome.flow, outcome.vars, 'c', outcome.into);
    case 'jump':
      return jump(run, outcome.flow, outcome.vars);
    case 'cancel':
      throw new Error('a step cannot cancel by itself');
  }
}

/** Starts a flow on top of what is there, or in place of nothing. Returns its first place; null where it may not run. */
export function enter(
  run: Run,
  id: string,
  vars: JsonObject,
  how: 'c' | 'i' | null,
  into: string | null = null,
): number | null {
  const flow = run.flows.byId.get(id);
  if (!flow) throw new Error(`no flow "${id}" is known`);
  if (how) push(run.s);
  const { s } = run;
  s.f = flow.id;
  s.h = flow.hash;
  if (Object.keys(vars).length > 0) s.v = vars;
  if (how) s.y = how;
  if (into) s.i = into;
  if (flow.isForOfficers && !run.context.officer) {
    run.say(run.text('officer_only'));
    return leave(run, null);
  }
  return begin(run, flow);
}

/**
 * Whether the office of the flow on top took requests when it began but takes none now: then that is said and the
 * flow ends, before anything is sent that nobody would answer.
 */
export function isPausedMeanwhile(run: Run): boolean {
  if (run.flowOrNull?.needs !== 'active' || !run.village || run.village.state === 'active') return false;
  sayNotActive(run);
  return true;
}

/** The office takes no requests: that is said, and the flow on top is over. */
export function sayNotActive(run: Run): void {
  const at = instead(run);
  if (at !== null) walk(run, at);
}

/** The first place of the flow on top, once what it needs is known. */
function begin(run: Run, flow: CompiledFlow): number | null {
  if (flow.hasDraft && run.s.p === undefined && asksWhose(run)) {
    delete run.s.s;
    return enter(run, WHOSE_REQUEST, {}, 'c');
  }
  if (flow.needs !== 'nothing' && !run.village) {
    // No step: the flow begins once the village is known.
    delete run.s.s;
    const first = enter(run, CHOOSE_VILLAGE, {}, 'c');
    run.say(run.text('need_village'));
    return first;
  }
  if (flow.needs === 'active' && run.village && run.village.state !== 'active') return instead(run);
  const offReason = run.village?.services?.[flow.service ?? '']?.offReason ?? null;
  if (flow.needs === 'active' && offReason !== null) return switchedOff(run, offReason);
  if (flow.hasDraft) run.s.d = run.context.newId();
  return 0;
}

/** Whether somebody else than the one who had the word last may be writing. Who said that they are not is asked once. */
function asksWhose(run: Run): boolean {
  if (!run.flows.byId.has(WHOSE_REQUEST)) return false;
  const { hiddenBy, profiles, id } = run.context.resident;
  return hiddenBy === 'silence' ? run.s.rs !== id.slice(-8) : (profiles ?? 0) > 1;
}

/** The office takes no requests by chat: where it is and when it is open is said instead. */
function instead(run: Run): number | null {
  if (!run.flows.byId.has(NOT_ACTIVE)) {
    run.say(run.text('village_not_active', { has_address: run.village?.officeAddress ? 'yes' : 'no' }));
    return leave(run, null);
  }
  return replace(run, NOT_ACTIVE, { papers: papersOf(run) });
}

/** The village does not offer this service at the moment: why, and where the office is. */
function switchedOff(run: Run, reason: string): number | null {
  const service = run.flows.serviceWords.get(run.flow.service ?? '');
  const title = service ? run.words(service.title) : '';
  return replace(run, SERVICE_OFF, { title, reason, papers: papersOf(run) });
}

/** Another flow takes the place of the one on top. */
function replace(run: Run, id: string, vars: JsonObject): number | null {
  const { y, i } = run.s;
  const how = y ?? null;
  const hadBeneath = pop(run.s);
  return enter(run, id, vars, hadBeneath ? how : null, i ?? null);
}

/** A menu leads to another flow, which takes the place of the menu and of those that only called it. */
function jump(run: Run, id: string, vars: JsonObject): number | null {
  while (run.s.y === 'c' && !isWorkedOn(run.s) && !run.s.k?.at(-1)?.d) if (!pop(run.s)) break;
  const beneath = run.s.k?.findLastIndex((frame) => frame.f === id && isWorkedOn(frame)) ?? -1;
  if (beneath >= 0) {
    takeUp(run, beneath);
    return null;
  }
  return replace(run, id, vars);
}

/** A flow that waits further down is taken up again, where what it called stands: what lay on top is let go. */
export function takeUp(run: Run, place: number): void {
  const stack: readonly Frame[] = [...(run.s.k ?? []), run.s];
  let top = place;
  while (stack[top + 1]?.y === 'c') top += 1;
  while ((run.s.k?.length ?? 0) > top) pop(run.s);
  showPending(run, run.text('back_to', { title: run.words(run.flow.title) }));
}

/** The flow on top is over: its caller goes on, or what it interrupted waits again. */
export function leave(run: Run, returns: Json): number | null {
  const { s } = run;
  const ended: Frame = { f: s.f, y: s.y, i: s.i };
  const chosen = s.f === CHOOSE_VILLAGE ? villageOf(run) : null;
  const isWhose = s.f === WHOSE_REQUEST;
  const isForWhom = s.f === FOR_WHOM;
  // While a person has the word nothing is asked: the answer would go to them.
  const isWithPerson = run.context.handedOver || run.effects.some((effect) => effect.kind === 'hand_over');
  const mayRepeat = !run.isEmergency && !isWithPerson;
  const isLast = !pop(s);
  if (isForWhom) keepHelped(run, returns);
  if (isLast) return null;
  if (ended.y === 'i') {
    // A menu that nothing was put into yet is not worth saying again.
    if (s.t !== undefined && mayRepeat && (isWorkedOn(s) || isAsking(run)))
      showPending(run, backTo(run, ended));
    return null;
  }
  // Since it was stored, the next round of the turn may know all about it.
  if (chosen) run.village = run.context.village?.id === chosen.id ? run.context.village : chosen;
  const { flow } = run;
  if (s.s === undefined) {
    if (isWhose) {
      s.p = run.context.resident.id;
      s.rs = s.p.slice(-8);
    }
    if (chosen || isWhose) return begin(run, flow);
    return leave(run, null);
  }
  if (ended.i) run.setVariable(ended.i, returns);
  const place = flow.places.get(s.s);
  return place === undefined ? leave(run, null) : place + 1;
}

function isAsking(run: Run): boolean {
  const step = run.flowOrNull?.steps[run.flowOrNull.places.get(run.s.s ?? '') ?? -1];
  return step?.type === 'ask' || step?.type === 'confirm';
}

function backTo(run: Run, ended: Frame): string | undefined {
  // A reminder has named the flow; the question follows in the same message.
  if (ended.f === DRAFT_REMINDER) run.joinNext();
  return ended.f === run.s.f || ended.f === DRAFT_REMINDER
    ? undefined
    : run.text('back_to', { title: run.words(run.flow.title) });
}

/** Shows again what waits on top. */
export function showPending(run: Run, before?: string): void {
  const step = waitingStep(run);
  if (!step) return;
  showQuestion(run, kindOf(step.type).question!(step as never, run), before);
}

/** The step on top that waits, or null. */
export function waitingStep(run: Run): CompiledStep | null {
  const flow = run.flowOrNull;
  if (!flow || run.s.t === undefined || run.s.s === undefined) return null;
  const step = flow.steps[flow.places.get(run.s.s) ?? -1];
  return step && waits(step) ? step : null;
}

/**
 * While one answer is changed, all that was answered or said is passed over; while an earlier request is repeated, what
 * was answered or would be said: what others do in between has to be done.
 */
function isPassed(step: CompiledStep, run: Run): boolean {
  switch (step.type) {
    case 'ask':
      return run.s.a?.[step.id] !== undefined;
    case 'say':
    case 'repeat':
      return true;
    case 'wait':
    case 'hand_over':
      return run.s.e === 1;
    case 'call':
      // One whose result is not there was never made: the answer that was changed may lead to it now.
      return run.s.e === 1 && (step.into === null || run.s.v?.[step.into] !== undefined);
    case 'do':
      return (
        run.s.e === 1 &&
        (step.effect === 'open_case' || step.effect === 'publish_listing' || step.effect === 'act_on_case')
      );
    default:
      return false;
  }
}

/** What the choice of a village led to, as far as it is known in this turn; the rest comes with the next one. */
function villageOf(run: Run): VillageContext | null {
  for (const [id, ask] of run.flow.asks) {
    const answer = ask.answer.type === 'village' ? run.answers[id] : undefined;
    if (answer === null || typeof answer !== 'object' || Array.isArray(answer)) continue;
    const known = (key: string): string | null => (typeof answer[key] === 'string' ? answer[key] : null);
    return {
      id: asText(answer.id),
      name: asText(answer.name),
      district: asText(answer.district),
      type: 'desa',
      state: answer.is_active ? 'active' : 'listed',
      zone: 'Asia/Jakarta',
      officeAddress: known('office_address'),
      officePhone: known('office_phone'),
      officeHours: known('office_hours') ?? '',
      officeToday: '',
      isOpenNow: true,
      opensNext: null,
      midwifePhone: null,
    };
  }
  return null;
}
