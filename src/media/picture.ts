import { MediaError } from '../core/errors.js';

/** The longest side of a picture as it is kept: enough to read a letter, small enough for a weak line. */
export const LONGEST_SIDE = 1600;
/** More is no photo of a phone: a small file can unpack to gigabytes. */
const MOST_PIXELS = 64_000_000;
const MOST_SECONDS = 20;

export interface Picture {
  bytes: Uint8Array;
  width: number;
  height: number;
}

/**
 * Draws a picture anew as JPEG: upright, at most 1600 px, on white, without EXIF (where it was taken), comments, or
 * whatever else hid in the file. Of one that moves, the first frame. Rejects with a MediaError 'refused' where it cannot be read or is too large.
 */
export async function redraw(bytes: Uint8Array): Promise<Picture> {
  const { default: sharp } = await import('sharp');
  // Photos come now and then: neither a cache nor a thread for each core is worth its memory.
  sharp.cache(false);
  sharp.concurrency(1);
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'truncated' })
      .autoOrient()
      .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 82 })
      .timeout({ seconds: MOST_SECONDS })
      .toBuffer({ resolveWithObject: true });
    return { bytes: data, width: info.width, height: info.height };
  } catch (cause) {
    const { message } = cause as Error;
    throw new MediaError('refused', `a picture that cannot be read: ${message}`, {
      because: /exceeds pixel limit/u.test(message) ? 'too_large' : 'broken',
    });
  }
}
