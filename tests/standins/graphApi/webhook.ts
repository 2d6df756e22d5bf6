import { createHmac } from 'node:crypto';
import { wakeAll, type Message, type Somebody, type State } from './state.js';

/** What the webhook's payload wraps around a message, a status or an echo. */
export function payloadOf(state: State, value: { [field: string]: unknown }, field = 'messages'): object {
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '102290000000001',
        changes: [
          {
            field,
            value: {
              messaging_product: 'whatsapp',
              metadata: {
                display_phone_number: state.displayNumber.replaceAll(/\D/gu, ''),
                phone_number_id: state.phoneNumberId,
              },
              ...value,
            },
          },
        ],
      },
    ],
  };
}

export function contactOf(person: Somebody): object {
  return {
    profile: { name: person.name },
    ...(person.phone === null ? {} : { wa_id: person.phone }),
    user_id: person.bsuid,
  };
}

/** Lets a payload wait to be brought; `times` deliveries of it. */
export function bring(
  state: State,
  payload: unknown,
  more: { times?: number; signature?: 'good' | 'bad' | 'none'; isTriedOnce?: boolean } = {},
): void {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const secret = more.signature === 'bad' ? 'another-secret' : state.appSecret;
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  state.waiting.push({
    body,
    signature: more.signature === 'none' ? null : signature,
    left: more.times ?? 1,
    isTriedOnce: more.isTriedOnce ?? false,
  });
  wakeAll(state);
}

/** Tells what became of a message of ours. A code comes with 'failed'. */
export function report(
  state: State,
  person: Somebody,
  message: Message,
  status: Message['status'],
  code?: number,
): void {
  message.status = status;
  bring(
    state,
    payloadOf(state, {
      statuses: [
        {
          id: message.id,
          status,
          timestamp: String(Math.floor(Date.now() / 1000)),
          ...(person.phone === null ? {} : { recipient_id: person.phone }),
          recipient_user_id: person.bsuid,
          ...(code === undefined
            ? { pricing: { billable: false, pricing_model: 'PMP', category: 'service' } }
            : { errors: [{ code, title: 'Not delivered', error_data: { details: 'see the code' } }] }),
        },
      ],
    }),
  );
}

const running = new WeakSet<State>();

/** Brings what waits, one after the other, again and again until it is answered with 200. */
export async function deliver(state: State, isStopped: () => boolean): Promise<void> {
  if (running.has(state)) return;
  running.add(state);
  while (!isStopped()) {
    const next = state.waiting[0];
    if (!next || !state.webhook || state.isHolding) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          state.wake.delete(wake);
          resolve();
        };
        state.wake.add(wake);
      });
      continue;
    }
    const status = await post(state.webhook, next.body, next.signature);
    if (status === 200) next.left -= 1;
    else if (next.isTriedOnce) next.left = 0;
    else await new Promise((resolve) => setTimeout(resolve, 30));
    if (next.left <= 0) state.waiting.splice(state.waiting.indexOf(next), 1);
  }
  running.delete(state);
}

/** One delivery; 0 where nobody answered. */
export async function post(url: string, body: string, signature: string | null): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(signature === null ? {} : { 'x-hub-signature-256': signature }),
      },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
