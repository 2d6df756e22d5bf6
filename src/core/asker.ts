import type { Hidden } from './history.js';

/**
 * Who asks for an effect or a look-up: a conversation as converse has locked and loaded it, or an officer at the
 * console, who has none (`perform`): then all that belongs to a conversation is null.
 */
export interface Asker {
  conversationId: string | null;
  addressId: string | null;
  lineId: string | null;
  platform: string;
  residentId: string | null;
  villageId: string | null;
  language: string;
  /** What was before is hidden from them, until they show that it is theirs. */
  hidden?: Hidden | null;
  /** Where the address is an officer's: who may act, and in which villages (null: all). */
  officer: OfficerIdentity | null;
}

export interface OfficerIdentity {
  id: string;
  name: string;
  roles: OfficerRole[];
  /** Of the console: their account proves nobody yet (core/accounts.ts). `roles` are what needs no proof, and they sign nothing. */
  isUnconfirmed?: boolean;
  /** Roles that they hold today for somebody who is away, where these were asked for: for requests alone (core/path.ts). */
  standing?: OfficerRole[];
}

export interface OfficerRole {
  role: string;
  /** null: every village, the installation's own keepers. */
  village: string | null;
}

/** The asker of an officer's click in the console. */
export function consoleAsker(officer: OfficerIdentity, language = 'id'): Asker {
  return {
    conversationId: null,
    addressId: null,
    lineId: null,
    platform: 'console',
    residentId: null,
    villageId: null,
    language,
    officer,
  };
}
