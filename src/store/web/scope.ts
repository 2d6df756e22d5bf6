/**
 * The villages that a query of the console may touch: those of the officer's roles (web/policy.ts makes it).
 * Every statement in this folder that an officer's page runs takes one; null is every village.
 */
export interface Scope {
  readonly villages: readonly string[] | null;
}

/** A scope that holds no village. */
export const NOWHERE: Scope = { villages: [] };
