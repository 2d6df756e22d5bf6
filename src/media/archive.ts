/** The record that ends a ZIP archive (APPNOTE.TXT 4.3.16): its signature, its least length, and how long its comment may be. */
const END = Buffer.from([0x50, 0x4b, 5, 6]);
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
/** What an entry of an archive's directory begins with. */
const ENTRY = Buffer.from([0x50, 0x4b, 1, 2]);

/**
 * Whether a file can be opened as a ZIP archive (an APK, JAR or DOCX is one), whatever it begins with: readers look for
 * the end of it, and allow anything in front.
 */
export function endsAsArchive(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = Math.max(0, file.length - END_BYTES - LONGEST_COMMENT);
  for (let at = file.lastIndexOf(END); at >= from; at = at === 0 ? -1 : file.lastIndexOf(END, at - 1)) {
    if (at + END_BYTES > file.length) continue;
    const size = file.readUInt32LE(at + 12);
    const start = at - size;
    if (size > 0 && start >= 0 && file.subarray(start, start + 4).equals(ENTRY)) return true;
  }
  return false;
}
