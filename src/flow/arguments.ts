import type { Json, JsonObject } from '../core/json.js';
import { quoted } from '../core/plainText.js';
import type { VillageService } from '../core/village.js';
import type { ArgumentUse, ValueOf } from '../words/compile.js';
import { wordDate, wordDateTime, wordList, wordMoney, wordNumber, wordPhone } from '../words/values.js';
import { wordAnswer } from './answers/wording.js';
import type { Run } from './run.js';
import { asText } from './asText.js';
import type { ServiceWords } from './compiled.js';
import { helpedNow } from './forWhom.js';

/** The pengantar RT/RW in the checklists of flows/services.yaml. */
const INTRODUCTION = 'pengantar';

const DAY = /^\d{4}-\d{2}-\d{2}$/u;
const PHONE = /^62\d{8,13}$/u;
/** A time of day: "08:00", which Indonesian writes with a point. */
const CLOCK = /^\d{2}:\d{2}$/u;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/u;

/** Arguments of one text: those handed in, then the conversation's, then answers and variables. */
export function argumentsOf(run: Run, extra?: JsonObject): ValueOf {
  return (name, use) => valueFor(run, name, use, extra);
}

function valueFor(
  run: Run,
  name: string,
  use: ArgumentUse,
  extra: JsonObject | undefined,
): string | number | Date | undefined {
  if (extra && name in extra) return shaped(run, name, extra[name]!, use);
  if (name.startsWith('has_') && !(name in run.answers)) {
    const value = valueFor(run, name.slice(4), 'select', extra);
    return value === undefined || value === '' || value === 'other' ? 'no' : 'yes';
  }
  if (name.startsWith('quoted_') && !(name in run.answers)) {
    const value = valueFor(run, name.slice(7), use, extra);
    return typeof value === 'string' ? quoted(value) : value;
  }
  // `resident` or `village` of a notification are others than the officer's own.
  const handedIn = run.s.v?.[name];
  const conversation = handedIn === undefined ? conversationValue(run, name) : undefined;
  if (conversation !== undefined)
    return conversation === null ? undefined : shaped(run, name, conversation, use);
  const answer = run.answers[name];
  if (answer !== undefined) {
    const ask = run.flowOrNull?.asks.get(name);
    return use === 'worded' && ask && answer !== null
      ? wordAnswer(run, ask.answer, answer)
      : shaped(run, name, answer, use);
  }
  const variable = run.s.v?.[name];
  if (variable !== undefined) return shaped(run, name, variable, use);
  return partFor(run, name, use);
}

/** `case_due` for `vars.case.due`, `quantity_unit` for a part of an answer, `service_promise` for the catalogue's. */
function partFor(run: Run, name: string, use: ArgumentUse): string | number | Date | undefined {
  for (let cut = name.lastIndexOf('_'); cut > 0; cut = name.lastIndexOf('_', cut - 1)) {
    const [of, part] = [name.slice(0, cut), name.slice(cut + 1)];
    const whole = run.s.v?.[of] ?? run.answers[of];
    if (whole !== null && typeof whole === 'object' && !Array.isArray(whole) && part in whole)
      return shaped(run, part, whole[part]!, use);
    if (of === 'service') return serviceValue(run, part);
  }
  return undefined;
}

/** A value of the catalogue for the service of the flow on top: `title`, `promise`, … */
export function serviceValue(run: Run, part: string): string | undefined {
  const service = run.flowOrNull?.service ? run.flows.serviceWords.get(run.flowOrNull.service) : undefined;
  if (!service) return undefined;
  if (part === 'title') return run.words(service.title);
  const hours = ownService(run)?.promiseHours ?? null;
  if (part === 'promise')
    return hours === null ? run.words(service.promise) : run.text('promise_hours', { hours });
  return part === 'counter' ? papersOf(run) : undefined;
}

/** What is shown at the office for the service of the flow on top, as far as its answers tell; empty where nothing is. */
export function papersOf(run: Run): string {
  const checklist = run.flows.serviceWords.get(run.flowOrNull?.service ?? '')?.checklist ?? [];
  const shown = checklist.filter(
    (item) => item.by === 'counter' && !isSettled(run, item.id) && isNeeded(run, item),
  );
  const more = ownService(run)?.counter ?? null;
  return wordList(
    [...shown.map((item) => run.words(item.text)), ...(more === null ? [] : [more])],
    run.language,
  );
}

