import { MediaError, SendError } from '../core/errors.js';
import type { Outgoing } from '../core/outgoing.js';
import type { Log } from '../core/ports.js';
import type { MediaSource } from './channel.js';

export type LoadedFile = Awaited<ReturnType<MediaSource>>;
/** The files of a message by attachment. */
export type Files = Map<string, LoadedFile>;

/**
 * Reads the files of a message before anything of it is sent. A picture that is gone does not take the words with it;
 * a document is the message. Rejects with a SendError: 'retry' where a file cannot be read now, 'permanent' where the
 * document is gone. `channel` stands in front of the log's words.
 */
export async function loadFiles(
  message: Outgoing,
  media: MediaSource,
  log: Log,
  channel: string,
): Promise<{ message: Outgoing; files: Files }> {
  const files: Files = new Map();
  const lost = new Set<string>();
  for (const id of [
    ...(message.photos ?? []),
    ...(message.document ? [message.document.attachmentId] : []),
  ]) {
    try {
      files.set(id, await media(id));
    } catch (cause) {
      const isLost = cause instanceof MediaError && cause.failure !== 'retry';
      if (!isLost) throw new SendError('retry', `attachment ${id} cannot be read now`, { cause });
      if (id === message.document?.attachmentId) throw new SendError('permanent', `attachment ${id} is gone`);
      log.warn({ attachment: id, reason: cause.message }, `${channel}: sent without a picture that is gone`);
      lost.add(id);
    }
  }
  if (lost.size === 0) return { message, files };
  return { message: { ...message, photos: message.photos?.filter((id) => !lost.has(id)) }, files };
}
