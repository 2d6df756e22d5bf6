import { createHash } from 'node:crypto';
import { boardOf, nextDue, type BoardCase } from '../core/board.js';
import { OUTSIDERS, type VillageOfficer } from '../core/handlers.js';
import { nextMorning } from '../core/pace.js';
import type { Service } from '../core/service.js';
import type { WorkingHours } from '../core/workingTime.js';
import { isOpen, SEALED_TO, sealedToOf, shownName, type SealedColumns } from './cases.js';
import { loadActingOfficers } from './delegations.js';
import { insertInternal } from './inbound.js';
import { loadOfficeHours } from './officeHours.js';
import { OFFICER_CHAT } from './officerChats.js';
import type { Sql } from './sql.js';

/** Any number: one brings boards up to date at a time. */
const LOCK = 7_204_113_530;
/** Boards that one call brings up to date. */
const BATCH = 100;
/** A board changes at most once in so many seconds: a chat that changes all the time is read by nobody. */
const REST_SECONDS = 10;
/** Of a village's open cases the oldest so many are looked at. */
const MOST_CASES = 1_000;

/** A board that is due: it rests no longer, and something or the clock changed it. $1: now. */
const IS_DUE = `(b.shown_at IS NULL OR b.shown_at <= $1::timestamptz - interval '${REST_SECONDS} seconds')
  AND (b.wanted_at IS NOT NULL OR b.look_at <= $1)`;

/** Whether some board is to be brought up to date. */
export async function hasBoardsDue(sql: Sql, now: Date): Promise<boolean> {
  const { rows } = await sql.query<{ is: boolean }>(
    `SELECT EXISTS (SELECT FROM board_wishes) OR EXISTS (SELECT FROM officer_boards b WHERE ${IS_DUE}) AS is`,
    [now],
  );
  return rows[0]!.is;
}

interface DueBoard {
  officerId: string;
  conversationId: string;
  shown: string | null;
  renewAt: Date | null;
  isOver: boolean;
  villages: string[];
  from: string;
  until: string;
}

/**
 * Brings boards up to date, in the caller's transaction: those of villages in which something changed, and those that
 * time changed. What a board then shows goes to its officer's conversation as an internal row of the flow `officer-board`,
 * which changes the message in place; on each working morning it is sent anew. One that shows what it showed says
 * nothing. A board whose officer no longer has one is ended. Answers how many were looked at (call again where it is
 * `BATCH`), and whether converse is to be woken; null where another is at it.
 */
export async function refreshBoards(
  sql: Sql,
  { now, services }: { now: Date; services: { [id: string]: Service } },
): Promise<{ seen: number; told: number; isFull: boolean } | null> {
  const { rows: lock } = await sql.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
    LOCK,
  ]);
  if (!lock[0]!.mine) return null;
  await takeWishes(sql, now);
  const boards = await loadDue(sql, now);
  if (boards.length === 0) return { seen: 0, told: 0, isFull: false };
  const over = boards.filter(({ isOver }) => isOver);
  let told = await endBoards(
    sql,
    over.map(({ officerId }) => officerId),
    now,
  );
  const live = boards.filter(({ isOver }) => !isOver);
  const villages = live.flatMap((board) => board.villages);
  const [officers, hours, cases] = [
    await loadActingOfficers(sql, villages, now),
    await loadOfficeHours(sql, villages),
    await loadBoardCases(sql, villages),
  ];
  const next = live.map((board) => shownNext(board, { officers, hours, cases, services, now }));
  const changed = next.filter(({ vars }) => vars !== null);
  await insertInternal(
    sql,
    changed.map(({ board, vars }) => ({
      conversationId: board.conversationId,
      externalId: `board:${board.officerId}:${now.getTime()}`,
      flow: 'officer-board',
      vars: vars!,
    })),
    now,
  );
  told += changed.length;
  await sql.query(
    `UPDATE officer_boards b SET wanted_at = NULL, look_at = n.look_at,
       shown = coalesce(n.shown, b.shown), renew_at = coalesce(n.renew_at, b.renew_at),
       shown_at = CASE WHEN n.shown IS NULL THEN b.shown_at ELSE $1::timestamptz END
     FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[]) AS n (officer_id, shown, renew_at, look_at)
     WHERE b.officer_id = n.officer_id`,
    [
      now,
      next.map(({ board }) => board.officerId),
      next.map(({ shown }) => shown),
      next.map(({ renewAt }) => renewAt),
      next.map(({ lookAt }) => lookAt),
    ],
  );
  return { seen: boards.length, told, isFull: boards.length === BATCH };
}

/** An officer who wants a board, and has a chat that can show one, gets it. */
export async function wishBoardOf(sql: Sql, officerId: string, now: Date): Promise<void> {
  await sql.query(`${WANT} WHERE o.id = $2 ${WANTED}`, [now, officerId]);
}

/**
 * These officers have no board any more: what stands in their chats loses its words and buttons. Answers how many there
 * were; wake converse.
 */
export async function endBoards(sql: Sql, officerIds: string[], now: Date): Promise<number> {
  if (officerIds.length === 0) return 0;
  const { rows } = await sql.query<{ officerId: string; conversationId: string; shown: string | null }>(
    `DELETE FROM officer_boards WHERE officer_id = ANY ($1::uuid[])
     RETURNING officer_id AS "officerId", conversation_id AS "conversationId", shown`,
    [officerIds],
  );
  const seen = rows.filter(({ shown }) => shown !== null);
  await insertInternal(
    sql,
    seen.map(({ officerId, conversationId }) => ({
      conversationId,
      externalId: `board-end:${officerId}:${now.getTime()}`,
      flow: 'officer-board-end',
      vars: {},
    })),
    now,
  );
  return seen.length;
}

