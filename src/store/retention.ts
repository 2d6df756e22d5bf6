import type { NewId } from '../core/ports.js';
import { rememberErased } from './attachments.js';
import { eraseForms, formsToErase } from './forms.js';
import { endSilentOfficerChats } from './linkedOfficers.js';
import type { Sql } from './sql.js';

/** How long what people wrote and sent is kept, in days. A case and its register stay. */
export const KEPT_DAYS = {
  /** A draft that nobody goes on with: its flow clears the answers, this the files. */
  draft: 7,
  /** An uploaded register that nobody took over: its rows. */
  registerFile: 1,
  /** The words of a chat. */
  chat: 90,
  /** Files of a case, from its closing. */
  caseFiles: 30,
  codeAttempts: 2,
  /** What an officer's board once showed, and was replaced. */
  boards: 7,
  /** What platforms reported of messages: failures come within days. */
  reports: 30,
  /** Timers that ran, notifications that were told. */
  done: 90,
} as const;

export interface Erased {
  files: number;
  messages: number;
  rows: number;
}

/** Any number: one erases at a time. */
const LOCK = 7_204_113_529;
const LIMIT = 2_000;

/**
 * Erases what has been kept long enough, in the caller's transaction, at most `limit` of each kind, and ends what an
 * officer's chat may do after a long silence: call again while it answers more than nothing. Null where another is at it.
 */
export async function eraseOld(
  sql: Sql,
  { now, newId }: { now: Date; newId: NewId },
  limit = LIMIT,
): Promise<Erased | null> {
  const { rows } = await sql.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [LOCK]);
  if (!rows[0]!.mine) return null;
  const before = (days: number) => new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
  const files = [
    ...(await eraseDraftFiles(sql, before(KEPT_DAYS.draft), now, limit)),
    ...(await eraseCaseFiles(sql, before(KEPT_DAYS.caseFiles), now, limit)),
  ];
  await rememberErased(sql, files, newId, now);
  const closedBefore = before(KEPT_DAYS.caseFiles);
  const forms = await eraseForms(sql, await formsToErase(sql, { now, closedBefore }, limit), newId, now);
  const messages =
    (await blank(sql, INBOUND, before(KEPT_DAYS.chat), limit)) +
    (await blank(sql, OUTBOUND, before(KEPT_DAYS.chat), limit));
  await sql.query(`UPDATE incidents SET detail = detail - 'text' WHERE opened_at < $1 AND detail ? 'text'`, [
    before(KEPT_DAYS.chat),
  ]);
  let gone = forms + (await endSilentOfficerChats(sql, null, { now, newId }));
  for (const messages of BOARDS) gone += await deleteReplaced(sql, messages, before(KEPT_DAYS.boards), limit);
  for (const [text, days] of DELETED) gone += (await sql.query(text, [before(days), limit])).rowCount ?? 0;
  return { files: files.length, messages, rows: gone };
}

const ERASE = `UPDATE attachments SET state = 'erased', erased_at = $2, remote = NULL, name = NULL`;

/** Those of a form go with it. Files that belong to nothing, and that no session speaks of: of a draft that was given up, or never asked for. */
async function eraseDraftFiles(sql: Sql, before: Date, now: Date, limit: number): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `${ERASE} WHERE id IN (
       SELECT a.id FROM attachments a LEFT JOIN conversations c ON c.id = a.conversation_id
       WHERE a.case_id IS NULL AND a.listing_id IS NULL AND a.state IN ('waiting', 'stored') AND a.created_at < $1
         AND (c.id IS NULL OR position(a.id::text IN c.session::text) = 0)
         AND NOT EXISTS (SELECT FROM form_values v WHERE v.attachment_id = a.id)
         -- The register of letters is kept by the rules of archives, and its files with it.
         AND NOT EXISTS (SELECT FROM letters l WHERE l.attachment_id = a.id)
       ORDER BY a.created_at LIMIT $3)
     RETURNING id`,
    [before, now, limit],
  );
  return rows.map((row) => row.id);
}

async function eraseCaseFiles(sql: Sql, before: Date, now: Date, limit: number): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `${ERASE} WHERE id IN (
       SELECT a.id FROM attachments a JOIN cases c ON c.id = a.case_id
       WHERE c.closed_at < $1 AND a.state IN ('waiting', 'stored')
         AND NOT EXISTS (SELECT FROM form_values v WHERE v.attachment_id = a.id) ORDER BY c.closed_at LIMIT $3)
     RETURNING id`,
    [before, now, limit],
  );
  return rows.map((row) => row.id);
}

/** A table of messages: how far it was gone through is remembered by its `seq`, so that no run begins at the beginning. */
interface Messages {
  mark: string;
  /** The oldest that were not gone through yet, from `seq` $1. */
  next: string;
  /** What is done to those after `seq` $1, up to $2. */
  work: string;
}

const NEXT_INBOUND = `SELECT seq, received_at AS at, handled_at IS NULL AND parked_at IS NULL AS "isWaiting"
  FROM inbound_messages WHERE seq > $1 ORDER BY seq LIMIT $2`;
const NEXT_OUTBOUND = `SELECT seq, created_at AS at, state IN ('pending', 'sending') AS "isWaiting"
  FROM outbound_messages WHERE seq > $1 ORDER BY seq LIMIT $2`;

const INBOUND: Messages = {
  mark: 'blanked_inbound',
  next: NEXT_INBOUND,
  work: `UPDATE inbound_messages SET body = jsonb_build_object('kind', kind), sealed_body = NULL
    WHERE seq > $1 AND seq <= $2`,
};

const OUTBOUND: Messages = {
  mark: 'blanked_outbound',
  next: NEXT_OUTBOUND,
  // A message without words is still a message to whoever reads the row.
  work: `UPDATE outbound_messages SET body = '{"text": ""}' WHERE seq > $1 AND seq <= $2`,
};

