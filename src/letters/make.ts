import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { asPrivate, letterFileName } from '../core/letter.js';
import { proveLetter } from '../core/letterProof.js';
import type { Log, Now, Sealer } from '../core/ports.js';
import { storageKey } from '../media/storage.js';
import type { MediaStorage } from '../media/storage.js';
import { insertInternal } from '../store/inbound.js';
import { currentLetterKey } from '../store/letters/keys.js';
import { keepMadeLetter, markTold, postponeLetter, takeLetterToMake } from '../store/letters/making.js';
import type { LetterToMake } from '../store/letters/making.js';
import type { NumberKeeper } from '../store/letters/numberList.js';
import { inTransaction } from '../store/sql.js';
import type { SignPdf } from './p12.js';
import type { Renderer } from './renderer.js';

export interface MakeDeps {
  pool: Pool;
  sealer: Sealer;
  storage: Pick<MediaStorage, 'write'>;
  renderer: Renderer;
  now: Now;
  log: Log;
  /** null: letters bear no code to scan. */
  publicUrl: string | null;
  /** Signs the PDF itself, where a certificate is configured. */
  signPdf: SignPdf | null;
  /** Keeps outside the database how far the numbers have come: no letter is there to be handed out before its number is. */
  keepNumbers: NumberKeeper;
  /** Conversations have something to hear. */
  converse: () => void;
}

/** After so many minutes a letter that did not come out is tried again; the last for all later times. */
const AGAIN_MINUTES = [1, 5, 15, 60];

/**
 * Makes the files of all letters that wait: set, signed, stored sealed, proven, and handed to the resident's conversation where
 * the village signs electronically. A letter is locked while it is made, and all that tells of its file is written with the
 * transaction's end: after a crash it is made again, over the same place in the storage, and told once. Answers how many.
 */
export async function makeLetters(deps: MakeDeps): Promise<number> {
  for (let count = 0; ; count++) {
    const made = await inTransaction(deps.pool, async (sql) => {
      const letter = await takeLetterToMake(sql, deps.now());
      if (!letter) return null;
      const at = deps.now();
      let file;
      try {
        await deps.keepNumbers(sql, letter.villageCode);
        file = await makeFile(deps, letter, await currentLetterKey(sql, deps.sealer, at));
      } catch (cause) {
        const minutes = AGAIN_MINUTES[letter.failures] ?? AGAIN_MINUTES.at(-1)!;
        const error = (cause as Error).name;
        deps.log.error({ err: cause, letter: letter.id }, 'a letter could not be made; it is tried again');
        await postponeLetter(sql, letter.id, new Date(at.getTime() + minutes * 60_000), error);
        return { isTold: false };
      }
      await keepMadeLetter(sql, file, at);
      const isTold =
        letter.way === 'electronic' && letter.state === 'issued' && letter.conversationId !== null;
      if (isTold) {
        await insertInternal(
          sql,
          [
            {
              conversationId: letter.conversationId!,
              externalId: `letter:${letter.id}`,
              flow: 'letter-sent',
              vars: {
                code: letter.code,
                service: letter.service,
                number: letter.number,
                // Several people may share the chat: it is this one's.
                whose: letter.residentId,
                document: letter.id,
                file_name: letterFileName(letter),
              },
            },
          ],
          at,
        );
        await markTold(sql, letter.id, at);
      }
      return { isTold };
    });
    if (!made) return count;
    if (made.isTold) deps.converse();
  }
}

async function makeFile(
  deps: MakeDeps,
  letter: LetterToMake,
  key: Parameters<typeof proveLetter>[1],
): Promise<Parameters<typeof keepMadeLetter>[1]> {
  const { token, print } = asPrivate(deps.sealer.open('letter', letter.id, letter.private));
  const { pdf: set } = await deps.renderer.render({
    print,
    verifyUrl: deps.publicUrl === null ? null : `${deps.publicUrl}/verifikasi/${token}`,
    logo: letter.logo,
    isDraft: false,
    at: letter.issuedAt,
  });
  const pdf = deps.signPdf
    ? await deps.signPdf(set, { signer: letter.signerName, place: letter.village, at: letter.issuedAt })
    : set;
  const sha256 = createHash('sha256').update(pdf).digest('hex');
  const at = storageKey(letter.id, 'pdf', true, letter.issuedAt);
  await deps.storage.write(at, deps.sealer.sealBytes('attachment', letter.id, pdf));
  const proof = proveLetter(
    {
      letter: letter.id,
      issuer: {
        village: `${letter.villageType === 'kelurahan' ? 'Kelurahan' : 'Desa'} ${letter.village}`,
        code: letter.villageCode,
        district: letter.district,
        regency: 'Banyuwangi',
      },
      number: letter.number,
      type: letter.title,
      issued_on: letter.issuedOn,
      signer: { name: letter.signerName, title: letter.signerTitle },
      initials: letter.initials,
      sha256,
      bytes: pdf.length,
    },
    key,
  );
  return { id: letter.id, sha256, bytes: pdf.length, storageKey: at, proof: JSON.stringify(proof, null, 2) };
}
