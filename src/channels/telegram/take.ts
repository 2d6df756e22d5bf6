import type { Log, Now } from '../../core/ports.js';
import type { Intake } from '../channel.js';
import { toInbound } from './toInbound.js';

/** Stores what an update says; resolves once that is committed, rejects where nothing was stored. */
export interface Taker {
  /** One update. */
  take(update: unknown): Promise<void>;
  /**
   * A batch in its order: people side by side, each person's one after the other, and none after one that failed.
   * Resolves with the id up to which all are stored (null: none), and the failure that stopped it.
   */
  takeBatch(updates: unknown[]): Promise<{ upTo: number | null; failure: unknown }>;
}

export function createTaker(deps: {
  lineId: string;
  intake: Pick<Intake, 'receive'>;
  log: Log;
  now: Now;
  /** Called after the commit of a tap. */
  tapped: (externalId: string) => void;
}): Taker {
  async function take(update: unknown): Promise<void> {
    const reading = toInbound(update, { lineId: deps.lineId, now: deps.now() });
    if (reading.kind === 'ignored') {
      deps.log.info(
        { line: deps.lineId, update: reading.updateId, why: reading.why },
        'telegram: update passed over',
      );
      return;
    }
    await deps.intake.receive(reading.inbound);
    if (reading.inbound.content.kind === 'tap') deps.tapped(reading.inbound.externalId);
  }

  async function takeBatch(updates: unknown[]): Promise<{ upTo: number | null; failure: unknown }> {
    const stored: number[] = [];
    const lost: number[] = [];
    let failure: unknown;
    await Promise.all(
      byChat(updates).map(async (own) => {
        const rest = [...own];
        try {
          for (const update of own) {
            await take(update);
            stored.push(updateIdOf(rest.shift()));
          }
        } catch (cause) {
          failure ??= cause;
          lost.push(...rest.map(updateIdOf));
        }
      }),
    );
    const firstLost = Math.min(...lost);
    const confirmed = stored.filter((id) => id >= 0 && id < firstLost);
    return { upTo: confirmed.length > 0 ? Math.max(...confirmed) : null, failure };
  }

  return { take, takeBatch };
}

/** The updates of each chat, in their order. */
function byChat(updates: unknown[]): unknown[][] {
  const chats = new Map<string, unknown[]>();
  for (const update of updates) {
    const own = chats.get(chatOf(update));
    if (own) own.push(update);
    else chats.set(chatOf(update), [update]);
  }
  return [...chats.values()];
}

/** Whose order must be kept: read leniently, since a malformed update has its place as well. */
export function chatOf(update: unknown): string {
  const body = update as {
    [kind: string]: { chat?: { id?: unknown }; from?: { id?: unknown } } | null;
  } | null;
  const inner = body?.['message'] ?? body?.['edited_message'] ?? body?.['my_chat_member'];
  // A tap is the tapper's, wherever it was made.
  const id = inner?.chat?.id ?? body?.['callback_query']?.from?.id;
  return typeof id === 'number' ? String(id) : '';
}

/** -1 where there is none. */
export function updateIdOf(update: unknown): number {
  const id = (update as { update_id?: unknown } | null)?.update_id;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : -1;
}
