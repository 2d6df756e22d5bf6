import { CHANNEL_LIMITS } from '../../core/limits.js';
import type { Outgoing } from '../../core/outgoing.js';
import { numbered } from '../numbered.js';
import { splitText } from '../splitText.js';

/** One message of WhatsApp. Files are named by attachment; the sender puts their bytes in. */
export type Part = (
  | { kind: 'text'; text: string }
  | { kind: 'photo'; attachmentId: string; caption?: string }
  | { kind: 'document'; attachmentId: string; name: string; caption?: string }
  | { kind: 'location'; latitude: number; longitude: number; label?: string }
) & {
  /** The id of the person's message that is shown above it. */
  quotes?: string;
};

const { text: TEXT, caption: CAPTION } = CHANNEL_LIMITS['whatsapp-web'];

/**
 * A message of ours as messages of WhatsApp, in the order in which they go out. Pure. There are no buttons here: choices
 * are numbered lines, and what a request asks for is in its words. The first part shows what it answers.
 */
export function render(message: Outgoing): Part[] {
  const parts: Part[] = [];
  const text = numbered(message.text.trim(), message.choices).trim();
  let caption = text.length <= CAPTION ? text : '';
  // Said once: under the first file, else by itself.
  const words = (): { caption?: string } => {
    const given = caption === '' ? {} : { caption };
    caption = '';
    return given;
  };
  const photos = message.photos ?? [];
  const isCaptioned = caption !== '' && (photos.length > 0 || message.document !== undefined);
  // With photos to come, the words stand under the first of them, as on the other channels.
  if (message.document)
    parts.push({ kind: 'document', ...message.document, ...(photos.length === 0 ? words() : {}) });
  for (const attachmentId of photos) parts.push({ kind: 'photo', attachmentId, ...words() });
  if (!isCaptioned) for (const part of splitText(text, TEXT)) parts.push({ kind: 'text', text: part });
  if (message.location) parts.push({ kind: 'location', ...message.location });
  if (message.quotes !== undefined && parts[0]) parts[0] = { ...parts[0], quotes: message.quotes };
  return parts;
}
