import { SendError } from '../../core/errors.js';
import type { CloudRequest } from './render.js';

/** Indonesian: what every village has approved first. */
const FALLBACK = 'id';
/** A tap on the template's button opens the 24 hours; what waits goes out, and what was asked is asked again. */
export const READ_PAYLOAD = 'w.ulangi';

/**
 * The approved template that news wait, in the person's language where there is one. It has no parameters and one
 * quick-reply button ("Baca"). Throws SendError 'permanent' where no template is configured.
 */
export function renderTemplate(templates: { [language: string]: string }, language: string): CloudRequest {
  const code = [language, FALLBACK, ...Object.keys(templates)].find((one) => templates[one] !== undefined);
  if (code === undefined)
    throw new SendError(
      'permanent',
      'no template is configured: set WHATSAPP_CLOUD_TEMPLATES to the approved one',
    );
  return {
    body: {
      type: 'template',
      template: {
        name: templates[code],
        language: { code },
        components: [
          {
            type: 'button',
            sub_type: 'quick_reply',
            index: '0',
            parameters: [{ type: 'payload', payload: READ_PAYLOAD }],
          },
        ],
      },
    },
  };
}
