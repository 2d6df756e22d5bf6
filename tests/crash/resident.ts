import type { Person } from '../standins/botApi.js';

/** Somebody's hand on whichever platform. */
export interface Resident {
  writes(text: string, more?: { times?: number }): Promise<unknown>;
  taps(label: string, more?: { times?: number }): Promise<unknown>;
  waitsFor(pattern: string | RegExp, withinMs?: number): Promise<{ text: string }>;
}

/** What one person did: what must be found in the tables afterwards. */
export interface Deeds<P extends Resident = Person> {
  person: P;
  /** Requests that were confirmed, by the receipts that came. */
  codes: string[];
  taps: number;
}

const PATIENCE_MS = 90_000;
const RECEIPT = /Diterima\. Nomor (\S+?)[,.] /u;

const QUESTIONS: [question: string, answer: string, by?: 'tap'][] = [
  ['Apa nama usahanya', 'Warung Bu Siti'],
  ['bidang apa', 'Warung / dagang', 'tap'],
  ['Di mana tempat usahanya', 'Krajan RT 02 RW 01'],
  ['mulai tahun berapa', '2019'],
  ['dipakai untuk apa', 'KUR / pinjaman bank', 'tap'],
  ['foto tempat usaha', 'Lewati', 'tap'],
];

/** Files one request after the other until told to stop; finishes the one in hand. Deliveries and taps come double at times. */
export async function filesRequests(
  deeds: Deeds<Resident>,
  village: string,
  random: () => number,
  isOver: () => boolean,
): Promise<void> {
  const { person } = deeds;
  const often = () => (random() < 0.2 ? { times: 3 } : {});
  const taps = async (label: string): Promise<void> => {
    deeds.taps += 1;
    await person.taps(label, often());
  };
  for (let isFirst = true; isFirst || !isOver(); isFirst = false) {
    await person.writes('surat usaha', often());
    if (isFirst) {
      await person.waitsFor('warga desa atau kelurahan mana', PATIENCE_MS);
      await person.writes(village, often());
      await person.waitsFor('Atas nama siapa', PATIENCE_MS);
      await person.writes('Siti', often());
    } else {
      await person.waitsFor('Sama seperti dulu', PATIENCE_MS);
      await taps('Isi yang baru');
    }
    for (const [question, answer, by] of QUESTIONS) {
      await person.waitsFor(question, PATIENCE_MS);
      await (by === 'tap' ? taps(answer) : person.writes(answer, often()));
    }
    await person.waitsFor('Mohon diperiksa', PATIENCE_MS);
    await taps('Kirim');
    // An impatient thumb.
    if (random() < 0.3) await taps('Kirim');
    const receipt = await person.waitsFor(RECEIPT, PATIENCE_MS);
    deeds.codes.push(RECEIPT.exec(receipt.text)![1]!);
  }
}