/** What the village has for the service of the flow on top that the catalogue has not. */
function ownService(run: Run): VillageService | undefined {
  return run.village?.services?.[run.flowOrNull?.service ?? ''];
}

/** Whether an item of a checklist is needed for what was answered. */
export function isNeeded(run: Run, item: ServiceWords['checklist'][number]): boolean {
  return item.if === null || run.holds(item.if);
}

/** The pengantar RT/RW is not to be brought where the flow `introduction` found another way. */
function isSettled(run: Run, item: string): boolean {
  return item === INTRODUCTION && ['rt_tap', 'photo', 'none'].includes(asText(run.s.v?.introduction ?? ''));
}

/** The conversation's own arguments; null where one is not known, undefined where there is no such argument. */
function conversationValue(run: Run, name: string): Json | undefined {
  const { context, village } = run;
  switch (name) {
    case 'village':
      return village?.name ?? null;
    case 'district':
      return village?.district ?? null;
    case 'resident':
      return context.resident.name;
    case 'officer':
      return context.officer?.name ?? null;
    case 'for_whom':
      return helpedNow(run)?.name ?? null;
    case 'office_hours':
      return village?.officeHours || null;
    case 'office_today':
      return village?.officeToday || null;
    case 'office_phone':
      return village?.officePhone ?? null;
    case 'office_address':
      return village?.officeAddress ?? null;
    case 'opens_next':
      return village?.opensNext ?? null;
    case 'midwife_phone':
      return village?.midwifePhone ?? null;
    case 'public_url':
      return context.publicUrl;
    case 'today':
      return run.today;
    default:
      return undefined;
  }
}

/** A value in the form that a text asks for. */
function shaped(run: Run, key: string, value: Json, use: ArgumentUse): string | number | Date | undefined {
  if (value === null) return undefined;
  if (use === 'worded') return wordValue(run, key, value);
  if (use === 'number') {
    const number = Number(value);
    return Number.isFinite(number) ? number : undefined;
  }
  if (use === 'date') {
    const date = new Date(asText(value));
    return Number.isNaN(date.getTime()) ? undefined : date;
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  // A list is there if something is in it.
  if (Array.isArray(value)) return value.length > 0 ? 'some' : 'other';
  return typeof value === 'object' ? 'other' : asText(value);
}

/** Names of what is made of items of a service's checklist, each `usaha.ktp` (core/caseSeen.ts). */
const ITEMS = new Set(['item', 'items', 'send', 'bring', 'papers']);

function wordItem(run: Run, value: string): string {
  const cut = value.lastIndexOf('.');
  const checklist = run.flows.serviceWords.get(value.slice(0, cut))?.checklist;
  const item = checklist?.find(({ id }) => id === value.slice(cut + 1));
  return item ? run.words(item.text) : value;
}

/** How a bare value reads: a service and a status by their words, a price as money, ISO times by the village's clock. */
export function wordValue(run: Run, key: string, value: Json): string {
  if (value === null) return '';
  if (typeof value === 'number') return key === 'price' ? wordMoney(value) : wordNumber(value, run.language);
  if (typeof value === 'boolean') return run.text(value ? 'yes' : 'no');
  if (Array.isArray(value)) {
    const parts = value.map((part) => wordValue(run, key, part));
    return ITEMS.has(key) ? wordList(parts, run.language) : parts.join(', ');
  }
  if (typeof value === 'object')
    return typeof value.name === 'string' ? value.name : Object.values(value).map(String).join(' ');
  if (key === 'service') {
    const service = run.flows.serviceWords.get(value);
    if (service) return run.words(service.title);
  }
  if (ITEMS.has(key)) return wordItem(run, value);
  if (key === 'status') return run.statusText(value);
  if ((key === 'contact' || key === 'phone') && PHONE.test(value)) return wordPhone(value);
  if ((key === 'time' || key.startsWith('quiet_')) && CLOCK.test(value))
    return run.language === 'en' ? value : value.replace(':', '.');
  if (INSTANT.test(value)) return wordDateTime(value, run.language, run.zone);
  return DAY.test(value) ? wordDate(value, run.language) : value;
}
