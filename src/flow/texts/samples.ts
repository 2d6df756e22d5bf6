/** A value to think of, for arguments by their name or the end of it: longer ends count first. */
const SAMPLES: { [name: string]: string } = {
  village: 'Kemiren',
  district: 'Glagah',
  resident: 'Siti',
  officer: 'Pak Budi',
  office_hours: 'Senin–Kamis 07.30–15.30',
  office_phone: '0333-…',
  office_address: 'Jl. Perkutut 1',
  opens_next: 'besok 07.30',
  midwife_phone: '0812-…',
  public_url: 'alamat halaman desa',
  today: '24 November 2026',
  code: 'K7M2-PXQ4-3',
  due: 'Rabu, 25 November 2026, 14.00',
  from: '1 Januari 2020',
  to: '24 November 2026',
  position: '3',
  count: '3',
  min: '2',
  max: '80',
  price: 'Rp8.000',
  unit: 'kg',
  quantity: '15 kg',
  status: 'sedang dikerjakan petugas',
  service: 'Surat Keterangan Usaha',
  service_title: 'Surat Keterangan Usaha',
  service_promise: '1 hari kerja',
  service_counter: 'KTP asli dan Kartu Keluarga',
  title: 'Surat Keterangan Usaha',
  name: 'Bapak Slamet',
  names: 'Siti dan Slamet',
  seller: 'Siti',
  by: 'Pak Budi',
  phone: '0812-3456-789',
  platform: 'whatsapp',
  line: 'WhatsApp',
  date: '24 November 2026',
  time: '08.30',
  place: 'Balai dusun',
  year: '2019',
  since: '2019',
  items: 'KTP asli, Kartu Keluarga',
  item: 'foto tempat usaha',
  units: 'kg, ikat',
  kind: 'foto',
  again: 'surat usaha',
  text: 'bisa diambil besok',
  words: 'bisa diambil besok',
  contact: '0812-3456-789',
};

/** `case_due` reads as a due time, `business_name` as a name; what nobody knows reads as an ellipsis. */
export function sampleOf(argument: string): string {
  for (let rest = argument; ; rest = rest.slice(rest.indexOf('_') + 1)) {
    const sample = SAMPLES[rest];
    if (sample) return sample;
    if (!rest.includes('_')) return '…';
  }
}
