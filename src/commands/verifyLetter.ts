import type { Command } from 'commander';

/** `kentongan verify-letter FILE.pdf PROOF.json`: needs neither a database nor a connection. */
export function verifyLetterCommand(program: Command): void {
  program
    .command('verify-letter')
    .description('check a letter’s PDF against the proof that its page gives, without any connection')
    .argument('<file>', 'the PDF')
    .argument('<proof>', 'the JSON that /verifikasi/<token> offers for download')
    .option('--keys <file>', 'the village’s keys, as /verifikasi/kunci or /verifikasi/kunci.pem gives them')
    .action(async (file: string, proof: string, options: { keys?: string }) => {
      const { readFile } = await import('node:fs/promises');
      const { checkLetter } = await import('../core/letterProof.js');
      let known: string[];
      let result;
      try {
        known = options.keys === undefined ? [] : keysIn(await readFile(options.keys, 'utf8'));
        result = checkLetter(await readFile(file), await readFile(proof, 'utf8'), known);
      } catch (cause) {
        print(`Cannot be read: ${(cause as Error).message}`);
        process.exitCode = 2;
        return;
      }
      if (options.keys !== undefined && known.length === 0) {
        print(`${options.keys} holds no key.`);
        process.exitCode = 2;
        return;
      }
      if (result.outcome !== 'valid') {
        print(WRONG[result.outcome]);
        process.exitCode = 1;
        return;
      }
      const { claim, keyId, isKnownKey } = result;
      print('This is the very file that was issued.');
      print(`  ${claim.type}, number ${claim.number}, ${claim.issued_on}`);
      print(
        `  ${claim.issuer.village} (${claim.issuer.code}), ${claim.issuer.district}, ${claim.issuer.regency}`,
      );
      print(`  signed by ${claim.signer.name}, ${claim.signer.title}; about ${claim.initials}`);
      print(`  SHA-256 ${claim.sha256}`);
      print(
        isKnownKey
          ? `  Key ${keyId}, among those given.`
          : `  Key ${keyId}: compare it with those that the village publishes at /verifikasi/kunci, or give them with --keys.`,
      );
      print('Whether it was withdrawn since, only its page tells: scan its code.');
    });
}

const WRONG = {
  not_a_proof: 'The proof cannot be read: it is not the file that the letter’s page gives.',
  forged: 'The proof is not signed by a key of the village: do not trust it.',
  other_file: 'The file DIFFERS from the one that was issued: it was changed, or it is another.',
};

/** From the JSON of /verifikasi/kunci, or from PEM. */
function keysIn(text: string): string[] {
  if (text.trimStart().startsWith('{')) {
    const { keys } = JSON.parse(text) as { keys: { public_key: string }[] };
    return keys.map(({ public_key: pem }) => pem);
  }
  return text.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/gu) ?? [];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
