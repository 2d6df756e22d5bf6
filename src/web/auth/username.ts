import { z } from 'zod';
import { maskIdentityNumbers } from '../../core/identityNumbers.js';

/** The name by which an officer signs in, as it is chosen. */
export const Username = z
  .string()
  .trim()
  .regex(/^[a-zA-Z0-9_.]{3,30}$/u);

/** Whether somebody chose their NIK: a username stands in clear in the account and in the audit log, so it must not be one. */
export function holdsIdentityNumber(username: string): boolean {
  return maskIdentityNumbers(username).found;
}
