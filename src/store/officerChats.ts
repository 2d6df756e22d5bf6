import { CHANNEL_LIMITS } from '../core/limits.js';
import { SIMULATOR_LINES } from '../core/simulator.js';

/**
 * The chat in which an officer (an SQL expression) is told, as a subquery of one row: on the platform that they prefer, on
 * a line that is up before one that is not, then where they wrote last. `isDown`: not even the best of their lines works,
 * nor has for a while. `canEdit`: a message there can be changed in place.
 */
export const OFFICER_CHAT = (officer: string) => `
       SELECT v.id, line."isDown", ${CAN_EDIT('l')} AS "canEdit" FROM addresses a
       JOIN officers p ON p.id = a.officer_id
       JOIN conversations v ON v.address_id = a.id
       JOIN lines l ON l.id = v.line_id
       CROSS JOIN LATERAL (
         SELECT l.state = 'down' OR (l.state <> 'up' AND EXISTS (
           SELECT FROM incidents d WHERE d.kind = 'line_down' AND d.line_id = l.id AND d.closed_at IS NULL)) AS "isDown"
       ) line
       WHERE a.officer_id = ${officer} AND a.blocked_at IS NULL AND a.merged_into IS NULL AND NOT v.is_group
         AND NOT v.is_private AND v.merged_into IS NULL AND l.removed_at IS NULL
       ORDER BY line."isDown", (a.platform = p.preferred_platform) IS TRUE DESC, l.state = 'up' DESC,
         v.last_inbound_at DESC NULLS LAST, v.created_at DESC LIMIT 1`;

/** Whether the platform of line `l` changes messages in place (core/limits.ts `edits`). */
const CAN_EDIT = (l: string) =>
  CHANNEL_LIMITS['simulator-buttons'].edits && CHANNEL_LIMITS.telegram.edits
    ? `(${l}.platform = 'telegram' OR ${l}.id = '${SIMULATOR_LINES.buttons}')`
    : 'false';
