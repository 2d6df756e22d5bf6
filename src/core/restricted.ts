/** Names of identity documents, as people write them in a caption or a file's name. */
const IDENTITY =
  /(?:^|[^\p{L}])(?:e?-?ktp|kk|nik|kartu\s+(?:keluarga|tanda\s+penduduk)|akt[ae]|paspor|sim|kitas|kis|bpjs|ijazah)(?=$|[^\p{L}])/iu;

/**
 * Whether a file that came is to be treated as an identity document: sealed, shown to nobody without need, erased when
 * its case closes. Nobody is asked for one in chat; some send one anyway. What no question asked for is one, and so is
 * what its caption, its name or the question itself says to be one.
 */
export function isRestricted(file: {
  isAskedFor: boolean;
  caption?: string | null;
  name?: string | null;
  /** The id or the words of the item that it answers. */
  item?: string | null;
}): boolean {
  const words = [file.caption, file.name, file.item]
    .map((text) => (text ?? '').replaceAll(/[_.]/gu, ' '))
    .join(' | ');
  return !file.isAskedFor || IDENTITY.test(words);
}
