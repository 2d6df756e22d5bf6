import type { EffectResults } from '../core/effect.js';
import { useForm as letServe } from '../store/forms.js';
import type { Applier } from './applier.js';

/** Lets a form of an earlier request serve the draft as well: its resident's own alone, and not while history is hidden. */
export const useForm: Applier<'use_form'> = async (sql, requests, context) => {
  const results: EffectResults['use_form'][] = [];
  for (const { asker, effect } of requests) {
    const residentId = effect.resident ?? asker.residentId;
    const { villageId } = asker;
    const isDone =
      residentId !== null &&
      villageId !== null &&
      !asker.hidden &&
      (await letServe(
        sql,
        { formId: effect.form, draftId: effect.draft, residentId, villageId },
        context.now,
      ));
    results.push({ outcome: isDone ? 'done' : 'not_found' });
  }
  return results;
};
