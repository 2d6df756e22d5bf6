import { SendError, type SendFailure } from '../../core/errors.js';

/** Seconds to wait where Meta names none: the pace of a pair is one message in six seconds. */
const PAIR_SECONDS = 6;
const BURST_SECONDS = 2;
const HOUR_LIMIT_SECONDS = 60;

/**
 * What should follow each code. Source: developers.facebook.com, WhatsApp Business Platform, "Error codes", and
 * facts/channels.md §3. Codes that stand for a range are found by `failureOf`.
 */
const FAILURES: { [code: number]: SendFailure } = {
  // Too fast: the number, the account, the app.
  130429: 'throttled', 80007: 'throttled', 4: 'throttled', 613: 'throttled',
  // Passing faults of Meta's: the message did not go out.
  131016: 'retry', 131000: 'retry', 1: 'retry', 2: 'retry', 133004: 'retry', 131057: 'retry',
  // Too many messages to this one person.
  131056: 'delayed',
  // 24 hours have passed since they wrote.
  131047: 'needs_template',
  // The account, the number or the token is refused.
  0: 'line_down', 3: 'line_down', 10: 'line_down', 33: 'line_down', 190: 'line_down', 368: 'line_down',
  131005: 'line_down', 131031: 'line_down', 131042: 'line_down', 131045: 'line_down', 131048: 'line_down',
  133010: 'line_down',
}; // prettier-ignore

/** What a person can do about a line that is refused. */
const CURES: { [code: number]: string } = {
  0: 'Meta refuses the access token: make a new one (system user, whatsapp_business_messaging) and set it',
  190: 'Meta refuses the access token: make a new one (system user, whatsapp_business_messaging) and set it',
  3: 'the app lacks a permission: give it whatsapp_business_messaging',
  10: 'the app lacks a permission: give it whatsapp_business_messaging',
  131005: 'the app lacks a permission: give it whatsapp_business_messaging',
  33: 'the number is no longer there: check WHATSAPP_CLOUD_PHONE_NUMBER_ID',
  133010: 'the number is not registered with the Cloud API: register it in WhatsApp Manager',
  131045: 'the number is not registered with the Cloud API: register it in WhatsApp Manager',
  131042: 'the account cannot be charged: mend the payment method in WhatsApp Manager',
  131031: 'Meta locked the account: see WhatsApp Manager',
  131048: 'Meta limits this number for its quality: see WhatsApp Manager',
  368: 'Meta blocked the account for its policies: see WhatsApp Manager',
};

/**
 * The error of a code, as a refused request (`http`) or in a report. A code that we do not know is judged by the
 * status: 5xx passes, anything else is given up.
 */
export function errorOfCode(
  code: number,
  more: { words: string; http?: number; retryAfter?: number },
): SendError {
  const failure = failureOf(code, more.http ?? 400);
  const cure = failure === 'line_down' ? CURES[code] : undefined;
  const words = `${code} ${withoutSecrets(more.words)}`.slice(0, 300);
  const isPaced = failure === 'throttled' || failure === 'delayed';
  return new SendError(
    failure,
    cure === undefined ? words : `${cure} (${words})`,
    isPaced ? { retryAfter: more.retryAfter ?? secondsOf(code) } : {},
  );
}

function failureOf(code: number, http: number): SendFailure {
  const known = FAILURES[code];
  if (known) return known;
  if (code >= 200 && code <= 299) return 'line_down';
  // A gateway before Meta waited in vain: the request may have been carried out behind it.
  if (http === 504) return 'unknown';
  if (http >= 500) return 'retry';
  if (http === 429) return 'throttled';
  // 131026, 131049, 131051, 130472, 100, 132xxx and whatever else: this message never will be.
  return http === 401 ? 'line_down' : 'permanent';
}

function secondsOf(code: number): number {
  if (code === 131056) return PAIR_SECONDS;
  return code === 130429 ? BURST_SECONDS : HOUR_LIMIT_SECONDS;
}

/** The connection was never there, so nothing can have been sent. */
const NOTHING_SENT = new Set([
  'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN',
  'UND_ERR_CONNECT_TIMEOUT', 'EPROTO', 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]); // prettier-ignore

/** A `fetch` that broke: whether anything can have gone out. The error keeps no address: it may carry a token. */
export function errorOfNetwork(cause: unknown, what: string): SendError {
  const inner = ((cause as { cause?: unknown }).cause ?? cause) as {
    code?: unknown;
    errors?: { code?: unknown }[];
  };
  const code = String(inner.code ?? inner.errors?.[0]?.code ?? (cause as Error).name);
  const neverConnected = NOTHING_SENT.has(code) || /^ERR_(?:SSL|TLS)_/u.test(code);
  return new SendError(neverConnected ? 'retry' : 'unknown', `${what}: ${code}`);
}

/** Meta's access tokens begin with EAA; some of its messages quote them, and numbers of people. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/EAA[A-Za-z0-9]{10,}/gu, '[token]')
    .replaceAll(/\+?\d(?:[ .-]?\d){8,}/gu, '#')
    .replaceAll(/https?:\/\/\S+/gu, '[link]');
}
