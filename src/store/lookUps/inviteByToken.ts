import { invitesByToken } from '../invites.js';
import type { LookUpAnswerer } from './answerer.js';

/** An invite by its token, before it is accepted; whom it names is told only while it can be used. */
export const inviteByToken: LookUpAnswerer<'invite_by_token'> = async (sql, requests, { now }) => {
  const hashes = requests.map(({ args }) => args.token);
  const invites = await invitesByToken(sql, [...new Set(hashes)], false);
  return requests.map((_, n) => {
    const invite = invites.get(hashes[n]!);
    const usable =
      invite !== undefined &&
      invite.officerIsActive &&
      !invite.acceptedAt &&
      !invite.refusedAt &&
      invite.expiresAt > now;
    return {
      found: invite !== undefined,
      usable,
      name: usable ? invite.officerName : null,
      village: usable ? invite.village : null,
    };
  });
};
