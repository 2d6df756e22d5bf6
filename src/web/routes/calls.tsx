import { Hono } from 'hono';
import { z } from 'zod';
import { callsOf, fileOfCall } from '../../store/web/calls.js';
import { allowed, caseScopeOf } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { sendToOfficer } from '../officerFile.js';
import { PageError } from '../pageError.js';
import { scopeOf } from '../policy.js';
import { CallsPage } from '../views/calls.js';

const ReplyForm = z.object({ text: z.string().trim().max(1000).optional() });

/** Residents who asked for a person: answered here as in an officer's own chat, by the same applier. */
export function callRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .get('/percakapan', async (c) => {
      const { officer, scope } = allowed(c, 'calls.answer');
      const calls = await callsOf(
        deps.pool,
        scope,
        caseScopeOf(officer, deps.services),
        officer.id,
        deps.now(),
      );
      return c.html(
        <CallsPage
          view={c.get('view')}
          calls={calls}
          mayOpen={scopeOf(officer, 'files.restricted') !== null}
          notice={c.req.query('kabar')}
        />,
      );
    })
    .get('/percakapan/berkas/:id', async (c) => {
      const { officer, scope } = allowed(c, 'calls.answer');
      const id = z.uuid().safeParse(c.req.param('id'));
      if (!id.success) throw new PageError(404);
      return sendToOfficer(
        deps,
        c,
        officer,
        await fileOfCall(deps.pool, scope, officer.id, id.data, deps.now()),
      );
    })
    .post('/percakapan/:id/balas', async (c) => {
      const { officer } = allowed(c, 'calls.answer');
      const conversation = z.uuid().safeParse(c.req.param('id'));
      if (!conversation.success) throw new PageError(404);
      const form = await readForm(c, ReplyForm);
      if (!form.data) throw new PageError(400);
      const { text } = form.data;
      if (!text) return c.redirect('/console/percakapan?kabar=call_no_words', 303);
      // The applier knows who was told of the call, and may answer.
      const [result] = await deps.perform(officer, [
        { kind: 'answer_resident', conversation: conversation.data, text },
      ]);
      return c.redirect(
        `/console/percakapan?kabar=call_${result.outcome === 'done' ? 'answered' : result.outcome}`,
        303,
      );
    })
    .post('/percakapan/:id/tutup', async (c) => {
      const { officer } = allowed(c, 'calls.answer');
      const conversation = z.uuid().safeParse(c.req.param('id'));
      if (!conversation.success) throw new PageError(404);
      const [result] = await deps.perform(officer, [{ kind: 'end_call', conversation: conversation.data }]);
      return c.redirect(
        `/console/percakapan?kabar=call_${result.outcome === 'done' ? 'ended' : result.outcome}`,
        303,
      );
    });
}
