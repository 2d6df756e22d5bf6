/** Several PDFs as one, in their order: what the print pile is printed from. */
export async function mergePdfs(files: readonly Uint8Array[]): Promise<Uint8Array> {
  const { PDFDocument } = await import('@cantoo/pdf-lib');
  const whole = await PDFDocument.create();
  for (const file of files) {
    const opened = await PDFDocument.load(file, { updateMetadata: false });
    for (const page of await whole.copyPages(opened, opened.getPageIndices())) whole.addPage(page);
  }
  return await whole.save();
}
