import { SendError } from '../../core/errors.js';

/** What was answered, or what broke, as telegraf and node-fetch throw it. */
interface Thrown {
  code?: unknown;
  message?: unknown;
  name?: unknown;
  type?: unknown;
  response?: { error_code?: unknown; description?: unknown; parameters?: unknown };
}

/** The connection was never there, so nothing can have been sent. */
const NOTHING_SENT = new Set([
  'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN',
  'ECONNTIMEOUT', 'EPROTO', 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]); // prettier-ignore

/**
 * Every failure of a call of the Bot API as what should follow. The error keeps neither what was sent nor the
 * token: telegraf's own carry both. Source of the codes: https://core.telegram.org/api/errors and facts §2.
 */
export function toSendError(cause: unknown, method: string): SendError {
  if (cause instanceof SendError) return cause;
  const thrown = (typeof cause === 'object' && cause !== null ? cause : {}) as Thrown;
  return thrown.response ? answered(thrown.response, method) : broken(thrown, method);
}

function answered(response: NonNullable<Thrown['response']>, method: string): SendError {
  const status = Number(response.error_code);
  const description = typeof response.description === 'string' ? response.description : '';
  const parameters = (response.parameters ?? {}) as { retry_after?: unknown; migrate_to_chat_id?: unknown };
  const words = `${method}: ${status} ${description}`.slice(0, 300);
  if (parameters.migrate_to_chat_id !== undefined) {
    return new SendError('moved', words, { movedTo: String(parameters.migrate_to_chat_id as number) });
  }
  if (status === 429) {
    const told = Number(parameters.retry_after);
    return new SendError('delayed', words, { retryAfter: told > 0 ? told : 5 });
  }
  // A gateway before Telegram waited in vain: the request may have been carried out behind it.
  if (status === 504) return new SendError('unknown', words);
  if (status >= 500) return new SendError('retry', words);
  if (status === 401) return new SendError('line_down', words);
  if (status === 404) return new SendError(description.includes('method') ? 'permanent' : 'line_down', words);
  // Another process polls, or a webhook stands in the way: it passes, or an operator mends it.
  if (status === 409) return new SendError('retry', words);
  if (status === 403) return new SendError('blocked', words);
  return new SendError('permanent', words);
}

function broken(thrown: Thrown, method: string): SendError {
  const code = typeof thrown.code === 'string' ? thrown.code : '';
  const message = typeof thrown.message === 'string' ? thrown.message : '';
  const words = `${method}: ${withoutToken(message) || code || 'failed'}`.slice(0, 300);
  // "connect ETIMEDOUT" never reached anybody; "read ETIMEDOUT" may have.
  const neverConnected = NOTHING_SENT.has(code) || (code === 'ETIMEDOUT' && message.includes('connect'));
  return new SendError(neverConnected ? 'retry' : 'unknown', words);
}

/** Telegram's addresses carry the token. */
export function withoutToken(text: string): string {
  return text.replace(/(bot|user)?\d{3,}:[A-Za-z0-9_-]{20,}/gu, '$1[token]');
}
