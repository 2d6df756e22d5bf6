import sharp from 'sharp';

/** A photo as a phone makes it: larger than is kept, lying on its side, telling where it was taken. */
export async function phonePhoto(options: { width?: number; height?: number } = {}): Promise<Buffer> {
  const { width = 2400, height = 1800 } = options;
  return sharp({ create: { width, height, channels: 3, background: '#3a7d44' } })
    .withMetadata({ orientation: 6 })
    .withExif({
      IFD0: { Copyright: 'rahasia-kamera' },
      IFD3: { GPSLatitudeRef: 'S', GPSLatitude: '8/1 13/1 9/1' },
    })
    .jpeg()
    .toBuffer();
}

export const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
export const EXECUTABLE = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(300)]);
export const ELF = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]), Buffer.alloc(300)]);
/** What a ZIP, an APK and a DOCX begin with. */
export const ZIP = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, 20, 0]), Buffer.alloc(300)]);
export const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
export const HTML = Buffer.from('<!doctype html><script>alert(1)</script>');
export const OGG = Buffer.concat([
  Buffer.from('OggS\0'),
  Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 19]),
  Buffer.from('OpusHead'),
  Buffer.alloc(64),
]);
