import type { NewId } from '../core/ports.js';
import { insertAudit } from './audit.js';
import { insertInternal } from './inbound.js';
import type { InternalRow } from './inbound.js';
import { linkOfficers, markDecided } from './invites.js';
import type { LockedInvite } from './invites.js';
import type { Sql } from './sql.js';

/**
 * Carries out what was said about invites that were accepted and wait: links the officers or refuses, and tells
 * those who wait (`officer-invite-done`). `by` null: at the command line. Wake converse and notify after the commit.
 */
export async function settleInvites(
  sql: Sql,
  decided: { invite: LockedInvite; accept: boolean; by: string | null }[],
  newId: NewId,
  now: Date,
): Promise<void> {
  if (decided.length === 0) return;
  await markDecided(
    sql,
    decided.map(({ invite, accept }) => ({ id: invite.id, accept })),
    now,
  );
  const linked = decided.filter(({ accept }) => accept).map(({ invite }) => invite);
  await linkOfficers(
    sql,
    linked.map((invite) => ({
      officerId: invite.officerId,
      addressId: invite.addressId!,
      phone: invite.phone,
    })),
    now,
  );
  await insertInternal(sql, await doneRows(sql, decided), now);
  await insertAudit(
    sql,
    decided.map(({ invite, accept, by }) => ({
      officerId: by,
      action: accept ? 'invite_confirmed' : 'invite_refused',
      subjectKind: 'invite',
      subjectId: invite.id,
      data: { officer: invite.officerId },
    })),
    newId,
    now,
  );
}

async function doneRows(
  sql: Sql,
  decided: { invite: LockedInvite; accept: boolean }[],
): Promise<InternalRow[]> {
  const { rows } = await sql.query<{ addressId: string; conversationId: string }>(
    `SELECT DISTINCT ON (address_id) address_id AS "addressId", id AS "conversationId" FROM conversations
     WHERE address_id = ANY ($1::uuid[]) ORDER BY address_id, last_inbound_at DESC NULLS LAST`,
    [decided.map(({ invite }) => invite.addressId)],
  );
  const byAddress = new Map(rows.map((row) => [row.addressId, row.conversationId]));
  return decided.flatMap(({ invite, accept }) => {
    const conversationId = byAddress.get(invite.addressId!);
    if (!conversationId) return [];
    const vars = { invite: invite.id, accepted: accept, name: invite.officerName, village: invite.village };
    return [{ conversationId, externalId: `invite:${invite.id}`, flow: 'officer-invite-done', vars }];
  });
}
