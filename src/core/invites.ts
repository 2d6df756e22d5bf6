/** What decides over an invite. */
export interface InviteFacts {
  phone: string;
  officerIsActive: boolean;
  expiresAt: Date;
  acceptedAt: Date | null;
  addressId: string | null;
  /** Also set beforehand, by whoever may vouch for the officer without being asked again. */
  confirmedAt: Date | null;
  refusedAt: Date | null;
}

export type InviteOutcome = 'accepted' | 'waiting' | 'wrong_phone' | 'expired' | 'used' | 'not_found';

/**
 * Judges somebody who brings an invite: `phone` is the one that the platform proved. Once, within its time, and only
 * for the officer's own phone; the same address bringing it again hears how it stands. A wrong phone uses nothing up.
 */
export function judgeInvite(
  invite: InviteFacts | null,
  brought: { phone: string; addressId: string | null },
  now: Date,
): InviteOutcome {
  if (!invite || brought.addressId === null) return 'not_found';
  if (invite.refusedAt || !invite.officerIsActive) return 'expired';
  const standing = invite.confirmedAt ? 'accepted' : 'waiting';
  if (invite.acceptedAt && invite.confirmedAt)
    return invite.addressId === brought.addressId ? standing : 'used';
  // What nobody confirmed in time ends as well.
  if (invite.expiresAt <= now) return 'expired';
  if (invite.acceptedAt) return invite.addressId === brought.addressId ? standing : 'used';
  return readPhone(brought.phone) === readPhone(invite.phone) && readPhone(invite.phone) !== null
    ? standing
    : 'wrong_phone';
}

/** A phone number as 62…; null where it is none. Mobile numbers only: an invite goes to a person's own phone. */
export function readPhone(typed: string): string | null {
  const digits = typed.replace(/[\s.()\-+]/gu, '');
  const found = /^(?:(?:00)?62)?0?(8[0-9]\d{7,11})$/u.exec(digits);
  return found ? `62${found[1]}` : null;
}

/** How a phone is shown to somebody who should know it already: 62812****789. */
export function maskPhone(phone: string): string {
  return `${phone.slice(0, 5)}${'*'.repeat(Math.max(0, phone.length - 8))}${phone.slice(-3)}`;
}
