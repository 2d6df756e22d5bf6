import type { EffectResults } from '../core/effect.js';
import { FORM_MINUTES, formToken, formTokenHash } from '../core/formLink.js';
import { insertForm, lockFormOfStep, renewForm } from '../store/forms.js';
import type { Sql } from '../store/sql.js';
import type { Applier, ApplyContext, EffectRequest } from './applier.js';

/**
 * The form of a draft's step: the one that is there, where its link still works or it is filled in already; else a new
 * one, or a new link to it. One a request: few are asked for.
 */
export const openForm: Applier<'open_form'> = async (sql, requests, context) => {
  const results: EffectResults['open_form'][] = [];
  for (const request of requests) results.push(await open(sql, request, context));
  return results;
};

async function open(
  sql: Sql,
  { asker, effect }: EffectRequest<'open_form'>,
  { now, newId, sealer }: ApplyContext,
): Promise<EffectResults['open_form']> {
  const residentId = effect.resident ?? asker.residentId;
  if (asker.conversationId === null || residentId === null)
    throw new Error(`open_form for ${effect.step}: no conversation is known`);
  const there = await lockFormOfStep(sql, effect.draft, effect.step);
  if (there?.state === 'done')
    return { outcome: 'done', form: there.id, link: there.link, until: there.expiresAt.toISOString() };
  if (there && !effect.renew && there.expiresAt > now)
    return { outcome: 'open', form: there.id, link: there.link, until: there.expiresAt.toISOString() };
  const form = {
    id: there?.id ?? newId(),
    link: (there?.link ?? 0) + 1,
    expiresAt: new Date(now.getTime() + FORM_MINUTES * 60_000),
    fields: effect.fields,
    language: asker.language,
  };
  const tokenHash = formTokenHash(formToken(sealer, form.id, form.link));
  if (there) await renewForm(sql, { ...form, tokenHash });
  else {
    const { conversationId, villageId } = asker;
    const { draft: draftId, step, title } = effect;
    await insertForm(
      sql,
      { ...form, conversationId, villageId, residentId, draftId, step, title, tokenHash },
      now,
    );
  }
  return { outcome: 'open', form: form.id, link: form.link, until: form.expiresAt.toISOString() };
}
