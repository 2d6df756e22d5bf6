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
 * subject, so that a restored backup forgets them again: what is done here to a subject is one of the functions below, which
 * store/erasures.ts calls as well.
 */
export async function eraseResident(
  sql: Sql,
  residentId: string,
  { keptServices, newId, now }: { keptServices: string[]; newId: NewId; now: Date },
): Promise<void> {
  const { addresses, shared } = await addressesOf(sql, residentId);
  const conversations = await conversationsAt(sql, addresses);
  const closed = await closedCases(sql, residentId);
  const cases = closed.filter(({ service }) => !keptServices.includes(service)).map(({ id }) => id);
  const workedOn = closed.map(({ id }) => id);
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
  await eraseCases(sql, cases, 'goes_first');
  await eraseWorkingPapers(sql, workedOn);
  await eraseListings(sql, listings, now, 'goes_first');
  await eraseWords(sql, conversations, now, 'goes_first');
  await eraseReminders(sql, conversations);
  await sql.query(
    `UPDATE attachments SET state = 'erased', erased_at = $2, remote = NULL, name = NULL WHERE id = ANY ($1::uuid[])`,
    [files, now],
  );
  await rememberErased(sql, files, newId, now);
  await eraseForms(sql, await formsToErase(sql, residentId), newId, now);
  const isNameless = await forgetPerson(sql, residentId, 'unless_open');
  // Where several share the chat what is being filled in may be another's.
  await eraseDrafts(
    sql,
    await conversationsAt(
      sql,
      addresses.filter((id) => !shared.has(id)),
    ),
  );
  // What is said from now on is no reply to what an officer wrote about them.
  await endHandOversWith(sql, residentId, addresses, now);
  const begun = await partFromAddresses(sql, residentId, addresses, { newId, now });
  await remember(sql, 'conversation', conversations, newId, now);
  await remember(sql, 'case', cases, newId, now);
  await remember(sql, 'working_papers', workedOn, newId, now);
  await remember(sql, 'listing', listings, newId, now);
  await remember(sql, 'address', begun, newId, now);
  await remember(sql, 'resident', [residentId], newId, now);
  if (isNameless) await remember(sql, 'name', [residentId], newId, now);
}

/** What is closed for so long is not opened again by an officer who pressed the wrong button. */
const SETTLED_MS = 24 * 3_600_000;

/**
 * Whoever was forgotten while a request of theirs was open: once nothing is, what stayed for it goes as the rest did. At most
 * `limit` persons; answers how many.
 */
export async function eraseWhatStayed(
  sql: Sql,
  context: { keptServices: string[]; newId: NewId; now: Date },
  limit: number,
): Promise<number> {
  const residents = await idsOf(
    sql,
    `SELECT r.id FROM residents r WHERE r.id::text IN (
         SELECT subject_id FROM erasures WHERE subject_kind = 'resident'
         EXCEPT SELECT subject_id FROM erasures WHERE subject_kind = 'name')
       AND NOT EXISTS (SELECT FROM cases c WHERE c.resident_id = r.id AND (c.closed_at IS NULL OR c.closed_at > $1))
     ORDER BY r.id LIMIT $2 FOR NO KEY UPDATE`,
    new Date(context.now.getTime() - SETTLED_MS),
    limit,
  );
  for (const id of residents) await eraseResident(sql, id, context);
  return residents.length;
}

/**
 * What becomes of a message that nobody handled yet: in life it goes its way first, and is erased by its age; in a
 * backup it was handled long since, and is dropped.
 */
export type Waiting = 'goes_first' | 'is_dropped';

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
export async function eraseCases(sql: Sql, ids: string[], waiting: Waiting): Promise<void> {
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
    waiting,
  );
  await eraseOnBoards(sql, ids, waiting);
  await sql.query('DELETE FROM beneficiaries WHERE case_id = ANY ($1::uuid[])', [ids]);
}

