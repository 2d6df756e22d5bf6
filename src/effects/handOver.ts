import type { HandOverReason } from '../core/effect.js';
import { officersToTell } from '../core/handlers.js';
import type { VillageOfficer } from '../core/handlers.js';
import { firstName } from '../core/firstName.js';
import { maskIdentityNumbers, storable } from '../core/identityNumbers.js';
import { dueAt } from '../core/workingTime.js';
import { beginHandOvers } from '../store/handOvers.js';
import type { HandOver } from '../store/handOvers.js';
import { raiseIncidents } from '../store/incidents.js';
import { loadOfficeHours } from '../store/officeHours.js';
import { insertNotifications } from '../store/notifications.js';
import type { Sql } from '../store/sql.js';
import { setTimers } from '../store/timerRows.js';
import { loadVillageOfficers } from '../store/villageOfficers.js';
import type { Applier, EffectRequest } from './applier.js';
import { caseCalls } from './caseCalls.js';
import type { CaseCall } from './caseCalls.js';

/** After this long without an end the bot has the word again: nobody is left with a silent chat. */
export const HAND_OVER_HOURS = 12;
/** Working hours of the office that it has to answer before silence ends a call. */
const ANSWER_HOURS = 4;

/**
 * Gives the word to a person: the bot falls silent, and the village's officers are told (`officer-hand-over`), once for
 * calls that follow each other within half an hour; an emergency, and what the resident goes on to say, is always told.
 * Where an officer wrote about a case, only whoever may hear of that case is. Where nobody can be told, an incident is
 * opened.
 */
export const handOver: Applier<'hand_over'> = async (sql, requests, context) => {
  const { now, newId } = context;
  const asking = requests.filter(({ asker }) => asker.conversationId !== null);
  const begun = await beginHandOvers(
    sql,
    asking.map(({ asker }) => asker.conversationId!),
    now,
    newId,
    new Map(
      asking.flatMap(({ asker, effect }) =>
        effect.reason === 'answered' ? [[asker.conversationId!, effect.code ?? null] as const] : [],
      ),
    ),
  );
  const silence = await silenceOf(sql, [...begun.values()], now);
  await setTimers(
    sql,
    [...begun.keys()].map((id) => ({
      subjectKind: 'conversation' as const,
      subjectId: id,
      kind: 'hand_over_end' as const,
      dueAt: silence.get(id)!,
    })),
    newId,
  );
  const told = joined(asking).flatMap(({ asker, effect }) => {
    const one = begun.get(asker.conversationId!);
    // What the resident goes on to say must reach somebody: words are told even where the call itself is a repeat.
    return one &&
      effect.reason !== 'answered' &&
      (!one.isRepeat || effect.reason === 'emergency' || effect.text !== undefined || effect.files)
      ? [{ asker, one, effect, homeId: asker.villageId ?? one.homeId }]
      : [];
  });
  const cases = await caseCalls(
    sql,
    told.flatMap(({ one }) => (one.caseId === null ? [] : [one.conversationId])),
    context,
  );
  const officers = await loadVillageOfficers(
    sql,
    told.flatMap(({ homeId }) => homeId ?? []),
  );
  const calls = told.map((call) => {
    const about = cases.get(call.one.conversationId);
    const { reason } = call.effect;
    const here = officers.get(call.homeId ?? '') ?? [];
    return {
      ...call,
      villageId: about?.villageId ?? call.homeId,
      to: about ? whomToTellOfCase(about, reason, here) : whomToTell(call.one.holderId, reason, here),
    };
  });
  await insertNotifications(
    sql,
    calls.flatMap(({ asker, one, effect, to }) =>
      to.map(({ id, hearsWords }) => ({
        officerId: id,
        kind: 'officer-hand-over',
        subjectId: one.conversationId,
        number: one.number,
        vars: {
          reason: effect.reason,
          // Who it is, nobody knows while their history is hidden.
          resident: asker.hidden ? null : firstName(one.residentName),
          text:
            effect.text === undefined || !hearsWords
              ? null
              : maskIdentityNumbers(storable(effect.text)).text.slice(0, 500),
          conversation: one.conversationId,
          village: one.villageName,
          ...(effect.files && hearsWords ? { files: effect.files } : {}),
        },
      })),
    ),
    newId,
    now,
  );
  await raiseIncidents(
    sql,
    calls
      .filter(({ to, one }) => to.length === 0 && (!one.isRepeat || one.caseId !== null))
      .map(({ one, effect, villageId }) => ({
        kind: 'no_officer' as const,
        villageId,
        conversationId: one.conversationId,
        detail: { reason: effect.reason },
      })),
    newId,
    now,
  );
  context.nudges.notify ||= calls.length > 0;
  return requests.map(() => null);
};

