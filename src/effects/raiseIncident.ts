import { raiseIncidents } from '../store/incidents.js';
import type { Applier } from './applier.js';

/** Opens incidents, and has people told of them. */
export const raiseIncident: Applier<'raise_incident'> = async (sql, requests, context) => {
  const opened = await raiseIncidents(
    sql,
    requests.map(({ asker, effect }) => ({
      kind: effect.incident,
      villageId: asker.villageId,
      lineId: asker.lineId,
      conversationId: asker.conversationId,
      detail: effect.detail,
    })),
    context.newId,
    context.now,
  );
  context.nudges.notify ||= opened > 0;
  return requests.map(() => null);
};