/** Officers with a chat that can show a board, and who want one; $1: now. */
const WANT = `INSERT INTO officer_boards (officer_id, conversation_id, wanted_at)
  SELECT o.id, chat.id, $1 FROM officers o CROSS JOIN LATERAL (${OFFICER_CHAT('o.id')}) chat`;
/** Another chat than before has a new board. */
const WANTED = `AND o.is_active AND o.pace = 'board' AND chat."canEdit"
  ON CONFLICT (officer_id) DO UPDATE SET wanted_at = coalesce(officer_boards.wanted_at, excluded.wanted_at)`;

async function takeWishes(sql: Sql, now: Date): Promise<void> {
  const { rows } = await sql.query<{ id: string }>('DELETE FROM board_wishes RETURNING village_id AS id');
  if (rows.length === 0) return;
  await sql.query(
    `${WANT} WHERE o.id IN (SELECT r.officer_id FROM officer_roles r
       WHERE r.village_id = ANY ($2::text[]) AND r.role <> ALL ($3)) ${WANTED}`,
    [now, [...new Set(rows.map(({ id }) => id))], OUTSIDERS],
  );
}

/** One whose line is down waits as it is. */
async function loadDue(sql: Sql, now: Date): Promise<DueBoard[]> {
  const { rows } = await sql.query<DueBoard>(
    `SELECT b.officer_id AS "officerId", b.conversation_id AS "conversationId", b.shown, b.renew_at AS "renewAt",
       (NOT o.is_active OR o.pace <> 'board' OR chat.id IS DISTINCT FROM b.conversation_id) AS "isOver",
       ARRAY(SELECT DISTINCT r.village_id FROM officer_roles r
         WHERE r.officer_id = o.id AND r.village_id IS NOT NULL ORDER BY 1) AS villages,
       o.quiet_from::text AS from, o.quiet_until::text AS until
     FROM officer_boards b JOIN officers o ON o.id = b.officer_id
     LEFT JOIN LATERAL (${OFFICER_CHAT('o.id')}) chat ON true
     WHERE ${IS_DUE} AND chat."isDown" IS NOT TRUE
     ORDER BY coalesce(b.wanted_at, b.look_at), b.officer_id LIMIT ${BATCH}`,
    [now],
  );
  return rows;
}

/** The open cases of these villages, as boards read them, by village. */
export async function loadBoardCases(sql: Sql, villageIds: string[]): Promise<Map<string, BoardCase[]>> {
  const { rows } = await sql.query<Omit<BoardCase, 'sealedTo'> & SealedColumns>(
    `SELECT q.* FROM unnest($1::text[]) AS v (id) CROSS JOIN LATERAL (
       SELECT c.id, c.code, c.village_id AS "villageId", c.service, c.status, c.step, ${shownName('c', 'r')} AS "residentName",
         c.is_confidential AS "isConfidential", c.is_urgent AS "isUrgent", ${SEALED_TO}, c.officer_id AS "officerId",
         c.assigned_id AS "assignedId", c.opened_at AS "openedAt", c.due_at AS "dueAt"
       FROM cases c JOIN residents r ON r.id = c.resident_id
       WHERE c.village_id = v.id AND ${isOpen('c.status')} ORDER BY c.opened_at LIMIT ${MOST_CASES}
     ) q`,
    [[...new Set(villageIds)]],
  );
  const byVillage = new Map<string, BoardCase[]>();
  for (const row of rows) {
    const one = { ...row, sealedTo: sealedToOf(row) };
    byVillage.set(row.villageId, [...(byVillage.get(row.villageId) ?? []), one]);
  }
  return byVillage;
}

interface Known {
  officers: Map<string, VillageOfficer[]>;
  hours: Map<string, WorkingHours>;
  cases: Map<string, BoardCase[]>;
  services: { [id: string]: Service };
  now: Date;
}

/** What a board shows next; no `vars`: nothing is said. An empty board does not come anew, nor a first time. */
function shownNext(board: DueBoard, { officers, hours, cases, services, now }: Known) {
  const mine = board.villages.flatMap((village) => cases.get(village) ?? []);
  const self: VillageOfficer = { id: board.officerId, name: '', roles: [], isKeeper: false };
  const { cases: lines, ...counts } = boardOf(self, mine, officers, services, now);
  const shown = createHash('sha256')
    .update(JSON.stringify([counts, lines]))
    .digest('base64');
  const isMorning = board.renewAt === null || board.renewAt <= now;
  const anew = isMorning && counts.count > 0;
  const says = anew || (shown !== board.shown && board.shown !== null);
  const office = hours.get(board.villages[0] ?? '') ?? {
    zone: 'Asia/Jakarta',
    spans: [],
    holidays: new Set<string>(),
  };
  const quiet = { from: board.from, until: board.until };
  const morning = nextMorning({ quiet, hours: office }, now);
  const due = nextDue(mine, now);
  return {
    board,
    vars: says ? { anew, ...counts, cases: lines } : null,
    shown: says ? shown : null,
    renewAt: anew ? morning : null,
    lookAt: due !== null && due < morning ? due : morning,
  };
}