/** An officer who is told of a call. `hearsWords`: also what the resident wrote and sent. */
interface Told {
  id: string;
  hearsWords: boolean;
}

/** Who has the conversation hears what is said in it; an emergency everybody, and what nobody has yet. */
function whomToTell(holderId: string | null, reason: HandOverReason, officers: VillageOfficer[]): Told[] {
  const holder = reason === 'emergency' ? [] : officers.filter(({ id }) => id === holderId);
  return hearing(holder.length > 0 ? holder : officersToTell(officers, ANSWERED_BY_ALL));
}

const ANSWERED_BY_ALL = { kind: 'conversation', isConfidential: false } as const;

/**
 * What is said after an officer wrote about a case is for that officer, whatever the day and wherever the resident lives
 * by now; where they handle it no more, for whoever does. Of an emergency all at the resident's home are told at once:
 * with the words, unless the case is confidential. Then these are for its handlers alone, and the others call them.
 */
function whomToTellOfCase(about: CaseCall, reason: HandOverReason, atHome: VillageOfficer[]): Told[] {
  const handlers = officersToTell(about.serving, about.handling);
  const holder = about.isHeld ? about.serving.filter(({ id }) => id === about.holderId) : [];
  if (reason !== 'emergency') return hearing(holder.length > 0 ? holder : handlers);
  const hear = new Set([...holder, ...handlers].map(({ id }) => id));
  const others = officersToTell(atHome, ANSWERED_BY_ALL).filter(({ id }) => !hear.has(id));
  return [
    ...[...hear].map((id) => ({ id, hearsWords: true })),
    ...others.map(({ id }) => ({ id, hearsWords: !about.handling.isConfidential })),
  ];
}

const hearing = (officers: VillageOfficer[]): Told[] => officers.map(({ id }) => ({ id, hearsWords: true }));

/**
 * When silence ends each call: after half a day, but not before somebody of the office could answer. A call on Friday
 * evening is there on Monday morning.
 */
async function silenceOf(sql: Sql, begun: HandOver[], now: Date): Promise<Map<string, Date>> {
  const hours = await loadOfficeHours(
    sql,
    begun.flatMap(({ villageId }) => villageId ?? []),
  );
  const soonest = new Date(now.getTime() + HAND_OVER_HOURS * 60 * 60 * 1000);
  return new Map(
    begun.map(({ conversationId, villageId }) => {
      const open = hours.get(villageId ?? '');
      const answered = open ? dueAt(open, now, ANSWER_HOURS) : null;
      return [conversationId, answered !== null && answered > soonest ? answered : soonest];
    }),
  );
}

type Request = EffectRequest<'hand_over'>;

/** One call for each conversation of the batch: several messages in one turn are told together. */
function joined(requests: Request[]): Request[] {
  const byConversation = new Map<string, Request>();
  for (const request of requests) {
    const id = request.asker.conversationId!;
    const first = byConversation.get(id);
    if (!first) {
      byConversation.set(id, request);
      continue;
    }
    const texts = [first.effect.text, request.effect.text].filter((text) => text !== undefined);
    const files = [...(first.effect.files ?? []), ...(request.effect.files ?? [])];
    byConversation.set(id, {
      ...first,
      effect: {
        ...first.effect,
        ...(texts.length > 0 ? { text: texts.join('\n') } : {}),
        ...(files.length > 0 ? { files } : {}),
      },
    });
  }
  return [...byConversation.values()];
}
