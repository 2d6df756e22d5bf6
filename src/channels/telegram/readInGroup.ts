import type { Content } from '../../core/content.js';
import { withoutToken } from '../../core/inviteToken.js';
import type { Message } from './update.js';

/**
 * What a group says to us: the link that brings it (`/start@desa_bot grp-<token>`), the command that ends it (`/putus`),
 * and that it has another id from now on. Null for all else: officers speak of residents there, and none of it is ours.
 */
export function readInGroup(message: Message): Content | null {
  if (message.migrate_to_chat_id !== undefined)
    return { kind: 'moved', to: String(message.migrate_to_chat_id) };
  const text = message.text ?? '';
  const payload = /^\/start(?:@\w+)?\s+(grp-[\w-]{1,60})\s*$/iu.exec(text)?.[1];
  if (payload !== undefined) return { kind: 'start', payload: withoutToken(payload) };
  if (/^\/(?:putus|disconnect)(?:@\w+)?\s*$/iu.test(text)) return { kind: 'start', payload: 'putus' };
  return null;
}
