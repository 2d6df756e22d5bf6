/** An entry of the commands menu: `command` of [a-z0-9_], sent as its words (`/data_saya` is "data saya"). */
export interface MenuCommand {
  command: string;
  description: string;
}

/** The menu beside the text field, for a village that words it no otherwise. */
export const MENU_COMMANDS: MenuCommand[] = [
  { command: 'menu', description: 'Semua layanan' },
  { command: 'status', description: 'Cek status permohonan' },
  { command: 'batal', description: 'Batalkan yang sedang diisi' },
  { command: 'petugas', description: 'Bicara dengan petugas' },
  { command: 'bahasa', description: 'Ganti bahasa / change language' },
  { command: 'data_saya', description: 'Data saya dan cara menghapusnya' },
  { command: 'bantuan', description: 'Cara memakai' },
];
