import type { JsonObject } from '../../core/json.js';
import type { VillageFound } from '../../core/lookup.js';
import type { CompiledAsk } from '../compiled.js';
import { NEXT, pickOption } from '../question.js';
import type { Answered, Question, Reply } from '../question.js';
import type { Run } from '../run.js';

/** What the register found for a typed village: one is taken, doubtful ones are offered, none is told. */
export function villageFound(step: CompiledAsk, run: Run, result: JsonObject, then: JsonObject): Answered {
  const found = result as unknown as { exact: boolean; items: VillageFound[] };
  if (found.items.length === 0) {
    const hint = step.hint ? run.words(step.hint) : run.text('hint_village_none', { text: then.text ?? '' });
    return { kind: 'miss', hint, isOwn: true };
  }
  if (found.exact && found.items.length === 1) return take(step, run, found.items[0]!);
  run.s.x = { k: 'v', i: found.items.slice(0, 5) };
  return { kind: 'again' };
}

/** Which of the villages found? Named with their districts: three names exist twice in the regency. */
export function villageQuestion(run: Run): Question {
  const items = itemsOf(run);
  return {
    text: run.text('village_which'),
    options: [
      ...items.map((item, n) => ({
        n,
        label: run.text('village_item', { name: item.name, district: item.district }),
        words: [item.name, item.district],
      })),
      { n: items.length, label: run.text('none_of_these'), words: ['bukan', 'tidak ada', 'none'] },
    ],
    isNumbered: true,
  };
}

/** A doubtful one was chosen; or another name was typed, which is looked up like the first. */
export function villagePick(step: CompiledAsk, run: Run, reply: Reply): Answered {
  const items = itemsOf(run);
  const picked = pickOption(run, villageQuestion(run), reply);
  const village = picked ? items[picked.n] : undefined;
  if (village) {
    delete run.s.x;
    return take(step, run, village);
  }
  if (picked || !reply.message || reply.message.plain.length < 3) {
    delete run.s.x;
    return { kind: 'again' };
  }
  delete run.s.x;
  return {
    kind: 'look_up',
    ask: { id: step.id, look_up: 'find_village', args: { text: reply.message.text } },
    about: { text: reply.message.text },
  };
}

function itemsOf(run: Run): VillageFound[] {
  return (run.s.x?.i ?? []) as unknown as VillageFound[];
}

function take(step: CompiledAsk, run: Run, village: VillageFound): Answered {
  const { id, name, district, is_active } = village;
  run.keep(step, { id, name, district, is_active });
  run.s.b = [...(run.s.b ?? []).filter((known) => known !== step.id), step.id];
  return { kind: 'go', outcome: NEXT };
}
