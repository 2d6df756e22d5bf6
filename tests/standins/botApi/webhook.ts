import { confirm, type State } from './state.js';

const running = new WeakSet<State>();

/** Delivers what waits to the webhook, one after the other, again and again until it is answered with 2xx. */
export async function deliverByWebhook(state: State, isStopped: () => boolean): Promise<void> {
  if (running.has(state)) return;
  running.add(state);
  while (!isStopped()) {
    const next = state.waiting[0];
    if (!next || !state.webhook || state.isHolding) {
      await new Promise<void>((resolve) => {
        const wake = () => (state.wake.delete(wake), resolve());
        state.wake.add(wake);
      });
      continue;
    }
    const status = await post(state.webhook, next.update);
    if (status >= 200 && status < 300) {
      next.delivered = true;
      confirm(state, next.update.update_id + 1);
    } else {
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  running.delete(state);
}

async function post(webhook: NonNullable<State['webhook']>, update: unknown): Promise<number> {
  try {
    const response = await fetch(webhook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(webhook.secret ? { 'x-telegram-bot-api-secret-token': webhook.secret } : {}),
      },
      body: JSON.stringify(update),
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
