/** A QR code as SVG, dark on light whatever the page looks like: phones read no other. Loaded with the first one. */
export async function drawQr(text: string): Promise<string> {
  const { default: qrcode } = await import('qrcode');
  return await qrcode.toString(text, { type: 'svg', errorCorrectionLevel: 'L', margin: 4 });
}
