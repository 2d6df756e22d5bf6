import type { NewId } from '../core/ports.js';
import { rememberErased } from './attachments.js';
import { eraseForms } from './forms.js';
import { endHandOversWith } from './handOvers.js';
import { endLinksOf } from './links.js';
import { IS_TOLD_BY } from './notifications.js';
import { deleteProfile, giveWord, insertResident, loadProfiles, startAnew } from './profiles.js';
import type { Sql } from './sql.js';

/**
 * `hapus data` (UU 27/2022), as an officer fulfils it: what a resident wrote and sent is erased, their name, and who
 * their accounts belong to. What must stay: letters and what was asked for with them (`keptServices`, by rules of
 * archives), requests that are still worked on, and the numbers of all others, without words. `erasures` names every
 * subject, so that a restored backup forgets them again (store/erasures.ts).
 */
export async function eraseResident(
  sql: Sql,
  residentId: string,
  { keptServices, newId, now }: { keptServices: string[]; newId: NewId; now: Date },
): Promise<void> {
  const { addresses, shared } = await addressesOf(sql, residentId);
  const conversations = await idsOf(
    sql,
    'SELECT id FROM conversations WHERE address_id = ANY ($1::uuid[])',
    addresses,
  );
  const cases = await casesToErase(sql, residentId, keptServices);
  const listings = await idsOf(sql, 'SELECT id FROM listings WHERE resident_id = ANY ($1::uuid[])', [
    residentId,
  ]);
  const files = await idsOf(
    sql,
    `SELECT f.id FROM attachments f LEFT JOIN cases c ON c.id = f.case_id
     WHERE f.state <> 'erased' AND (f.conversation_id = ANY ($1::uuid[]) OR f.case_id = ANY ($2::uuid[])
         OR f.listing_id = ANY ($3::uuid[]))
       AND (c.id IS NULL OR c.resident_id = $4 AND c.closed_at IS NOT NULL)
       AND (f.listing_id IS NULL OR f.listing_id = ANY ($3::uuid[]))
       AND NOT EXISTS (SELECT FROM form_values v WHERE v.attachment_id = f.id)
       -- What is being filled in where several share the chat may be another's.
       AND NOT EXISTS (SELECT FROM conversations k WHERE k.id = f.conversation_id
         AND k.address_id = ANY ($5::uuid[]) AND position(f.id::text IN k.session::text) > 0)`,
    conversations,
    cases,
    listings,
    residentId,
    [...shared],
  );
  await eraseCases(sql, cases);
  await sql.query(
    `DELETE FROM letter_drafts WHERE case_id IN (
       SELECT id FROM cases WHERE resident_id = $1 AND closed_at IS NOT NULL)`,
    [residentId],
  );
  await eraseListings(sql, listings, now);
  await eraseWords(sql, conversations, now);
  // What they asked to be reminded of tells of a child or a pregnancy.
  await sql.query(
    `DELETE FROM timers WHERE subject_kind = 'conversation' AND subject_id = ANY ($1::uuid[])
       AND kind IN ('immunisation_reminder', 'pregnancy_reminder')`,
    [conversations],
  );
  await sql.query(
    `UPDATE attachments SET state = 'erased', erased_at = $2, remote = NULL, name = NULL WHERE id = ANY ($1::uuid[])`,
    [files, now],
  );
  await rememberErased(sql, files, newId, now);
  await eraseForms(sql, await formsToErase(sql, residentId), newId, now);
  await forgetPerson(sql, residentId);
  // A draft that waits is nobody's any more; where several share the chat it may be another's.
  await sql.query(
    `UPDATE conversations SET session = '{}', private = NULL, version = version + 1, handed_over_at = NULL
     WHERE address_id = ANY ($1::uuid[])`,
    [addresses.filter((id) => !shared.has(id))],
  );
  // What is said from now on is no reply to what an officer wrote about them.
  await endHandOversWith(sql, residentId, addresses, now);
  for (const address of addresses) await partFrom(sql, address, residentId, { newId, now });
  await remember(sql, 'conversation', conversations, newId, now);
  await remember(sql, 'case', cases, newId, now);
  await remember(sql, 'listing', listings, newId, now);
  await remember(sql, 'resident', [residentId], newId, now);
}

/** Locks what an erasure will change of conversations: before any case is locked, as everybody does. */
export async function lockForErasure(sql: Sql, codes: string[], service: string): Promise<void> {
  await sql.query(
    `SELECT FROM conversations WHERE id IN (
       SELECT k.id FROM cases c JOIN addresses a ON a.resident_id = c.resident_id OR EXISTS (
           SELECT FROM address_profiles p WHERE p.address_id = a.id AND p.resident_id = c.resident_id)
         JOIN conversations k ON k.address_id = a.id
       WHERE c.code = ANY ($1::text[]) AND c.service = $2) ORDER BY id FOR NO KEY UPDATE`,
    [codes, service],
  );
}

