import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { SettingsOf } from '../../core/line.js';
import type { Inbound } from '../../core/content.js';
import type { Log } from '../../core/ports.js';
import type { Intake, SentReport } from '../channel.js';
import { createGraphApi } from './api.js';
import { OutOfOrderError } from '../chatTurns.js';
import { createInOrder } from './inOrder.js';
import { cloudLine } from './lineId.js';
import { createReadMarks } from './readMarks.js';
import { toInbound, type Reading } from './toInbound.js';

/** Meta's own limit for a payload. */
export const CLOUD_WEBHOOK_BYTES = 3 * 1024 * 1024;

/** What the door needs of a line: a channel that listens, or in a process without one its settings and a store. */
export interface CloudDoorLine {
  readonly lineId: string;
  readonly phoneNumberId: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  /** Where things go; null while the line does not listen: then Meta brings them again. */
  intake(): Pick<Intake, 'receive' | 'reported'> | null;
  /** Called after the commit of a message. */
  stored(inbound: Inbound): void;
}

export interface CloudDoor {
  /** Meta's handshake, when the webhook's address is entered: the challenge as plain text, else 403. */
  handshake(query: URLSearchParams): { status: 200 | 403; body: string };
  /** `headers` with names in lower case, `rawBody` as it came: the signature is over these very bytes. */
  handle(headers: { [name: string]: string | undefined }, rawBody: Uint8Array): Promise<{ status: number }>;
}

/**
 * The webhook of all lines of the Cloud API. Each thing goes to the line of its `phone_number_id`, if the payload is
 * signed by that line's own app. 200 only once all of it is stored, 500 where something was not (Meta brings the whole
 * again, and what is there already changes nothing), 401 for a bad signature, 413 for what is too large. What is signed
 * and yet not to be read is confirmed and logged without its words: Meta would bring it for days.
 */
export function createCloudDoor(deps: { lines: () => CloudDoorLine[]; log: Log }): CloudDoor {
  const { log } = deps;
  const inOrder = createInOrder();

  function handshake(query: URLSearchParams): { status: 200 | 403; body: string } {
    const token = query.get('hub.verify_token') ?? '';
    const known = deps.lines().map((line) => isSame(token, line.verifyToken));
    const isMeta = query.get('hub.mode') === 'subscribe' && known.includes(true);
    return isMeta ? { status: 200, body: query.get('hub.challenge') ?? '' } : { status: 403, body: '' };
  }

  async function handle(
    headers: { [name: string]: string | undefined },
    rawBody: Uint8Array,
  ): Promise<{ status: number }> {
    if (rawBody.length > CLOUD_WEBHOOK_BYTES) {
      log.warn({ bytes: rawBody.length }, 'whatsapp-cloud: an oversized payload was refused');
      return { status: 413 };
    }
    const trusted = linesSigned(deps.lines(), headers['x-hub-signature-256'], rawBody);
    if (trusted.length === 0) return { status: 401 };
    const payload = readJson(rawBody);
    if (payload === undefined) {
      log.warn(
        { bytes: rawBody.length },
        'whatsapp-cloud: a signed payload that is not JSON was passed over',
      );
      return { status: 200 };
    }
    return await take(toInbound(payload), trusted);
  }

  async function take(readings: Reading[], trusted: CloudDoorLine[]): Promise<{ status: number }> {
    const chats = new Map<string, { line: CloudDoorLine; messages: Inbound[] }>();
    const reports = new Map<CloudDoorLine, SentReport[]>();
    let isClosed = false;
    for (const reading of readings) {
      if (reading.kind === 'ignored') {
        log.info({ number: reading.phoneNumberId, why: reading.why }, 'whatsapp-cloud: passed over');
        continue;
      }
      const line = trusted.find((one) => one.phoneNumberId === reading.phoneNumberId);
      if (!line) {
        log.warn(
          { number: reading.phoneNumberId },
          'whatsapp-cloud: for a number that is no line here; passed over',
        );
      } else if (!line.intake()) isClosed = true;
      else if (reading.kind === 'report') reports.set(line, [...(reports.get(line) ?? []), reading.report]);
      else {
        const key = `${line.lineId} ${reading.inbound.chatId}`;
        const chat = chats.get(key);
        if (chat) chat.messages.push(reading.inbound);
        else chats.set(key, { line, messages: [reading.inbound] });
      }
    }
    const storing = [
      ...[...chats.values()].map(({ line, messages }) =>
        inOrder(messages, (message) => store(line, message)),
      ),
      ...[...reports].map(([line, all]) => line.intake()?.reported?.(all) ?? Promise.resolve()),
    ];
    const results = await Promise.allSettled(storing);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) {
      if (failed.reason instanceof OutOfOrderError)
        log.info({}, 'whatsapp-cloud: a message came before its turn');
      else
        log.error(
          { err: failed.reason as unknown },
          'whatsapp-cloud: not all was stored; it will come again',
        );
      return { status: 500 };
    }
    return { status: isClosed ? 503 : 200 };
  }

  async function store(line: CloudDoorLine, message: Inbound): Promise<void> {
    const intake = line.intake();
    // It stopped while an earlier message was being stored.
    if (!intake) throw new Error('the line does not listen');
    await intake.receive(message);
    line.stored(message);
  }

  return { handshake, handle };
}

/** A line in a process that serves HTTP and does not hold it: what comes is stored, and marked as read. */
export function createCloudDoorLine(options: {
  settings: SettingsOf<'whatsapp-cloud'>;
  intake: Pick<Intake, 'receive' | 'reported'>;
  /** Whether a chat is answered by a person now: nothing is shown there. */
  isQuiet: (chatId: string) => boolean;
  log: Log;
}): CloudDoorLine & { stop(): Promise<void> } {
  const { settings, log } = options;
  const { phoneNumberId, appSecret, verifyToken } = settings;
  const lineId = cloudLine(phoneNumberId);
  const api = createGraphApi(settings);
  const marks = createReadMarks({ api, lineId, log });
  let isStopped = false;
  return {
    lineId,
    phoneNumberId,
    appSecret,
    verifyToken,
    intake: () => (isStopped ? null : options.intake),
    stored(inbound) {
      if (!options.isQuiet(inbound.chatId)) marks.stored(inbound);
    },
    stop() {
      isStopped = true;
      api.close();
      return marks.settle();
    },
  };
}

/** The lines whose app signed these bytes. In constant time, and each secret tried once. */
function linesSigned(
  lines: CloudDoorLine[],
  header: string | undefined,
  rawBody: Uint8Array,
): CloudDoorLine[] {
  const hex = /^sha256=([0-9a-f]{64})$/u.exec(header ?? '')?.[1];
  if (hex === undefined) return [];
  const given = Buffer.from(hex, 'hex');
  const good = new Set(
    [...new Set(lines.map((line) => line.appSecret))].filter((secret) =>
      timingSafeEqual(given, createHmac('sha256', secret).update(rawBody).digest()),
    ),
  );
  return lines.filter((line) => good.has(line.appSecret));
}

/** In constant time, also for another length. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

function readJson(bytes: Uint8Array): unknown {
  try {
    const { buffer, byteOffset, byteLength } = bytes;
    return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
