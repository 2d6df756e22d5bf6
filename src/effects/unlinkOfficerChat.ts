import { isGuarded } from '../core/accounts.js';
import type { OfficerRole } from '../core/asker.js';
import type { EffectResults } from '../core/effect.js';
import { insertAudit } from '../store/audit.js';
import { tellOfGuarded } from '../store/officerAccounts.js';
import { endOfficerChats, tellInEndedChats, villagesLed } from '../store/officerChatEnds.js';
import { isManagedIn } from '../store/officerScope.js';
import type { Sql } from '../store/sql.js';
import type { Applier } from './applier.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/**
 * A head of the village takes an officer's chats away, in one tap: the phone is lost, or somebody else has it. The chat is
 * told nothing more and can do nothing; its board loses its words and buttons. The officer is invited anew. Audited. Where
 * it is the chat of a head or a keeper, in which they hear what is done to their account, that it ended is told there, and
 * to whoever holds as much.
 */
export const unlinkOfficerChat: Applier<'unlink_officer_chat'> = async (sql, requests, context) => {
  const { now, newId, nudges } = context;
  const results: EffectResults['unlink_officer_chat'][] = [];
  for (const { asker, effect } of requests) {
    const led = villagesLed(asker.officer);
    if (!asker.officer || (led !== null && led.length === 0)) {
      results.push({ outcome: 'not_allowed', name: null, chats: 0 });
      continue;
    }
    const officer = UUID.test(effect.officer) ? await lock(sql, effect.officer, led) : null;
    if (!officer) {
      results.push({ outcome: 'not_found', name: null, chats: 0 });
      continue;
    }
    const { count: chats, conversations } = await endOfficerChats(sql, officer.id, now);
    if (chats > 0) {
      await insertAudit(
        sql,
        [
          {
            officerId: asker.officer.id,
            action: 'officer.chat_revoked',
            subjectKind: 'officer',
            subjectId: officer.id,
            data: { chats, by: asker.platform },
          },
        ],
        newId,
        now,
      );
      const role = officer.roles.find((held) => isGuarded(held.role))?.role;
      if (role) {
        const { name: by } = asker.officer;
        await tellInEndedChats(sql, conversations, { by, role }, newId, now);
        await tellOfGuarded(sql, officer, officer.roles, 'chat_ended', asker.officer, { newId, now });
        nudges.notify = true;
      }
    }
    nudges.converse ||= chats > 0;
    results.push({ outcome: chats > 0 ? 'done' : 'none', name: officer.name, chats });
  }
  return results;
};

/** The officer, where they serve in these villages alone (null: anywhere). */
async function lock(sql: Sql, id: string, villages: string[] | null): Promise<Locked | null> {
  const { rows } = await sql.query<{ id: string; name: string }>(
    `SELECT o.id, o.name FROM officers o WHERE o.id = $1 AND ${isManagedIn('$2', 'o.id')}
     FOR NO KEY UPDATE`,
    [id, villages],
  );
  const officer = rows[0];
  if (!officer) return null;
  const { rows: roles } = await sql.query<OfficerRole>(
    'SELECT role, village_id AS village FROM officer_roles WHERE officer_id = $1 ORDER BY id',
    [id],
  );
  return { ...officer, roles };
}

interface Locked {
  id: string;
  name: string;
  roles: OfficerRole[];
}
