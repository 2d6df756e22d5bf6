import { MediaError } from '../core/errors.js';
import { sniff } from './sniff.js';

/** More is no logo. */
export const MOST_LOGO_BYTES = 2 * 1024 * 1024;
const MOST_PIXELS = 40_000_000;
/** In pixels: 2 cm in print at 300 dots an inch, and some more. */
const SIDE = 400;

/** Draws a village's logo anew: PNG, at most 400 px, see-through where it was. Rejects with a MediaError 'refused'. */
export async function redrawLogo(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length > MOST_LOGO_BYTES)
    throw new MediaError('refused', 'a logo that is too large', { because: 'too_large' });
  if ((await sniff(bytes)).kind !== 'image')
    throw new MediaError('refused', 'a logo that is no picture', { because: 'kind' });
  const { default: sharp } = await import('sharp');
  try {
    return await sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'truncated' })
      .autoOrient()
      .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
      .png({ compressionLevel: 9 })
      .timeout({ seconds: 20 })
      .toBuffer();
  } catch (cause) {
    throw new MediaError('refused', `a logo that cannot be read: ${(cause as Error).message}`, {
      because: 'broken',
    });
  }
}
