import type { EffectResults } from '../core/effect.js';
import { lockOpenForm, markDone, savedFields } from '../store/forms.js';
import { insertInternal } from '../store/inbound.js';
import type { Applier } from './applier.js';

/** Ends a form that has all that it asks for, and tells its conversation, which goes on by itself. */
export const finishForm: Applier<'finish_form'> = async (sql, requests, context) => {
  const results: EffectResults['finish_form'][] = [];
  for (const { effect } of requests) {
    const form = await lockOpenForm(sql, effect.form, context.now);
    if (!form) {
      results.push({ outcome: 'closed', missing: [] });
      continue;
    }
    const saved = await savedFields(sql, form.id);
    const missing = form.fields
      .filter(({ id, optional }) => !optional && !saved.includes(id))
      .map(({ id }) => id);
    if (missing.length > 0) {
      results.push({ outcome: 'missing', missing });
      continue;
    }
    await markDone(sql, form.id, context.now);
    const { id, conversationId } = form;
    const told = { conversationId, externalId: `form-done:${id}`, flow: 'form-done', vars: { form: id } };
    await insertInternal(sql, [told], context.now);
    context.nudges.converse = true;
    results.push({ outcome: 'done', missing: [] });
  }
  return results;
};