/** The words of these cases, and of their history: the numbers stay. */
export async function eraseCases(sql: Sql, ids: string[]): Promise<void> {
  await sql.query(
    `UPDATE cases SET answers = '{}', private = NULL, last_words = NULL WHERE id = ANY ($1::uuid[])`,
    [ids],
  );
  await sql.query(
    `UPDATE case_events SET data = data - 'text' - 'attachments', sealed = NULL WHERE case_id = ANY ($1::uuid[])`,
    [ids],
  );
  await sql.query(
    `UPDATE notifications SET vars = vars - 'text' - 'resident' - 'for_whom' WHERE subject_id = ANY ($1::uuid[])
       OR subject_id IN (SELECT id FROM introductions WHERE case_id = ANY ($1::uuid[]))`,
    [ids],
  );
  await eraseTold(
    sql,
    `n.subject_id = ANY ($1::uuid[]) OR n.subject_id IN (SELECT id FROM introductions WHERE case_id = ANY ($1::uuid[]))`,
    [ids],
  );
  await eraseOnBoards(sql, ids);
  await sql.query('DELETE FROM beneficiaries WHERE case_id = ANY ($1::uuid[])', [ids]);
}

/** First names on boards of the village's officers (store/boards.ts): each change of a board was a row of its own. */
async function eraseOnBoards(sql: Sql, ids: string[]): Promise<void> {
  const chats = `SELECT DISTINCT v.id, c.code FROM cases c
    JOIN officer_roles r ON r.village_id = c.village_id
    JOIN addresses a ON a.officer_id = r.officer_id JOIN conversations v ON v.address_id = a.id
    WHERE c.id = ANY ($1::uuid[])`;
  await sql.query(
    `UPDATE inbound_messages i SET body = jsonb_build_object('kind', i.kind) FROM (${chats}) v
     WHERE i.conversation_id = v.id AND i.kind = 'internal' AND i.external_id LIKE 'board:%'
       AND i.handled_at IS NOT NULL AND position(v.code IN i.body::text) > 0`,
    [ids],
  );
  await sql.query(
    `UPDATE outbound_messages o SET body = '{"text": ""}' FROM (${chats}) v
     WHERE o.conversation_id = v.id AND o.body ->> 'slot' = 'board' AND o.state NOT IN ('pending', 'sending')
       AND position(v.code IN o.body ->> 'text') > 0`,
    [ids],
  );
}

/** What was written in these conversations up to then; what nobody handled or sent yet goes its way first. */
export async function eraseWords(sql: Sql, conversationIds: string[], until: Date): Promise<void> {
  await sql.query(
    `UPDATE inbound_messages SET body = jsonb_build_object('kind', kind), sealed_body = NULL
     WHERE conversation_id = ANY ($1::uuid[]) AND received_at <= $2
       AND (handled_at IS NOT NULL OR parked_at IS NOT NULL)`,
    [conversationIds, until],
  );
  await sql.query(
    `UPDATE outbound_messages SET body = '{"text": ""}'
     WHERE conversation_id = ANY ($1::uuid[]) AND created_at <= $2 AND state NOT IN ('pending', 'sending')`,
    [conversationIds, until],
  );
  await sql.query(
    `UPDATE notifications SET vars = vars - 'text' - 'resident' - 'files'
     WHERE subject_id = ANY ($1::uuid[]) AND created_at <= $2`,
    [conversationIds, until],
  );
  await eraseTold(sql, 'n.subject_id = ANY ($1::uuid[]) AND n.created_at <= $2', [conversationIds, until]);
  await sql.query(
    `UPDATE incidents SET detail = detail - 'text' WHERE conversation_id = ANY ($1::uuid[]) AND opened_at <= $2`,
    [conversationIds, until],
  );
}

/**
 * What officers were told of it in their own chats: the internal rows that notifications `n` became (told_at is when,
 * store/notifications.ts), and what was said for them in the same turn.
 */
async function eraseTold(sql: Sql, which: string, values: unknown[]): Promise<void> {
  await sql.query(
    `WITH told AS (
       SELECT i.seq, i.conversation_id, i.handled_at
       FROM notifications n JOIN addresses a ON a.officer_id = n.officer_id
         JOIN conversations c ON c.address_id = a.id
         JOIN inbound_messages i ON i.conversation_id = c.id AND i.kind = 'internal' AND i.received_at = n.told_at
       WHERE (${which}) AND i.handled_at IS NOT NULL AND ${IS_TOLD_BY('n', 'i')}),
     rows AS (
       UPDATE inbound_messages i SET body = jsonb_build_object('kind', i.kind) FROM told WHERE i.seq = told.seq)
     UPDATE outbound_messages o SET body = '{"text": ""}' FROM told
     WHERE o.conversation_id = told.conversation_id AND o.created_at = told.handled_at
       AND o.state NOT IN ('pending', 'sending')`,
    values,
  );
}

