import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Asker } from '../../src/core/asker.js';
import type { FormField } from '../../src/core/formField.js';
import { formToken, formTokenHash } from '../../src/core/formLink.js';
import { eraseAgain } from '../../src/store/erasures.js';
import { eraseForms, formByToken, lockOpenForm, savePhoto, saveText } from '../../src/store/forms.js';
import { eraseOld } from '../../src/store/retention.js';
import { eraseRestricted } from '../../src/store/attachments.js';
import { inTransaction } from '../../src/store/sql.js';
import { caseForms } from '../../src/store/web/forms.js';
import { aStage, ELSEWHERE } from './stage.js';
import type { Stage } from './stage.js';

const NIK = '3510121708900001';
const FIELDS: FormField[] = [
  { id: 'nik', type: 'nik', label: 'NIK', hint: null, optional: false },
  { id: 'ktp', type: 'photo', label: 'Foto KTP', hint: null, optional: true },
];

let stage: Stage;
let siti: Asker;
beforeAll(async () => {
  stage = await aStage();
});
beforeEach(async () => {
  await stage.clear();
  siti = await stage.aResident();
});
afterAll(() => stage.close());

const later = (minutes: number) => (stage.now = new Date(stage.now.getTime() + minutes * 60_000));
const open = (draft: string, more: { renew?: boolean } = {}, asker = siti) =>
  stage.apply(asker, {
    kind: 'open_form',
    draft,
    step: 'identity.cards',
    title: 'Surat',
    fields: FIELDS,
    ...more,
  });
const seen = (form: string, link: number) =>
  formByToken(stage.pool, formTokenHash(formToken(stage.context().sealer, form, link)));
const finish = (form: string) => stage.apply(siti, { kind: 'finish_form', form });
const enter = (form: string) =>
  inTransaction(stage.pool, (sql) => saveText(sql, form, 'nik', NIK, stage.context()));
