import type { Allowed } from '../load/allowed.js';
import type { FlowFault } from '../yamlFile.js';
import { saysNot } from './negation.js';
import { sentencesOf } from './placed.js';
import type { Spoken } from './placed.js';

const PAYS =
  /\b(?:bayar(?:kan|lah)?|transfer(?:kan|lah)?|setor(?:kan)?|kirim(?:kan)? (?:uang|dana|pulsa|biaya|artha)|pay|send (?:the )?money|mbayar|mbayaraken)\b/iu;
const AMOUNT = /\brp\.?\s?\d[\d.,]*|\b\d[\d.,]*\s?(?:rupiah|ribu|rb|juta|jt)\b/iu;
const TO_WHERE =
  /\b(?:ke|lewat|melalui|dhateng|to|by|via|into)\s+(?:\p{L}+\s+)?(?:rekening|rek|nomor|kami|petugas|kantor|bendahara|kasir|dana|ovo|gopay|shopeepay|linkaja|qris|us|the officer|the office|the village|(?:bank )?account)\b/iu;
const ASKS_POLITELY = /^(?:silakan|silahkan|mohon|tolong|harap|segera|please|monggo|mangga|nyuwun)\b/iu;
/** What is called a fee, or given "freely". */
const FEE =
  /\b(?:biaya|ongkos|tarif|uang|dana|iuran|fee|charge|cost)\s*(?:\p{L}+\s+){0,6}(?:sebesar|adalah|is|:|=)?\s*rp\.?\s?\d/iu;
const GIFT =
  /\b(?:seikhlasnya|sukarela|uang (?:lelah|rokok|terima kasih|jasa)|tip for|voluntary (?:gift|contribution))\b/iu;
/** Without one of these no sentence asks for any. */
const MONEY =
  /bayar|transfer|setor|kirim|\bpay\b|send|biaya|ongkos|tarif|uang|dana|iuran|\bfee\b|charge|cost|ikhlas|sukarela|\btip\b|voluntary/iu;

/**
 * Texts that ask for money, in any language. Every letter of a village is free; what another office charges by law is
 * an amount of flows/allowed.yaml.
 */
export function checkMoney(texts: readonly Spoken[], allowed: Allowed): FlowFault[] {
  return texts.flatMap((text) => {
    if (!MONEY.test(text.words.source)) return [];
    const asked = sentencesOf(text.words.source).find((sentence) =>
      asksForMoney(sentence, text.language, allowed),
    );
    return asked === undefined
      ? []
      : [
          text.fault(
            `this asks for money: "${asked}"`,
            'every service is free; a fee of another office by law goes into flows/allowed.yaml, under amounts',
          ),
        ];
  });
}

function asksForMoney(sentence: string, language: string, allowed: Allowed): boolean {
  const rest = allowed.amounts.reduce((text, amount) => text.replaceAll(amount, ''), sentence);
  if (saysNot(rest, language)) return false;
  if (GIFT.test(rest) || FEE.test(rest)) return true;
  return PAYS.test(rest) && (AMOUNT.test(rest) || TO_WHERE.test(rest) || ASKS_POLITELY.test(rest));
}
