import { Hono } from 'hono';
import { z } from 'zod';
import { addReply, changeReply, repliesInScope } from '../../store/web/cannedReplies.js';
import { boardVillages } from '../../store/web/board.js';
import { allowed, officerOf } from '../allowed.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readForm } from '../form.js';
import { PageError } from '../pageError.js';
import { covers, isKeeper } from '../policy.js';
import { RepliesPage } from '../views/replies.js';

const Words = { title: z.string().trim().min(2).max(60), text: z.string().trim().min(2).max(1000) };
const AddForm = z.object({ ...Words, village: z.string().max(20).default('') });
const ChangeForm = z.object(Words);

/** Replies that officers use again and again: a village's own, and those of all villages, which its keepers change. */
export function replyRoutes(deps: WebDeps): Hono<WebEnv> {
  const page = async (c: WebContext, status: 200 | 400 = 200) => {
    const { scope } = allowed(c, 'replies.manage');
    const keeps = isKeeper(officerOf(c), 'replies.manage');
    const [replies, villages] = await Promise.all([
      repliesInScope(deps.pool, scope),
      boardVillages(deps.pool, scope.villages),
    ]);
    return c.html(
      <RepliesPage
        view={c.get('view')}
        replies={replies}
        villages={villages}
        keepsShared={keeps}
        isFaulty={status === 400}
        notice={c.req.query('kabar')}
      />,
      status,
    );
  };
  const done = (c: WebContext, isDone: boolean, notice: string) =>
    c.redirect(`/console/balasan?kabar=${isDone ? notice : 'reply_not_found'}`, 303);

  return new Hono<WebEnv>()
    .get('/balasan', (c) => page(c))
    .post('/balasan', async (c) => {
      const { officer, scope } = allowed(c, 'replies.manage');
      const form = await readForm(c, AddForm);
      if (!form.data) return page(c, 400);
      const villageId = form.data.village === '' ? null : form.data.village;
      // For all villages: only who may do it in every one of them.
      if (villageId === null ? !isKeeper(officer, 'replies.manage') : !covers(scope, villageId))
        throw new PageError(404);
      const { title, text } = form.data;
      await addReply(
        deps.pool,
        { villageId, title, text, officerId: officer.id },
        { newId: deps.newId, now: deps.now() },
      );
      return done(c, true, 'reply_saved');
    })
    .post('/balasan/:id', async (c) => {
      const { officer, scope } = allowed(c, 'replies.manage');
      const id = z.uuid().safeParse(c.req.param('id'));
      if (!id.success) throw new PageError(404);
      const form = await readForm(c, ChangeForm);
      if (!form.data) return page(c, 400);
      const isDone = await changeReply(deps.pool, scope, id.data, form.data, officer.id, deps.now());
      return done(c, isDone, 'reply_saved');
    })
    .post('/balasan/:id/hapus', async (c) => {
      const { officer, scope } = allowed(c, 'replies.manage');
      const id = z.uuid().safeParse(c.req.param('id'));
      if (!id.success) throw new PageError(404);
      const isDone = await changeReply(deps.pool, scope, id.data, 'remove', officer.id, deps.now());
      return done(c, isDone, 'reply_removed');
    });
}
