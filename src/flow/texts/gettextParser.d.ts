/** gettext-parser 10 comes without types: what we use of it, by its README. */
declare module 'gettext-parser' {
  interface PoEntry {
    msgctxt?: string;
    msgid: string;
    msgstr: string[];
    comments?: { extracted?: string; reference?: string; flag?: string; translator?: string };
  }
  interface PoFile {
    charset: string;
    headers: { [name: string]: string };
    translations: { [context: string]: { [id: string]: PoEntry } };
  }
  const gettextParser: {
    po: {
      parse(input: Uint8Array | string, options?: { validation?: boolean }): PoFile;
      compile(file: PoFile, options?: { foldLength?: number }): Buffer;
    };
  };
  export default gettextParser;
}
