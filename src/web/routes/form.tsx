import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import { MediaError } from '../../core/errors.js';
import type { RefusedBecause } from '../../core/errors.js';
import type { FormField } from '../../core/formField.js';
import { formTokenHash } from '../../core/formLink.js';
import { storable } from '../../core/identityNumbers.js';
import { formByToken, lockOpenForm, savePhoto, saveText } from '../../store/forms.js';
import type { FormSeen } from '../../store/forms.js';
import { inTransaction } from '../../store/sql.js';
import { isWithinLimit } from '../../store/web/attempts.js';
import { dateTimeFormat } from '../../words/formatters.js';
import type { WebDeps } from '../deps.js';
import type { WebContext, WebEnv } from '../env.js';
import { readField, savedKey } from '../formField.js';
import type { Faults, FieldFault } from '../formField.js';
import { formWords } from '../formWords.js';
import type { FormKey } from '../formWords.js';
import { PageError } from '../pageError.js';
import { sourceOf } from '../source.js';
import { FormEnd, FormPage } from '../views/form.js';

/** Within an hour: of one form each entry is a request, and a mobile network shows many people as one source. */
const LIMITS = { perPair: 240, perTarget: 300, perSource: 1200, seconds: 3600 };
const TOKEN = /^[\w-]{22}$/u;

/** Why a link opens no form. */
type End = 'unknown' | 'used' | 'expired' | 'too_many';
const STATUS: { [E in End]: 404 | 410 | 429 } = { unknown: 404, used: 410, expired: 410, too_many: 429 };

/**
 * The secure form behind a link of a chat: what must not be typed there. Each entry is saved by itself, sealed, and never
 * shown again. Looking consumes nothing (messengers fetch links for a preview): only "Kirim" ends it.
 */
export function formRoutes(deps: WebDeps): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .use(unseen())
    .get('/:token', async (c) => {
      const { form, end } = await find(deps, c);
      return end ? ended(c, end, form) : await pageOf(c, form, {});
    })
    .post('/:token', async (c) => {
      const { form: found, end } = await find(deps, c);
      if (end) return ended(c, end, found);
      const isQuiet = c.req.header('accept') === 'application/json';
      const body = await c.req.parseBody().catch(() => {
        throw new PageError(400);
      });
      const faults: Faults = {};
      let isOpen = true;
      for (const field of found.fields) {
        const fault = await save(deps, found, field, body[field.id]);
        if (fault === 'closed') isOpen = false;
        else if (fault) faults[field.id] = fault;
      }
      const { form: seen, end: over } = await see(deps, c.req.param('token'));
      if (over || !isOpen) return ended(c, over ?? 'expired', found);
      if (isQuiet) return c.json(told(seen, faults));
      if (body['kirim'] === undefined || Object.keys(faults).length > 0) return await pageOf(c, seen, faults);
      const [result] = await deps.perform(null, [{ kind: 'finish_form', form: found.id }]);
      if (result.outcome === 'closed') return ended(c, 'used', found);
      for (const id of result.missing) faults[id] = { key: 'form.fault_missing' };
      if (result.outcome === 'missing') return await pageOf(c, seen, faults);
      return c.html(<FormEnd {...formWords(found.language)} kind="done" />);
    });
}

/** No copy of the page stays anywhere, and no index knows it. */
function unseen(): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
    c.header('X-Robots-Tag', 'noindex, nofollow, noarchive');
  };
}

type Found = { form: FormSeen; end: null } | { form: FormSeen | null; end: End };

/** The open form of the link, or why it is none. Nothing of a body is read before. */
async function find(deps: WebDeps, c: WebContext): Promise<Found> {
  const token = c.req.param('token') ?? '';
  if (!TOKEN.test(token)) return { form: null, end: 'unknown' };
  const hash = formTokenHash(token);
  const attempt = {
    id: deps.newId(),
    kind: 'isi',
    target: hash.slice(0, 32),
    source: deps.sealer.lookUpKey(`source:${sourceOf(c, deps.settings)}`),
    at: deps.now(),
  };
  if (!(await isWithinLimit(deps.pool, attempt, LIMITS))) return { form: null, end: 'too_many' };
  return await see(deps, token);
}

