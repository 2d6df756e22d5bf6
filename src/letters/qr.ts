/** A QR code as SVG: black on white, sharp at any size. Loaded with the first one. */
export async function drawQr(text: string): Promise<string> {
  const { default: qrcode } = await import('qrcode');
  return await qrcode.toString(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 2 });
}
