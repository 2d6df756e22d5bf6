import { readFile } from 'node:fs/promises';
import { SetupError } from '../core/errors.js';

/** A certificate of the village's by which letters are signed inside the PDF as well (PKCS#12). */
export interface P12 {
  path: string;
  passphrase: string;
}

/** Signs a PDF; the time stands in the signature. */
export type SignPdf = (
  pdf: Uint8Array,
  of: { signer: string; place: string; at: Date },
) => Promise<Uint8Array>;

/** Bytes of the signature's place: a chain of certificates has some kilobytes. */
const ROOM = 12_000;

/**
 * A signer over a PKCS#12 file, opened at the start: a wrong passphrase is told then, not with the first letter. The
 * signature is a PAdES-like CMS (ETSI.CAdES.detached) whose place is made here: an invisible field on the first page.
 */
export async function openP12({ path, passphrase }: P12): Promise<SignPdf> {
  const file = await readFile(path).catch((cause: unknown) => {
    throw new SetupError([`LETTER_P12: ${path} cannot be read (${(cause as Error).message})`]);
  });
  const [{ SignPdf }, { P12Signer }] = await Promise.all([
    import('@signpdf/signpdf'),
    import('@signpdf/signer-p12'),
  ]);
  const sign: SignPdf = async (pdf, of) =>
    await new SignPdf().sign(
      Buffer.from(await withPlace(pdf, of)),
      new P12Signer(file, { passphrase }),
      of.at,
    );
  await new P12Signer(file, { passphrase })
    .sign(Buffer.from('a first look'), new Date(0))
    .catch((cause: unknown) => {
      throw new SetupError([
        `LETTER_P12: ${path} does not open with LETTER_P12_PASSPHRASE (${(cause as Error).message})`,
      ]);
    });
  return sign;
}

/** A place for the signature. Object streams are left out: the place must be found in the bytes. */
async function withPlace(
  pdf: Uint8Array,
  { signer, place, at }: Parameters<SignPdf>[1],
): Promise<Uint8Array> {
  const { PDFArray, PDFDocument, PDFHexString, PDFName, PDFNumber, PDFString } =
    await import('@cantoo/pdf-lib');
  const opened = await PDFDocument.load(pdf, { updateMetadata: false });
  const page = opened.getPage(0);
  const { context } = opened;
  const range = PDFArray.withContext(context);
  range.push(PDFNumber.of(0));
  for (let n = 0; n < 3; n++) range.push(PDFName.of('**********'));
  const signature = context.register(
    context.obj({
      Type: 'Sig',
      Filter: 'Adobe.PPKLite',
      SubFilter: 'ETSI.CAdES.detached',
      ByteRange: range,
      Contents: PDFHexString.of('0'.repeat(ROOM * 2)),
      Name: PDFHexString.fromText(signer),
      Location: PDFHexString.fromText(place),
      M: PDFString.fromDate(at),
    }),
  );
  const field = context.register(
    context.obj({
      Type: 'Annot',
      Subtype: 'Widget',
      FT: 'Sig',
      Rect: [0, 0, 0, 0],
      V: signature,
      T: PDFString.of('Tanda tangan'),
      // Printed, locked, and without a look of its own.
      F: 132,
      P: page.ref,
    }),
  );
  page.node.addAnnot(field);
  opened.catalog.set(PDFName.of('AcroForm'), context.register(context.obj({ SigFlags: 3, Fields: [field] })));
  return await opened.save({ useObjectStreams: false, updateFieldAppearances: false });
}