/** First names on boards of the village's officers (store/boards.ts): each change of a board was a row of its own. */
async function eraseOnBoards(sql: Sql, ids: string[], waiting: Waiting): Promise<void> {
  const chats = `SELECT DISTINCT v.id, c.code FROM cases c
    JOIN officer_roles r ON r.village_id = c.village_id
    JOIN addresses a ON a.officer_id = r.officer_id JOIN conversations v ON v.address_id = a.id
    WHERE c.id = ANY ($1::uuid[])`;
  await sql.query(
    `UPDATE inbound_messages i SET ${EMPTIED} FROM (${chats}) v
     WHERE i.conversation_id = v.id AND i.kind = 'internal' AND i.external_id LIKE 'board:%'
       AND (i.handled_at IS NOT NULL OR $2) AND position(v.code IN i.body::text) > 0`,
    [ids, waiting === 'is_dropped'],
  );
  await sql.query(
    `UPDATE outbound_messages o SET body = '{"text": ""}' FROM (${chats}) v
     WHERE o.conversation_id = v.id AND o.body ->> 'slot' = 'board' AND o.state NOT IN ('pending', 'sending')
       AND position(v.code IN o.body ->> 'text') > 0`,
    [ids],
  );
}

/** An inbound row `i` without its words; one that is dropped counts as handled. */
const EMPTIED = `body = jsonb_build_object('kind', i.kind), sealed_body = NULL,
  handled_at = coalesce(i.handled_at, CASE WHEN i.parked_at IS NULL THEN i.received_at END)`;

