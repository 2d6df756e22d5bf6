import type { Effect } from '../../src/core/effect.js';
import type { Engine } from '../../src/pipeline/engine.js';
import type { Turn } from '../../src/flow/types.js';

/**
 * A small engine for tests of the road: puts each message into the next slot and says which ("2: Budi"). A few words
 * make it do more: "boom" throws, "slow death" throws once the case is opened, "case <draft>" opens one, "ask <n>"
 * asks n times, "secret …" is sealed, "village <id>" chooses one.
 */
export function slotEngine(): Engine & { seen: { text: string; late: boolean; session: number }[] } {
  const seen: { text: string; late: boolean; session: number }[] = [];
  return {
    seen,
    isEmergency: (text) => text.includes('kebakaran'),
    apology: () => ({ text: 'Maaf' }),
    patience: () => ({ text: 'Sebentar lagi' }),
    advance(session, event, context): Turn {
      const slots = ((session.a?.slots ?? []) as string[]).slice();
      const say = (text: string): Effect => ({ kind: 'send_message', message: { text } });
      const next = (more: string[], effects: Effect[], asks: Turn['asks'] = []): Turn => ({
        session: { ...session, a: { ...session.a, slots: [...slots, ...more] } },
        effects,
        asks,
      });
      if (event.kind === 'answers') {
        const left = Number(session.a?.asks ?? 0);
        const code = Object.values(event.results)[0];
        if (slots.at(-1) === 'slow death') throw new Error('died after the case was opened');
        if (left > 0)
          return {
            ...next([], [], [{ id: 'again', look_up: 'my_cases', args: {} }]),
            session: { ...session, a: { ...session.a, slots, asks: left - 1 } },
          };
        if (typeof code === 'object' && code !== null && 'outcome' in code)
          return next([], [say(JSON.stringify(code))]);
        return next([], [say(`done: ${JSON.stringify((code as { code?: string }).code ?? code)}`)]);
      }
      if (event.kind === 'start')
        return next([`!${event.flow}`], [say(`notice: ${event.flow} ${JSON.stringify(event.vars)}`)]);
      const { content } = event;
      const text =
        content.kind === 'text'
          ? content.text
          : content.kind === 'edit'
            ? `edit ${content.text}`
            : content.kind;
      seen.push({ text, late: event.late ?? false, session: slots.length });
      if (text === 'boom') throw new Error('boom');
      if (text === 'quiet') return next([text], []);
      const village = /^village (\S+)$/u.exec(text)?.[1];
      if (village) return next([], [{ kind: 'set_village', village }, say('village set')]);
      const opens = /^(?:case (\S+)|slow death)$/u.exec(text);
      if (opens) {
        const effect: Effect = {
          kind: 'open_case',
          draft: opens[1] ?? context.newId(),
          service: 'usaha',
          flow: 'test',
          answers: { slots },
        };
        return next([text], [], [{ id: 'case', effect }]);
      }
      const taken = /^take (\S+)$/u.exec(text)?.[1];
      if (taken)
        return next([], [], [{ id: 'act', effect: { kind: 'act_on_case', code: taken, act: 'take' } }]);
      const asks = /^ask (\d+)$/u.exec(text)?.[1];
      if (asks) {
        const turn = next([], [], [{ id: 'first', look_up: 'my_cases', args: {} }]);
        return { ...turn, session: { ...turn.session, a: { ...turn.session.a, asks: Number(asks) - 1 } } };
      }
      if (text.startsWith('secret '))
        return {
          ...next([], [say('kept')]),
          session: { ...session, private: { word: text.slice(7) } },
          sealsInput: true,
        };
      return next([text], [say(`${slots.length + 1}: ${text}${context.resident.isNew ? ' (new)' : ''}`)]);
    },
  };
}
