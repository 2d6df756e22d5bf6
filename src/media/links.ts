import { timingSafeEqual } from 'node:crypto';

/** Links to a file that end by themselves; who has one may see that one file until then. */
export interface MediaLinks {
  /** The path, to be put behind the public URL. */
  linkTo(attachmentId: string, until: Date): string;
  /** Whether a link's parts are ours and it has not ended. */
  isValid(attachmentId: string, until: string | undefined, signature: string | undefined, now: Date): boolean;
}

/** `sign` is a keyed digest of a text (the sealer's, for instance); the text says what it is for. */
export function createMediaLinks(sign: (text: string) => string): MediaLinks {
  const signatureOf = (id: string, until: number) => sign(`media link ${id} until ${until}`);
  return {
    linkTo(id, until) {
      const seconds = Math.floor(until.getTime() / 1000);
      return `/media/${id}?until=${seconds}&sign=${encodeURIComponent(signatureOf(id, seconds))}`;
    },
    isValid(id, until, signature, now) {
      if (!until || !signature || !/^\d{1,12}$/u.test(until)) return false;
      const expected = Buffer.from(signatureOf(id, Number(until)));
      const given = Buffer.from(signature);
      return (
        expected.length === given.length &&
        timingSafeEqual(expected, given) &&
        Number(until) * 1000 > now.getTime()
      );
    },
  };
}
