/** What the program counts about itself while it runs; `/metrics` shows it. Plain numbers: counting must cost nothing. */
export interface Counters {
  /** Messages stored, deliveries that were there already, and ones that could only be stored as unreadable. */
  received: number;
  duplicates: number;
  unreadable: number;
  /** Calls of a webhook without the right secret or signature. */
  webhooksRefused: number;
  /** Turns of conversations committed, batches of them, and conversations that failed or were given up on. */
  turns: number;
  batches: number;
  conversationFailures: number;
  conversationsParked: number;
  sent: number;
  sendRetries: number;
  sendFailures: number;
  sendUnknown: number;
  /** Internal rows made of notifications and of timers. */
  notified: number;
  timersFired: number;
  /** Things that the sweep found lying: each is a nudge that was lost. */
  swept: number;
}

/** All at zero. */
export function createCounters(): Counters {
  return {
    received: 0,
    duplicates: 0,
    unreadable: 0,
    webhooksRefused: 0,
    turns: 0,
    batches: 0,
    conversationFailures: 0,
    conversationsParked: 0,
    sent: 0,
    sendRetries: 0,
    sendFailures: 0,
    sendUnknown: 0,
    notified: 0,
    timersFired: 0,
    swept: 0,
  };
}
