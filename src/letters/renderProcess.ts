import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { FrameData } from './frame.js';
import type { RenderAnswer, RenderQuestion } from './renderer.js';

// The process in which letters are set (letters/renderer.ts): Typst keeps what it has seen, so it is ended after some
// hundred letters. It is handed the folder of the frame, and ends with whoever asked.
const frame = readFileSync(join(process.argv[2]!, 'frame.typ'), 'utf8');
const compiler = NodeCompiler.create({});

process.on('message', (question: RenderQuestion) => {
  process.send!(answer(question));
});
process.once('disconnect', () => process.exit());

function answer({ id, as, data, logo, seconds }: RenderQuestion): RenderAnswer {
  const begun = performance.now();
  try {
    if (as === 'svg') {
      const svg = compiler.plainSvg(setDocument({ ...data, fallback: true }, logo));
      return { id, file: Buffer.from(svg), ms: performance.now() - begun, rss: process.memoryUsage.rss() };
    }
    const pdf = setPdf(data, logo, seconds) ?? setPdf({ ...data, fallback: true }, logo, seconds, false);
    if (!pdf) return { id, fault: 'the letter cannot be set' };
    return { id, file: pdf, ms: performance.now() - begun, rss: process.memoryUsage.rss() };
  } catch (cause) {
    return { id, fault: faultOf(cause) };
  } finally {
    compiler.resetShadow();
    compiler.evictCache(10);
  }
}

/** PDF/A-2b; null where a sign has no glyph in the shipped fonts, which that standard forbids. */
function setPdf(data: FrameData, logo: Uint8Array | null, seconds: number, isArchival = true): Buffer | null {
  const document = setDocument(data, logo);
  try {
    return compiler.pdf(document, {
      ...(isArchival ? { pdfStandard: 'a-2b' } : {}),
      creationTimestamp: seconds,
    });
  } catch (cause) {
    if (isArchival && faultOf(cause).includes('could not be displayed')) return null;
    throw cause;
  }
}

function setDocument(data: FrameData, logo: Uint8Array | null) {
  if (logo) compiler.mapShadow('/logo.png', Buffer.from(logo));
  const compiled = compiler.compile({ mainFileContent: frame, inputs: { letter: JSON.stringify(data) } });
  if (!compiled.result) throw compiled.takeDiagnostics() ?? new Error('the frame does not compile');
  return compiled.result;
}

/** What Typst says of it, without what it quotes of a person's words. */
function faultOf(cause: unknown): string {
  const { shortDiagnostics: diagnostics } = cause as { shortDiagnostics?: { message?: string }[] };
  const text = diagnostics?.map(({ message }) => message).join('; ') ?? (cause as Error).message;
  return text.replaceAll(/`[^`]*`/gu, '`…`').slice(0, 300);
}
