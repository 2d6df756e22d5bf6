import type { FlowFault } from '../yamlFile.js';
import { saysNot } from './negation.js';
import { sentencesOf } from './placed.js';
import type { Spoken } from './placed.js';

/**
 * Questions that no chat may ask. Dukcapil and banks warn people to give none of these over WhatsApp, and a village
 * that asks for them teaches its people to give them to whoever asks next.
 */
const NUMBERS =
  /\bnik\b|\b(?:no\.?|nomor|nomer|nomore|number of (?:the|your))\s*(?:kk|ktp|kartu keluarga|identity card|family card)\b|\b(?:kk|ktp|family card|id(?:entity)? card)\s+number\b/iu;
const SECRETS =
  /\bpin\b|\botp\b|\bcvv\b|\bpasswords?\b|\bkata sandi\b|\bsandi\b|\bkode (?:verifikasi|rahasia)\b|\b(?:no\.?|nomor|nomer)\s*(?:rekening|rek|kartu (?:atm|debit|kredit))\b|\b(?:bank )?account number\b|\bnama ibu kandung\b|\bmother['’]?s maiden name\b/iu;
/** Papers that may be spoken of, but not sent. */
const PAPERS = /\bktp\b|\bkk\b|\bkartu keluarga\b|\bid(?:entity)? card\b|\bfamily card\b/iu;
const SENDS =
  /\b(?:kirim(?:kan|ken)?|unggah|upload|foto(?:kan)?|potret|scan|pindai|send|photograph|photo of|ngirim)\b/iu;
const GIVES =
  /\b(?:kirim(?:kan|ken)?|ketik(?:kan)?|tulis(?:kan)?|masukkan|isi(?:kan)?|sebut(?:kan)?|sebataken|balas|berikan|beri tahu|unggah|foto(?:kan)?|send|type|write|enter|give|tell|fill|upload|reply|serat|lebetaken|lebokno|paringi)\b/iu;
/** Some part of all that is named above, looked for at once. */
const ANY =
  /nik|kk|ktp|keluarga|pin|otp|cvv|sandi|password|verifikasi|rahasia|reken|nomor|nomer|card|account|ibu kandung|maiden/;
/** Where it is asked for in the form, not in the chat. */
const IN_FORM = /\b(?:formulir|halaman aman|laman aman|secure (?:page|form))\b/iu;

/** Texts that ask for an identity number, a photo of identity papers, or a secret, in any language. */
export function checkUnsafe(texts: readonly Spoken[]): FlowFault[] {
  return texts.flatMap((text) => {
    const asked = unsafeIn(text);
    return asked === null
      ? []
      : [
          text.fault(
            `this asks for what must never be typed or sent in a chat: "${asked}"`,
            'leave it out, let secure_form ask for it, or say that it is shown at the office',
          ),
        ];
  });
}

function unsafeIn(text: Spoken): string | null {
  // A form may ask for the numbers of identity papers, on its own page; for secrets nobody may.
  if (text.step?.type === 'secure_form') return secretIn(text);
  // How the summary names an answer asks nothing.
  // What papers are called in the catalogue is looked at by checkChecklists.
  if (text.kind === 'label' || text.kind === 'title' || text.kind === 'service') return null;
  const { source } = text.words;
  // Most texts name none of it.
  if (!ANY.test(source.toLowerCase())) return null;
  const isQuestion = text.kind === 'ask';
  for (const sentence of sentencesOf(source)) {
    if (saysNot(sentence, text.language) || IN_FORM.test(sentence)) continue;
    if (isOnKeypad(text, sentence)) continue;
    const named = NUMBERS.test(sentence) || SECRETS.test(sentence);
    if (named && (isQuestion || GIVES.test(sentence))) return sentence;
    if (PAPERS.test(sentence) && SENDS.test(sentence)) return sentence;
  }
  return null;
}

/** An officer's own PIN is tapped on a keypad, never typed: that alone may be asked for, there and nowhere else. */
function isOnKeypad({ step, flow }: Spoken, sentence: string): boolean {
  if (step?.type !== 'keypad' || !flow?.isForOfficers) return false;
  const rest = sentence.replaceAll(/\bpin\b/giu, ' ');
  return !SECRETS.test(rest) && !NUMBERS.test(rest);
}

function secretIn({ words, language }: Spoken): string | null {
  return (
    sentencesOf(words.source).find((sentence) => SECRETS.test(sentence) && !saysNot(sentence, language)) ??
    null
  );
}

/** Items of a checklist that are sent by chat, though they are identity papers. `line`: of an item in services.yaml. */
export function checkChecklists(
  services: { [id: string]: { checklist: readonly { id: string; text: string; by: string }[] } },
  file: string,
  line: (service: string, item: number) => number,
): FlowFault[] {
  return Object.entries(services).flatMap(([id, { checklist }]) =>
    checklist.flatMap((item, n) =>
      item.by === 'chat' && (PAPERS.test(item.text) || NUMBERS.test(item.text))
        ? [
            {
              file,
              line: line(id, n),
              what: `"${item.text}" would be asked for in the chat`,
              cure: 'identity papers are `by: counter`, or come by secure_form',
            },
          ]
        : [],
    ),
  );
}