/**
 * An officer's board is changed in place, and each change is a row on its way in and one on its way out: a tenth of all rows.
 * What was replaced says nothing to anybody; what a chat shows now stays.
 */
const BOARDS: readonly Messages[] = [
  {
    mark: 'boards_inbound',
    next: NEXT_INBOUND,
    work: `DELETE FROM inbound_messages WHERE seq > $1 AND seq <= $2 AND kind = 'internal'
      AND body->>'flow' = 'officer-board'`,
  },
  {
    mark: 'boards_outbound',
    next: NEXT_OUTBOUND,
    work: `DELETE FROM outbound_messages m WHERE seq > $1 AND seq <= $2 AND body->>'slot' = 'board'
      AND EXISTS (SELECT FROM outbound_messages later WHERE later.conversation_id = m.conversation_id
        AND later.seq > m.seq AND later.body->>'slot' = 'board' AND later.state = 'sent')`,
  },
];
/** So many stretches of messages without a board are passed over in one transaction. */
const MOST_STRETCHES = 50;

async function deleteReplaced(sql: Sql, messages: Messages, before: Date, limit: number): Promise<number> {
  for (let n = 0; n < MOST_STRETCHES; n++) {
    const { seen, changed } = await goThrough(sql, messages, before, limit);
    if (seen < limit || changed > 0) return changed;
  }
  return 0;
}

async function blank(sql: Sql, messages: Messages, before: Date, limit: number): Promise<number> {
  return (await goThrough(sql, messages, before, limit)).seen;
}

/** Works on the next stretch of messages: how many it had, and how many rows were changed. */
async function goThrough(
  sql: Sql,
  messages: Messages,
  before: Date,
  limit: number,
): Promise<{ seen: number; changed: number }> {
  const { rows: marks } = await sql.query<{ seq: number }>(
    `SELECT (value #>> '{}')::bigint AS seq FROM settings WHERE name = $1`,
    [messages.mark],
  );
  const from = marks[0]?.seq ?? 0;
  const { rows } = await sql.query<{ seq: number; at: Date; isWaiting: boolean }>(messages.next, [
    from,
    limit,
  ]);
  // What still waits holds back what came after it: nothing is passed over for ever.
  const end = rows.findIndex((row) => row.at >= before || row.isWaiting);
  const old = end < 0 ? rows : rows.slice(0, end);
  if (old.length === 0) return { seen: 0, changed: 0 };
  const to = old.at(-1)!.seq;
  const { rowCount } = await sql.query(messages.work, [from, to]);
  await sql.query(
    `INSERT INTO settings (name, value) VALUES ($1, to_jsonb($2::bigint))
     ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value`,
    [messages.mark, to],
  );
  return { seen: old.length, changed: rowCount ?? 0 };
}

/** What is deleted whole: older than $1, at most $2. */
const DELETED: [text: string, days: number][] = [
  // What was typed for a letter stands in it, once it is issued.
  [
    `DELETE FROM letter_drafts WHERE case_id IN (SELECT d.case_id FROM letter_drafts d JOIN cases c ON c.id = d.case_id
       WHERE c.closed_at < $1 LIMIT $2)`,
    KEPT_DAYS.caseFiles,
  ],
  [
    `DELETE FROM register_chunks WHERE id IN (SELECT c.id FROM register_chunks c
       JOIN register_imports i ON i.id = c.import_id WHERE i.created_at < $1 LIMIT $2)`,
    KEPT_DAYS.registerFile,
  ],
  [
    `DELETE FROM register_matches WHERE id IN
       (SELECT id FROM register_matches WHERE case_id IS NULL AND created_at < $1 LIMIT $2)`,
    KEPT_DAYS.draft,
  ],
  [
    `DELETE FROM introductions WHERE id IN
       (SELECT id FROM introductions WHERE case_id IS NULL AND created_at < $1 LIMIT $2)`,
    KEPT_DAYS.draft,
  ],
  [
    'DELETE FROM code_attempts WHERE id IN (SELECT id FROM code_attempts WHERE at < $1 ORDER BY at LIMIT $2)',
    KEPT_DAYS.codeAttempts,
  ],
  [
    `DELETE FROM sent_messages WHERE (line_id, external_id) IN
       (SELECT line_id, external_id FROM sent_messages WHERE at < $1 ORDER BY at LIMIT $2)`,
    KEPT_DAYS.reports,
  ],
  [
    'DELETE FROM sign_pages WHERE id IN (SELECT id FROM sign_pages WHERE expires_at < $1 LIMIT $2)',
    KEPT_DAYS.codeAttempts,
  ],
  [
    `DELETE FROM link_codes WHERE id IN (SELECT id FROM link_codes c WHERE expires_at < $1
       AND NOT EXISTS (SELECT FROM address_links l WHERE l.code_id = c.id) LIMIT $2)`,
    KEPT_DAYS.codeAttempts,
  ],
  [
    `DELETE FROM hand_overs WHERE id IN (SELECT id FROM hand_overs WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)`,
    KEPT_DAYS.done,
  ],
  // A keypad is over long before; a board is sent anew each morning.
  [
    `DELETE FROM message_slots WHERE (line_id, chat_id, slot) IN (
       SELECT line_id, chat_id, slot FROM message_slots WHERE noted_at < $1 ORDER BY noted_at LIMIT $2)`,
    KEPT_DAYS.reports,
  ],
  ['DELETE FROM timers WHERE id IN (SELECT id FROM timers WHERE done_at < $1 LIMIT $2)', KEPT_DAYS.done],
  [
    'DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE told_at < $1 LIMIT $2)',
    KEPT_DAYS.done,
  ],
];
