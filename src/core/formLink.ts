import { createHash } from 'node:crypto';
import { linkToken } from './linkToken.js';
import type { Sealer } from './ports.js';

/** How long a link to a form works, in minutes. */
export const FORM_MINUTES = 120;

/**
 * The token of a form's link (core/linkToken.ts). What is said in a chat is kept in rows (the outbox, the session that
 * repeats a question): they name the form and the number of its link (`/isi/form-<id>-<link>`), and the token takes that
 * place when the message leaves (`withFormTokens`).
 */
export function formToken(sealer: Pick<Sealer, 'lookUpKey'>, formId: string, link: number): string {
  return linkToken(sealer, `form:${formId}:${link}`);
}

/** What is kept of a token, to find its form by. */
export function formTokenHash(token: string): string {
  return createHash('sha256').update(`form:${token}`).digest('hex');
}

/** The path of a form as rows hold it. */
export function formPath(formId: string, link: number): string {
  return `/isi/form-${formId}-${link}`;
}

const IN_ROWS = /\/isi\/form-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{1,4})(?![\w-])/gu;
const IN_WORDS = /\/isi\/[\w-]{8,}/giu;

/** A text as it leaves for the person: with links that work. */
export function withFormTokens(text: string, sealer: Pick<Sealer, 'lookUpKey'>): string {
  if (!text.includes('/isi/form-')) return text;
  return text.replaceAll(
    IN_ROWS,
    (_, formId: string, link: string) => `/isi/${formToken(sealer, formId, Number(link))}`,
  );
}

/** A person's words without such a link: who pastes or forwards it gives it away. */
export function withoutFormTokens(text: string): string {
  return text.replaceAll(IN_WORDS, '/isi/…');
}

/**
 * Where forms can be opened: over https, or on this machine where invented people alone write (`isTrial`: simulator and
 * stand-ins), whose browser is here as well. null: no link is offered.
 */
export function formUrlOf(publicUrl: string | null, isTrial: boolean): string | null {
  if (publicUrl === null || !URL.canParse(publicUrl)) return null;
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === 'https:') return publicUrl;
  return isTrial && protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
    ? publicUrl
    : null;
}