const count = async (table: string) =>
  (await stage.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;
/** A form that was filled in, with a photo, and sent. */
async function aFilled(draft = v7(), asker = siti): Promise<{ form: string; photo: string; draft: string }> {
  const { form } = await open(draft, {}, asker);
  await enter(form);
  const photo = v7();
  const file = {
    mime: 'image/jpeg',
    bytes: 3,
    width: 1,
    height: 1,
    sha256: 'x',
    storageKey: `2026/08/${photo}.jpg.sealed`,
  };
  await inTransaction(stage.pool, async (sql) => {
    const locked = (await lockOpenForm(sql, form, stage.now))!;
    await savePhoto(sql, locked, 'ktp', { attachmentId: photo, file }, stage.context());
  });
  expect(await finish(form)).toEqual({ outcome: 'done', missing: [] });
  return { form, photo, draft };
}
/** As the hourly run does, until nothing is left. */
async function retain(): Promise<void> {
  await inTransaction(stage.pool, (sql) => eraseOld(sql, stage.context()));
}

test('a draft has one form for a step, and the same link however often it is asked for', async () => {
  const draft = v7();
  const first = await open(draft);
  later(30);
  expect(await open(draft)).toEqual(first);
  expect(first).toMatchObject({ outcome: 'open', link: 1, until: '2026-08-10T03:00:00.000Z' });
  expect((await open(v7())).form).not.toBe(first.form);
  expect(await seen(first.form, 1)).toMatchObject({ id: first.form, village: 'Gintangan', saved: [] });
});

test('a new link ends the one before and keeps what was entered; one that has ended is made anew', async () => {
  const draft = v7();
  const { form } = await open(draft);
  await enter(form);
  expect(await open(draft, { renew: true })).toMatchObject({ form, link: 2 });
  expect(await seen(form, 1)).toBeNull();
  expect(await seen(form, 2)).toMatchObject({ saved: ['nik'] });
  later(121);
  expect(await finish(form)).toEqual({ outcome: 'closed', missing: [] });
  expect(await open(draft)).toMatchObject({ form, link: 3, outcome: 'open' });
});

test('what is entered is sealed under its own row, and replaced whole', async () => {
  const { form } = await open(v7());
  await enter(form);
  await enter(form);
  const rows = await stage.rows<{ id: string; value: string }>('SELECT id, value FROM form_values');
  expect(rows).toHaveLength(1);
  const [{ id, value }] = rows as [{ id: string; value: string }];
  expect(value).not.toContain(NIK);
  expect(stage.context().sealer.open('form', id, value)).toEqual({ field: 'nik', value: NIK });
  expect(() => stage.context().sealer.open('form', form, value)).toThrow(/does not open/u);
});

test('a form is finished once it has what it must have, and its conversation is told once', async () => {
  const { form } = await open(v7());
  expect(await finish(form)).toEqual({ outcome: 'missing', missing: ['nik'] });
  expect(stage.nudges.converse).toBe(false);
  await enter(form);
  expect(await finish(form)).toEqual({ outcome: 'done', missing: [] });
  expect(await finish(form)).toEqual({ outcome: 'closed', missing: [] });
  expect(stage.nudges.converse).toBe(true);
  expect(await stage.told(siti)).toEqual([{ flow: 'form-done', vars: { form } }]);
});

test('the case of the draft gets the form and its photos', async () => {
  const { photo, draft } = await aFilled();
  const { id } = await stage.aCase(siti, { draft });
  const [shown] = await caseForms(stage.pool, id);
  expect(shown!.values).toHaveLength(2);
  expect(shown!.values.find(({ field }) => field === 'ktp')).toMatchObject({
    attachmentId: photo,
    value: null,
  });
  expect(await stage.rows('SELECT case_id FROM attachments')).toEqual([{ case_id: id }]);
  // Nobody else's case has it.
  const other = await stage.aCase(await stage.aResident({ name: 'Budi' }));
  expect(await caseForms(stage.pool, other.id)).toEqual([]);
});

test('who was known before is known again: themselves alone, in that village, and not while history is hidden', async () => {
  const nothing = { found: false, form: null, since: null };
  const { form, draft } = await aFilled();
  // Not yet: it belongs to a request that may still be dropped.
  expect(await stage.look(siti, 'known_identity', {})).toEqual(nothing);
  await stage.aCase(siti, { draft });
  expect(await stage.look(siti, 'known_identity', {})).toMatchObject({ found: true, form });
  const budi = await stage.aResident({ name: 'Budi' });
  const hidden = { ...siti, hidden: { why: 'silence' as const, since: stage.now } };
  const away = { ...siti, villageId: ELSEWHERE };
  for (const other of [budi, hidden, away])
    expect(await stage.look(other, 'known_identity', {})).toEqual(nothing);
  for (const other of [budi, hidden, away])
    expect(await stage.apply(other, { kind: 'use_form', form, draft: v7() })).toEqual({
      outcome: 'not_found',
    });

  const again = v7();
  expect(await stage.apply(siti, { kind: 'use_form', form, draft: again })).toEqual({ outcome: 'done' });
  const second = await stage.aCase(siti, { draft: again });
  expect(await caseForms(stage.pool, second.id)).toHaveLength(1);
});

test('what was filled in for somebody else is not taken for one’s own', async () => {
  const { draft } = await aFilled();
  const { id } = await stage.aCase(siti, { draft });
  expect(await stage.look(siti, 'known_identity', {})).toMatchObject({ found: true });
  await stage.pool.query(
    `INSERT INTO beneficiaries (id, case_id, name, relation, created_at) VALUES ($1, $2, 'Mbah Sum', 'parent', $3)`,
    [v7(), id, stage.now],
  );
  expect(await stage.look(siti, 'known_identity', {})).toMatchObject({ found: false });
});

test('a form goes with its draft once its link has ended, and stays as long as the draft is written on', async () => {
  const { form, draft, photo } = await aFilled();
  await stage.pool.query('UPDATE conversations SET session = $2 WHERE id = $1', [
    siti.conversationId,
    { k: [{ f: 'business-letter', d: draft }] },
  ]);
  later(8 * 24 * 60);
  await retain();
  expect(await count('form_values')).toBe(2);
  expect(await stage.rows('SELECT state FROM attachments')).toEqual([{ state: 'stored' }]);
  await stage.pool.query(`UPDATE conversations SET session = '{}'`);
  await retain();
  expect([await count('forms'), await count('form_values'), await count('form_uses')]).toEqual([0, 0, 0]);
  expect(await stage.rows('SELECT id, state FROM attachments')).toEqual([{ id: photo, state: 'erased' }]);
  const kinds = await stage.rows('SELECT subject_kind, subject_id FROM erasures ORDER BY subject_kind');
  expect(kinds).toEqual([
    { subject_kind: 'attachment', subject_id: photo },
    { subject_kind: 'form', subject_id: form },
  ]);
});

test('what a case was given stays until thirty days after all its cases are closed', async () => {
  const { form, draft } = await aFilled();
  const first = await stage.aCase(siti, { draft });
  const again = v7();
  await stage.apply(siti, { kind: 'use_form', form, draft: again });
  const second = await stage.aCase(siti, { draft: again });
  await stage.pool.query('UPDATE cases SET closed_at = $2 WHERE id = $1', [first.id, stage.now]);
  // Identity documents that were sent unasked go at the closing; these were asked for.
  await inTransaction(stage.pool, (sql) => eraseRestricted(sql, [first.id], v7, stage.now));
  later(31 * 24 * 60);
  await retain();
  expect(await count('form_values')).toBe(2);
  await stage.pool.query('UPDATE cases SET closed_at = $2 WHERE id = $1', [second.id, stage.now]);
  later(29 * 24 * 60);
  await retain();
  expect(await count('form_values')).toBe(2);
  later(2 * 24 * 60);
  await retain();
  expect([await count('form_values'), await count('forms')]).toEqual([0, 0]);
});

test('a form is erased with all that was entered, and a restored backup forgets them again', async () => {
  const { form, draft } = await aFilled();
  const { id } = await stage.aCase(siti, { draft });
  // A backup from before.
  const before = await stage.rows<{ id: string; value: string }>(
    'SELECT * FROM form_values WHERE value IS NOT NULL',
  );
  expect(await inTransaction(stage.pool, (sql) => eraseForms(sql, [form], v7, stage.now))).toBe(1);
  expect(await caseForms(stage.pool, id)).toEqual([]);
  const [erased] = await stage.rows<{ id: string; subject_id: string; at: Date }>(
    `SELECT * FROM erasures WHERE subject_kind = 'form'`,
  );
  await stage.pool.query(
    `INSERT INTO forms (id, conversation_id, resident_id, draft_id, step, title, language, fields, token_hash, created_at, expires_at)
     VALUES ($1, $2, $3, $4, 's', 't', 'id', '[]', 'h', now(), now())`,
    [form, siti.conversationId, siti.residentId, draft],
  );
  await stage.pool.query(
    `INSERT INTO form_values (id, form_id, field, value, saved_at) VALUES ($1, $2, 'nik', $3, now())`,
    [before[0]!.id, form, before[0]!.value],
  );
  await stage.pool.query('DELETE FROM erasures');
  await eraseAgain(
    stage.pool,
    [{ id: erased!.id, kind: 'form', subject: erased!.subject_id, at: erased!.at }],
    { newId: v7 },
  );
  expect(await count('form_values')).toBe(0);
});
