import { settleAccount } from '../store/officerAccounts.js';
import type { Applier } from './applier.js';

/** The owner's word on their own account, from their own chat alone: an officer at the console cannot say it. */
export const confirmAccount: Applier<'confirm_account'> = async (sql, requests, context) => {
  const results: { outcome: 'done' | 'none' }[] = [];
  for (const { asker, effect } of requests)
    results.push({
      outcome:
        asker.officer && asker.conversationId !== null
          ? await settleAccount(sql, asker.officer.id, effect.accept, context)
          : 'none',
    });
  return results;
};
