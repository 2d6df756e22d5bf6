import { render as telegram } from '../channels/telegram/render.js';
import { render as whatsAppCloud } from '../channels/whatsapp-cloud/render.js';
import { render as whatsAppWeb } from '../channels/whatsapp-web/render.js';
import type { Outgoing } from '../core/outgoing.js';
import { median, type Bench } from './report.js';

const ROUND_MS = 500;
const ROUNDS = 5;
const TARGET = 200_000;

const choices = (...labels: string[]) => labels.map((label, n) => ({ label, payload: `a.k3f.${n}` }));

/** What a day's messages are: mostly questions and short texts, some lists, now and then a file. */
const USUAL: Outgoing[] = [
  { text: 'Atas nama siapa surat ini?' },
  { text: 'Apa nama usaha Bapak/Ibu?' },
  { text: 'Mohon diperiksa:\n\nNama: Siti\nUsaha: Warung Bu Siti\nAlamat: Krajan RT 02 RW 01\n\nSudah benar?', choices: choices('Kirim', 'Ubah', 'Batal') },
  { text: 'Usahanya di bidang apa?', choices: choices('Warung / dagang', 'Pertanian', 'Makanan', 'Jasa', 'Kerajinan', 'Lainnya') },
  { text: 'Diterima. Nomor K7QF-2M9P-X, urutan ke-3. Perkiraan siap besok pukul 10.00 bila berkas lengkap.' },
  { text: 'Mulai tahun berapa usahanya?', choices: choices('Lewati') },
  { text: 'Kirim 1 sampai 3 foto, lalu ketik selesai.', choices: choices('Lewati', 'Batal') },
  { text: 'Kirim lokasinya, atau ketik nama tempatnya.', request: 'location' },
  { text: 'Suratnya sudah siap.', document: { attachmentId: '0190a0a0-0000-7000-8000-000000000000', name: 'Surat Keterangan Usaha.pdf' } },
  { text: 'Cabai rawit 20 kg, Rp35.000/kg, Gintangan', photos: ['0190a0a0-0000-7000-8000-000000000001'] },
]; // prettier-ignore

/** Messages a second that become requests of a platform: pure, before anything is sent. */
export const renderingBench: Bench = {
  names: ['render.telegram', 'render.whatsapp_cloud', 'render.whatsapp_web'],
  run() {
    const measured: [string, (message: Outgoing) => unknown[]][] = [
      ['render.telegram', (message) => telegram('41', message)],
      ['render.whatsapp_cloud', (message) => whatsAppCloud('6281200000041', message)],
      ['render.whatsapp_web', (message) => whatsAppWeb(message)],
    ];
    return Promise.resolve(
      measured.map(([name, render]) => {
        rate(render); // warm
        const value = median(Array.from({ length: ROUNDS }, () => rate(render)));
        return {
          name,
          value,
          unit: 'messages/s',
          against: null,
          ratio: null,
          target: `≥ ${TARGET.toLocaleString('en')}`,
          met: value >= TARGET,
        };
      }),
    );
  },
};

function rate(render: (message: Outgoing) => unknown[]): number {
  const began = performance.now();
  let messages = 0;
  let requests = 0;
  while (performance.now() - began < ROUND_MS) {
    for (const message of USUAL) requests += render(message).length;
    messages += USUAL.length;
  }
  if (requests < messages) throw new Error('a message was rendered as nothing');
  return messages / ((performance.now() - began) / 1000);
}
