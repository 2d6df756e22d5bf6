import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SendError } from '../../core/errors.js';
import type { Outgoing } from '../../core/outgoing.js';
import type { Log } from '../../core/ports.js';
import type { MediaSource, SendOptions } from '../channel.js';
import { loadFiles, type Files, type LoadedFile } from '../loadFiles.js';
import { addressOf } from './address.js';
import type { GraphApi } from './api.js';
import { render, type CloudRequest } from './render.js';
import { renderTemplate } from './template.js';

const REMEMBERED = 2000;
/** What WhatsApp shows as a picture; any other goes as a file. */
const PICTURES = ['image/jpeg', 'image/png'];

const Accepted = z.object({ messages: z.array(z.object({ id: z.string().min(1) })).min(1) });

export type Send = (
  chatId: string,
  message: Outgoing,
  media: MediaSource,
  how?: SendOptions,
) => Promise<{ externalIds: string[] }>;

/**
 * Sends one message, in as many requests as it takes. What is already out when a later part fails is remembered, and
 * not sent again when the same message is tried once more. An id that comes back means accepted, not delivered.
 */
export function createSend(deps: {
  api: GraphApi;
  templates: { [language: string]: string };
  log: Log;
}): Send {
  const underway = new Map<string, string[]>();

  return async (chatId, wanted, media, how = {}) => {
    const address = addressOf(chatId);
    if (!address) throw new SendError('permanent', 'neither a number nor an id of WhatsApp');
    if (how.asTemplate)
      return {
        externalIds: [
          await post(address, renderTemplate(deps.templates, how.asTemplate.language), new Map()),
        ],
      };
    const { message, files } = await loadFiles(wanted, media, deps.log, 'whatsapp-cloud');
    const requests = render(chatId, message);
    if (requests.length === 0) throw new SendError('permanent', 'a message without text, photo or document');
    const key = createHash('sha256')
      .update(JSON.stringify([chatId, message]))
      .digest('base64');
    const done = underway.get(key) ?? [];
    try {
      for (const request of requests.slice(done.length)) done.push(await post(address, request, files));
    } catch (cause) {
      if (done.length > 0 && mayComeAgain(cause)) remember(underway, key, done);
      else underway.delete(key);
      throw cause;
    }
    underway.delete(key);
    return { externalIds: done };
  };

  async function post(address: object, request: CloudRequest, files: Files): Promise<string> {
    const body = request.upload ? await withUpload(request, files) : request.body;
    const answer = Accepted.safeParse(
      await deps.api.post('messages', {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        ...address,
        ...body,
      }),
    );
    // It was taken, and nobody will ever know by which id.
    if (!answer.success) throw new SendError('unknown', 'messages: an answer without an id');
    return answer.data.messages[0]!.id;
  }

  async function withUpload(request: CloudRequest, files: Files): Promise<CloudRequest['body']> {
    const { attachmentId, name } = request.upload!;
    const file = files.get(attachmentId)!;
    const id = await deps.api.upload({ ...file, name: name ?? file.name });
    const { type } = request.body;
    if (type === 'interactive') return withHeader(request.body, id, file);
    const named = request.body[type] as object;
    if (type === 'image' && !PICTURES.includes(file.mime))
      return {
        ...without(request.body, 'image'),
        type: 'document',
        document: { ...named, id, filename: file.name },
      };
    return { ...request.body, [type]: { ...named, id } };
  }

  function withHeader(body: CloudRequest['body'], id: string, file: LoadedFile): CloudRequest['body'] {
    const { header, ...interactive } = body['interactive'] as { header: { type: 'image' | 'document' } };
    const isPicture = header.type === 'image' && PICTURES.includes(file.mime);
    const type = isPicture ? 'image' : 'document';
    const named = isPicture
      ? { id }
      : { filename: file.name, ...(header as { document?: object }).document, id };
    return { ...body, interactive: { ...interactive, header: { type, [type]: named } } };
  }
}

function without(body: CloudRequest['body'], field: string): object {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
}

function mayComeAgain(error: unknown): boolean {
  return (
    error instanceof SendError &&
    ['throttled', 'delayed', 'retry', 'unknown', 'line_down'].includes(error.failure)
  );
}

/** Keeps a bounded memory: the oldest is forgotten first. */
function remember<V>(memory: Map<string, V>, key: string, value: V): void {
  if (memory.size >= REMEMBERED) memory.delete(memory.keys().next().value!);
  memory.set(key, value);
}
