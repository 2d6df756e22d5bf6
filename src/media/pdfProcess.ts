import {
  decodePDFRawStream,
  PDFArray,
  PDFContext,
  PDFDict,
  PDFDocument,
  PDFName,
  PDFRawStream,
} from '@cantoo/pdf-lib';
import type { PdfAnswer, PdfQuestion } from './pdf.js';

// The process in which a PDF is read (media/pdf.ts). It answers one question, and ends with whoever asked.
process.once('message', (question: PdfQuestion) => {
  void read(question).then((answer) => process.send!(answer));
});
process.once('disconnect', () => process.exit());

async function read({ bytes, mostUnpackedBytes }: PdfQuestion): Promise<PdfAnswer> {
  const unpacking = capUnpacking(mostUnpackedBytes);
  try {
    // Many papers of offices are locked against changes alone: those open with no password at all.
    const pdf = await PDFDocument.load(bytes, { updateMetadata: false, password: '' });
    if (unpacking.isOver) return { fault: 'unsafe', message: 'unpacks to more than it may' };
    if (pdf.context.enumerateIndirectObjects().some(([, object]) => isProgram(object)))
      return { fault: 'unsafe', message: 'carries files or starts programs' };
    return { pages: pdf.getPageCount() };
  } catch (cause) {
    const { message } = cause as Error;
    if (unpacking.isOver) return { fault: 'unsafe', message: 'unpacks to more than it may' };
    return /password|encrypt/iu.test(message)
      ? { fault: 'locked', message: 'is locked by a password' }
      : { fault: 'broken', message: `cannot be read (${message.slice(0, 100)})` };
  }
}

type Grow = (this: { buffer: Uint8Array }, size: number) => Uint8Array;

/**
 * pdf-lib unpacks object streams whole and without a limit: ten megabytes may become ten gigabytes. All its decoders
 * grow their buffer by one method of their common class, which is not exported: found by way of an instance. The
 * parser passes over what throws; so that it was refused is remembered.
 */
function capUnpacking(most: number): { isOver: boolean } {
  const state = { isOver: false };
  let unpacked = 0;
  const dict = PDFDict.withContext(PDFContext.create());
  dict.set(PDFName.of('Filter'), PDFName.of('FlateDecode'));
  const decoder = decodePDFRawStream(PDFRawStream.of(dict, new Uint8Array([0x78, 0x9c, 3, 0, 0, 0, 0, 1])));
  const all = Object.getPrototypeOf(Object.getPrototypeOf(decoder)) as { ensureBuffer: Grow };
  const grow: Grow = all.ensureBuffer;
  all.ensureBuffer = function (size) {
    const before = this.buffer.byteLength;
    if (size > before && unpacked + size - before > most) {
      state.isOver = true;
      throw new Error('unpacks to more than it may');
    }
    const buffer = grow.call(this, size);
    unpacked += buffer.byteLength - before;
    return buffer;
  };
  return state;
}

/** Whether an attached file, or an action that starts a program on the reader's machine, lies in it or within it. */
function isProgram(object: unknown): boolean {
  if (object instanceof PDFArray) return object.asArray().some(isProgram);
  const dict = object instanceof PDFDict ? object : object instanceof PDFRawStream ? object.dict : null;
  if (!dict) return false;
  return (
    dict.get(PDFName.of('Type')) === PDFName.of('EmbeddedFile') ||
    dict.has(PDFName.of('EF')) ||
    dict.get(PDFName.of('S')) === PDFName.of('Launch') ||
    dict.values().some(isProgram)
  );
}