/** Off the market, with nothing that tells whose it was. */
export async function eraseListings(sql: Sql, ids: string[], at: Date): Promise<void> {
  await sql.query(
    `UPDATE listings SET status = CASE WHEN status IN ('waiting', 'published') THEN 'withdrawn' ELSE status END,
       closed_at = coalesce(closed_at, $2), title = '—', description = NULL, place = NULL, contact = NULL,
       seller = NULL, search_text = '' WHERE id = ANY ($1::uuid[])`,
    [ids, at],
  );
}

/** Who they are; of an open request the name stays until it is closed. */
export async function forgetPerson(sql: Sql, residentId: string): Promise<void> {
  await sql.query(
    `DELETE FROM register_matches m WHERE resident_id = $1 AND NOT EXISTS (
       SELECT FROM cases c WHERE c.id = m.case_id AND c.closed_at IS NULL)`,
    [residentId],
  );
  await sql.query(
    `UPDATE residents r SET name = NULL, register_id = NULL WHERE id = $1 AND NOT EXISTS (
       SELECT FROM cases c WHERE c.resident_id = r.id AND c.closed_at IS NULL)`,
    [residentId],
  );
}

async function addressesOf(
  sql: Sql,
  residentId: string,
): Promise<{ addresses: string[]; shared: Set<string> }> {
  const { rows } = await sql.query<{ id: string; isShared: boolean }>(
    `SELECT a.id, EXISTS (SELECT FROM address_profiles o WHERE o.address_id = a.id AND o.resident_id <> $1) AS "isShared"
     FROM addresses a WHERE a.resident_id = $1 OR EXISTS (
       SELECT FROM address_profiles p WHERE p.address_id = a.id AND p.resident_id = $1)
     ORDER BY a.id FOR NO KEY UPDATE OF a`,
    [residentId],
  );
  return {
    addresses: rows.map(({ id }) => id),
    shared: new Set(rows.filter(({ isShared }) => isShared).map(({ id }) => id)),
  };
}

async function casesToErase(sql: Sql, residentId: string, keptServices: string[]): Promise<string[]> {
  return await idsOf(
    sql,
    `SELECT id FROM cases WHERE resident_id = ANY ($1::uuid[]) AND closed_at IS NOT NULL AND service <> ALL ($2::text[])
     ORDER BY id FOR NO KEY UPDATE`,
    [residentId],
    keptServices,
  );
}

/** Forms that no open request needs. */
async function formsToErase(sql: Sql, residentId: string): Promise<string[]> {
  return await idsOf(
    sql,
    `SELECT id FROM forms f WHERE resident_id = ANY ($1::uuid[]) AND NOT EXISTS (
       SELECT FROM form_uses u JOIN cases c ON c.id = u.case_id WHERE u.form_id = f.id AND c.closed_at IS NULL)`,
    [residentId],
  );
}

/** The address begins anew; one that several share goes to whoever is left there. */
async function partFrom(
  sql: Sql,
  addressId: string,
  residentId: string,
  { newId, now }: { newId: NewId; now: Date },
): Promise<void> {
  await endLinksOf(sql, addressId, now);
  await sql.query(
    'UPDATE address_links SET ended_at = $2 WHERE to_address_id = $1 AND to_resident_id = $3 AND ended_at IS NULL',
    [addressId, now, residentId],
  );
  await sql.query('UPDATE addresses SET display_name = NULL WHERE id = $1', [addressId]);
  const others = (await loadProfiles(sql, [addressId])).filter((one) => one.residentId !== residentId);
  const next = others[0];
  if (next) {
    await deleteProfile(sql, addressId, residentId);
    await giveWord(sql, addressId, next.residentId, false, now);
    return;
  }
  const id = newId();
  await insertResident(sql, { id, name: null, like: residentId, withVillage: false });
  await startAnew(sql, addressId, id);
}

async function remember(sql: Sql, kind: string, ids: string[], newId: NewId, now: Date): Promise<void> {
  await sql.query(
    `INSERT INTO erasures (id, subject_kind, subject_id, at)
     SELECT id, $3, subject_id, $4 FROM unnest($1::uuid[], $2::text[]) AS e (id, subject_id)`,
    [ids.map(() => newId()), ids, kind, now],
  );
}

async function idsOf(sql: Sql, text: string, ...values: unknown[]): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(text, values);
  return rows.map(({ id }) => id);
}
