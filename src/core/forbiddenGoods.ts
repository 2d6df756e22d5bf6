/**
 * Goods that the market refuses, and words that an officer should look at twice before they are published.
 * Whole words of the title and description count, so that "sabut kelapa" is no drug and "kelapa gading" no ivory.
 */
export type GoodsGroup =
  | 'tobacco'
  | 'alcohol'
  | 'drugs'
  | 'medicine'
  | 'fuel'
  | 'weapons'
  | 'wildlife'
  | 'loans'
  | 'gambling'
  | 'subsidised'
  | 'documents';

/** Beyond doubt: refused at once. Words with an innocent second meaning (a motif, a fish, a fruit) stand below. */
const FORBIDDEN: { [G in GoodsGroup]: string } = {
  tobacco: 'rokok, rokok elektrik, tembakau, cerutu, vape, vapor, tingwe, cigarette, cigarettes, tobacco',
  alcohol: 'arak, tuak, miras, minuman keras, ciu, vodka, whisky, whiskey, anggur merah, bir bintang, liquor',
  drugs:
    'narkoba, ganja, sabu sabu, kokain, heroin, ekstasi, inex, tramadol, pil koplo, trihexyphenidyl, marijuana',
  medicine:
    'antibiotik, amoxicillin, amoksisilin, paracetamol, parasetamol, dexamethasone, obat kuat, obat aborsi, obat penggugur, cytotec, viagra, obat keras, obat resep, suntik kb, pil kb',
  fuel: 'bensin, pertalite, pertamax, biosolar, bio solar, minyak tanah, bbm, elpiji, lpg, gas melon, gas 3 kg, gas 3kg',
  weapons:
    'senapan, senapan angin, pistol, airsoft, senjata api, senjata tajam, senpi, peluru, amunisi, bahan peledak, bom ikan, potasium, mercon, petasan',
  wildlife:
    'telur penyu, daging penyu, trenggiling, kukang, lutung, jalak bali, burung cendrawasih, gading gajah, kulit harimau, macan tutul, elang jawa, binturong',
  loans:
    'pinjol, pinjaman online, pinjaman uang, pinjaman tunai, dana tunai, dana talangan, kredit tanpa jaminan, joki pinjol, gestun, rentenir',
  gambling:
    'judi, judi online, judol, togel, slot gacor, slot online, sabung ayam, taruhan, kupon putih, nomor jitu',
  subsidised:
    'pupuk subsidi, pupuk bersubsidi, urea subsidi, urea bersubsidi, phonska subsidi, npk subsidi, solar subsidi, beras raskin',
  documents: 'jual ktp, ijazah palsu, sim palsu, stnk palsu, uang palsu, jual rekening',
};

/** May be one of them: an officer decides. */
const DOUBTFUL: { [G in GoodsGroup]?: string } = {
  alcohol: 'bir, alkohol, wine',
  drugs: 'sabu, kecubung, kratom',
  medicine: 'obat, obat herbal, pil, kapsul, suntik, salep, suplemen, jamu kuat, pelangsing',
  fuel: 'solar, tabung gas, gas',
  weapons: 'celurit, clurit, keris, pedang, samurai, ketapel, parang, bom',
  wildlife:
    'burung, penyu, kakatua, cendrawasih, merak, elang, rusa, kijang, landak, harimau, monyet, kera, ular, musang, satwa, gading, koral, benur, benih lobster',
  loans: 'pinjaman, kredit, cicilan, gadai, investasi, arisan',
  gambling: 'slot, undian',
  subsidised: 'urea, phonska, npk, za, bansos, raskin',
  documents: 'ktp, ijazah, rekening, akun',
};

/** Judges what is offered for sale. `refused`: a forbidden group; `flags`: groups to look at twice. */
export function judgeGoods(...texts: (string | null)[]): { refused: GoodsGroup | null; flags: GoodsGroup[] } {
  const said = texts
    .map((text) => ` ${(text ?? '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `)
    .join('|');
  const refused = groupsIn(said, FORBIDDEN)[0] ?? null;
  return { refused, flags: groupsIn(said, DOUBTFUL) };
}

function groupsIn(said: string, words: { [G in GoodsGroup]?: string }): GoodsGroup[] {
  const groups = Object.keys(words) as GoodsGroup[];
  return groups.filter((group) => words[group]!.split(', ').some((word) => said.includes(` ${word} `)));
}
