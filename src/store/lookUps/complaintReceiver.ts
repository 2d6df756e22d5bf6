import { receiverOf } from '../../core/complaints.js';
import { loadVillageOfficers } from '../villageOfficers.js';
import type { LookUpAnswerer } from './answerer.js';

/** Who of the asker's village would receive a complaint about such a person; not found: it must go outside. */
export const complaintReceiver: LookUpAnswerer<'complaint_receiver'> = async (sql, requests) => {
  const officers = await loadVillageOfficers(
    sql,
    requests.flatMap(({ asker }) => asker.villageId ?? []),
  );
  return requests.map(({ asker, args }) => {
    const receiver = receiverOf(args.who, args.named ?? null, officers.get(asker.villageId ?? '') ?? []);
    return { found: receiver !== null, role: receiver?.role ?? null };
  });
};