/** What was written in these conversations up to then. */
export async function eraseWords(
  sql: Sql,
  conversationIds: string[],
  until: Date,
  waiting: Waiting,
): Promise<void> {
  await sql.query(
    `UPDATE inbound_messages i SET ${EMPTIED}
     WHERE conversation_id = ANY ($1::uuid[]) AND received_at <= $2
       AND (handled_at IS NOT NULL OR parked_at IS NOT NULL OR $3)`,
    [conversationIds, until, waiting === 'is_dropped'],
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
  await eraseTold(
    sql,
    'n.subject_id = ANY ($1::uuid[]) AND n.created_at <= $2',
    [conversationIds, until],
    waiting,
  );
  await sql.query(
    `UPDATE incidents SET detail = detail - 'text' WHERE conversation_id = ANY ($1::uuid[]) AND opened_at <= $2`,
    [conversationIds, until],
  );
}

/**
 * What officers were told of it in their own chats: the internal rows that notifications `n` became (told_at is when,
 * store/notifications.ts), and what was said for them in the same turn.
 */
async function eraseTold(sql: Sql, which: string, values: unknown[], waiting: Waiting): Promise<void> {
  await sql.query(
    `WITH told AS (
       SELECT i.seq, i.conversation_id, i.handled_at
       FROM notifications n JOIN addresses a ON a.officer_id = n.officer_id
         JOIN conversations c ON c.address_id = a.id
         JOIN inbound_messages i ON i.conversation_id = c.id AND i.kind = 'internal' AND i.received_at = n.told_at
       WHERE (${which}) AND (i.handled_at IS NOT NULL OR ${String(waiting === 'is_dropped')})
         AND ${IS_TOLD_BY('n', 'i')}),
     rows AS (
       UPDATE inbound_messages i SET ${EMPTIED} FROM told WHERE i.seq = told.seq)
     UPDATE outbound_messages o SET body = '{"text": ""}' FROM told
     WHERE o.conversation_id = told.conversation_id AND o.created_at = told.handled_at
       AND o.state NOT IN ('pending', 'sending')`,
    values,
  );
}

/** Off the market, with nothing that tells whose it was. */
export async function eraseListings(sql: Sql, ids: string[], at: Date, waiting: Waiting): Promise<void> {
  await sql.query(
    `UPDATE listings SET status = CASE WHEN status IN ('waiting', 'published') THEN 'withdrawn' ELSE status END,
       closed_at = coalesce(closed_at, $2), title = '—', description = NULL, place = NULL, contact = NULL,
       seller = NULL, search_text = '' WHERE id = ANY ($1::uuid[])`,
    [ids, at],
  );
  await sql.query(
    `UPDATE notifications SET vars = vars || '{"title": "—", "seller": null, "photo": null, "photos": []}'
     WHERE kind = 'officer-listing' AND subject_id = ANY ($1::uuid[])`,
    [ids],
  );
  await eraseTold(sql, 'n.subject_id = ANY ($1::uuid[])', [ids], waiting);
}

/** What closed cases were worked on with: what was typed for a letter, and whom the register was asked for. */
export async function eraseWorkingPapers(sql: Sql, caseIds: string[]): Promise<void> {
  await sql.query('DELETE FROM letter_drafts WHERE case_id = ANY ($1::uuid[])', [caseIds]);
  await sql.query('DELETE FROM register_matches WHERE case_id = ANY ($1::uuid[])', [caseIds]);
}

/** What these conversations asked to be reminded of tells of a child or a pregnancy. */
export async function eraseReminders(sql: Sql, conversationIds: string[]): Promise<void> {
  await sql.query(
    `DELETE FROM timers WHERE subject_kind = 'conversation' AND subject_id = ANY ($1::uuid[])
       AND kind IN ('immunisation_reminder', 'pregnancy_reminder')`,
    [conversationIds],
  );
}

/** A draft that waits is nobody's any more. */
export async function eraseDrafts(sql: Sql, conversationIds: string[]): Promise<void> {
  await sql.query(
    `UPDATE conversations SET session = '{}', private = NULL, version = version + 1, handed_over_at = NULL
     WHERE id = ANY ($1::uuid[])`,
    [conversationIds],
  );
}

/**
 * Who they are. 'unless_open': of an open request it stays until that is closed. Answers whether the name is gone.
 */
export async function forgetPerson(
  sql: Sql,
  residentId: string,
  when: 'unless_open' | 'always',
): Promise<boolean> {
  await sql.query(
    `DELETE FROM register_matches m WHERE resident_id = $1 AND ($2 OR NOT EXISTS (
       SELECT FROM cases c WHERE c.id = m.case_id AND c.closed_at IS NULL))`,
    [residentId, when === 'always'],
  );
  const { rowCount } = await sql.query(
    `UPDATE residents r SET name = NULL, register_id = NULL WHERE id = $1 AND ($2 OR NOT EXISTS (
       SELECT FROM cases c WHERE c.resident_id = r.id AND c.closed_at IS NULL))`,
    [residentId, when === 'always'],
  );
  return rowCount === 1;
}

/** All addresses of a person, as `partFromAddresses` needs them. */
export async function partFromAllAddresses(
  sql: Sql,
  residentId: string,
  context: { newId: NewId; now: Date },
): Promise<void> {
  const { addresses } = await addressesOf(sql, residentId);
  await partFromAddresses(sql, residentId, addresses, context);
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

async function conversationsAt(sql: Sql, addressIds: string[]): Promise<string[]> {
  return await idsOf(sql, 'SELECT id FROM conversations WHERE address_id = ANY ($1::uuid[])', addressIds);
}

async function closedCases(sql: Sql, residentId: string): Promise<{ id: string; service: string }[]> {
  const { rows } = await sql.query<{ id: string; service: string }>(
    `SELECT id, service FROM cases WHERE resident_id = $1 AND closed_at IS NOT NULL
     ORDER BY id FOR NO KEY UPDATE`,
    [residentId],
  );
  return rows;
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

/** Addresses begin anew; one that several share goes to whoever is left there. Answers those that began anew. */
async function partFromAddresses(
  sql: Sql,
  residentId: string,
  addressIds: string[],
  { newId, now }: { newId: NewId; now: Date },
): Promise<string[]> {
  const begun: string[] = [];
  for (const addressId of addressIds) {
    const others = (await loadProfiles(sql, [addressId])).filter((one) => one.residentId !== residentId);
    const next = others[0];
    if (!next) {
      await beginAnew(sql, addressId, { newId, now });
      begun.push(addressId);
      continue;
    }
    await endLinksAt(sql, addressId, residentId, now);
    await sql.query('UPDATE addresses SET display_name = NULL WHERE id = $1', [addressId]);
    await deleteProfile(sql, addressId, residentId);
    await giveWord(sql, addressId, next.residentId, false, now);
  }
  return begun;
}

/** An address is somebody's of whom nothing is known but the language; nothing where there is no such address. */
export async function beginAnew(
  sql: Sql,
  addressId: string,
  { newId, now }: { newId: NewId; now: Date },
): Promise<void> {
  const { rows } = await sql.query<{ residentId: string }>(
    'UPDATE addresses SET display_name = NULL WHERE id = $1 RETURNING resident_id AS "residentId"',
    [addressId],
  );
  const was = rows[0];
  if (!was) return;
  await endLinksAt(sql, addressId, was.residentId, now);
  const id = newId();
  await insertResident(sql, { id, name: null, like: was.residentId, withVillage: false });
  await startAnew(sql, addressId, id);
}

/** Ends the links by which an address joined others, and those by which others joined this person there. */
async function endLinksAt(sql: Sql, addressId: string, residentId: string, now: Date): Promise<void> {
  await endLinksOf(sql, addressId, now);
  await sql.query(
    'UPDATE address_links SET ended_at = $2 WHERE to_address_id = $1 AND to_resident_id = $3 AND ended_at IS NULL',
    [addressId, now, residentId],
  );
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
