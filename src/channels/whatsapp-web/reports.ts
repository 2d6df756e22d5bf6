import { SendError } from '../../core/errors.js';
import type { SentReport } from '../channel.js';

const STATUS = { 1: 'sent', 2: 'delivered', 3: 'read', 4: 'read' } as const;

/** WhatsApp's word on one of our messages (-1 refused, 1 at the server, 2 delivered, 3 read, 4 played); null for 0. */
export function toReport(externalId: string, ack: number, at: Date): SentReport | null {
  // Refused is certain: it did not go out.
  if (ack < 0)
    return {
      externalId,
      status: 'failed',
      at,
      error: new SendError('retry', 'WhatsApp refused the message'),
    };
  const status = STATUS[ack as keyof typeof STATUS] as SentReport['status'] | undefined;
  return status === undefined ? null : { externalId, status, at };
}
