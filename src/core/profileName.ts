import { maskIdentityNumbers, storable } from './identityNumbers.js';

/** How many people one address may tell apart. */
export const MOST_PROFILES = 6;

/** A name as a button shows it: one line, no identity numbers; empty where nothing is left. */
export function profileName(text: string): string {
  return maskIdentityNumbers(storable(text)).text.replace(/\s+/gu, ' ').trim().slice(0, 20).trim();
}

/** Whether two names would be mistaken for each other. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