async function see(deps: WebDeps, token: string): Promise<Found> {
  const form = await formByToken(deps.pool, formTokenHash(token));
  if (!form) return { form, end: 'unknown' };
  if (form.state === 'done') return { form, end: 'used' };
  return form.expiresAt <= deps.now() ? { form, end: 'expired' } : { form, end: null };
}

function ended(c: WebContext, end: End, form: FormSeen | null) {
  if (end === 'too_many') c.header('Retry-After', '3600');
  return c.html(<FormEnd {...formWords(form?.language ?? 'id')} kind={end} />, STATUS[end]);
}

async function pageOf(c: WebContext, form: FormSeen, faults: Faults) {
  const status = Object.keys(faults).length > 0 ? 422 : 200;
  return c.html(<FormPage {...formWords(form.language)} form={form} faults={faults} />, status);
}

/** What the page's script is told: which fields are saved, and what is wrong with the others. */
function told(form: FormSeen, faults: Faults): { [field: string]: { saved: boolean; text: string } } {
  const { t } = formWords(form.language);
  return Object.fromEntries(
    form.fields.map(({ id, type }) => {
      const fault = faults[id];
      const saved = form.saved.includes(id);
      const text = fault ? t(fault.key, fault.values) : saved ? t(savedKey(type)) : '';
      return [id, { saved: saved && !fault, text }];
    }),
  );
}

/** Saves one entry, where there is one; what is wrong with it, or that the form has ended. */
async function save(
  deps: WebDeps,
  form: FormSeen,
  field: FormField,
  entry: string | File | (string | File)[] | undefined,
): Promise<FieldFault | 'closed' | null> {
  const entered = Array.isArray(entry) ? entry.at(-1) : entry;
  if (entered === undefined) return null;
  if (field.type === 'photo')
    return typeof entered === 'string' || entered.size === 0
      ? null
      : await saveFile(deps, form, field, entered);
  if (typeof entered !== 'string' || entered.trim() === '') return null;
  const read = readField(field, storable(entered), todayIn(form.zone, deps.now()));
  if ('fault' in read) return read.fault;
  const { newId, sealer } = deps;
  return await inTransaction(deps.pool, async (sql) => {
    const at = deps.now();
    if (!(await lockOpenForm(sql, form.id, at))) return 'closed';
    await saveText(sql, form.id, field.id, read.value, { newId, sealer, now: at });
    return null;
  });
}

async function saveFile(
  deps: WebDeps,
  form: FormSeen,
  field: FormField,
  photo: File,
): Promise<FieldFault | 'closed' | null> {
  const attachmentId = deps.newId();
  let file;
  try {
    file = await deps.keepPhoto(attachmentId, new Uint8Array(await photo.arrayBuffer()));
  } catch (cause) {
    if (!(cause instanceof MediaError) || cause.failure !== 'refused') throw cause;
    return { key: PHOTO_FAULTS[cause.because ?? 'broken'] ?? 'form.fault_photo_broken' };
  }
  const kept = file;
  try {
    const isSaved = await inTransaction(deps.pool, async (sql) => {
      const at = deps.now();
      const open = await lockOpenForm(sql, form.id, at);
      if (open)
        await savePhoto(sql, open, field.id, { attachmentId, file: kept }, { newId: deps.newId, now: at });
      return open !== null;
    });
    if (isSaved) return null;
  } catch (cause) {
    await deps.dropPhoto(kept);
    throw cause;
  }
  await deps.dropPhoto(kept);
  return 'closed';
}

const PHOTO_FAULTS: { [B in RefusedBecause]?: FormKey } = {
  kind: 'form.fault_photo_kind',
  too_large: 'form.fault_photo_large',
};

function todayIn(zone: string | null, at: Date): string {
  return dateTimeFormat('en-CA', { timeZone: zone ?? 'Asia/Jakarta' }).format(at);
}
