import { asBytes, control } from '../phone/control.js';

const NAMES = ['Siti', 'Budi', 'Ayu', 'Made', 'Joko', 'Rahma'];
const act = (who, name, ...args) => control('act', who, name, args);

/** WhatsApp Web, see phone/phone.js: a resident's phone, and the office's own, which scans the QR code. */
export default {
  title: ['Ponsel tiruan: WhatsApp Web', 'A phone to try with: WhatsApp Web'],
  about: [
    'Tautkan dulu ponsel kantor, dengan satu ketukan. Sesudah itu ketik sebagai warga; jawaban datang beberapa detik kemudian.',
    'Link the office’s phone first, with one click. Then type as a resident; answers come some seconds later.',
  ],
  people: async () => (await control('persons')).map(({ phone, name }) => ({ id: phone, name })),
  async add(count) {
    const phone = `62812000000${41 + count}`;
    await control('person', phone, { name: NAMES[count] ?? `Warga ${count + 1}` });
    return phone;
  },
  async look(who, say) {
    const messages = await control('messages', who, true);
    const typing = await act(who, 'sees');
    // Whoever looks has read it.
    if (messages.some(({ from, ack }) => from !== 'person' && ack >= 0 && ack < 3)) await act(who, 'reads');
    return {
      status: say(
        typing ? ['sedang mengetik …', 'typing …'] : [`Nomor ponsel: ${who}`, `Phone number: ${who}`],
      ),
      messages: messages.map((message) => shown(message, say)),
    };
  },
  write: (who, text) => act(who, 'writes', text),
  photo: async (who, blob) => act(who, 'sendsPhoto', await asBytes(blob), undefined, { mime: blob.type }),
  file: async (who, file) =>
    act(who, 'sendsDocument', await asBytes(file), file.name, {
      mime: file.type || 'application/octet-stream',
    }),
  place: (who) => act(who, 'sharesLocation', -8.2192, 114.3691, 'Balai Desa'),
  own(box, say, refresh) {
    const title = document.createElement('h2');
    title.textContent = say(['Ponsel kantor desa', 'The village office’s phone']);
    const linked = document.createElement('p');
    linked.role = 'status';
    const row = Object.assign(document.createElement('div'), { className: 'row' });
    const button = (text, className, method, ...args) => {
      const made = Object.assign(document.createElement('button'), {
        type: 'button',
        textContent: text,
        className,
      });
      made.addEventListener('click', () => void control(method, ...args).then(refresh));
      row.append(made);
      return made;
    };
    const scan = button(say(['Pindai kode QR', 'Scan the QR code']), 'main', 'scan');
    const unlink = button(say(['Lepas tautan', 'Unlink']), '', 'unlink', {});
    box.append(title, linked, row);
    return async () => {
      const [isLinked, qr] = await Promise.all([control('isLinked'), control('qr')]);
      scan.disabled = !qr;
      unlink.disabled = !isLinked;
      const now = isLinked ? LINKED : qr ? SHOWN : AWAY;
      if (linked.textContent !== say(now)) linked.textContent = say(now);
    };
  },
};

const LINKED = [
  'Tertaut. Tunggu beberapa detik, lalu tulis sebagai warga.',
  'Linked. Wait some seconds, then write as a resident.',
];
const SHOWN = [
  'Program menampilkan kode QR. Pindai untuk menautkan ponsel ini.',
  'The program shows a QR code. Scan it to link this phone.',
];
const AWAY = ['Menunggu program membuka halamannya …', 'Waiting for the program to open its page …'];

function shown({ id, from, kind, text, location: at, isSeen, at: sentAt, raw }, say) {
  const { directPath: path, filename } = raw;
  const isPicture = path && kind === 'image';
  const time = new Date(sentAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const lines = [
    ...(at ? [`${say(['Lokasi', 'Location'])} ${at.latitude}, ${at.longitude}`] : []),
    ...(at?.label ? [at.label] : []),
    ...(text ? [text] : []),
  ];
  return {
    key: id,
    from: from === 'person' ? 'person' : 'office',
    photos: isPicture ? [path] : [],
    files: path && !isPicture ? [{ name: filename ?? kind, url: path }] : [],
    text: lines.join('\n'),
    below: from === 'person' ? `${time} ${isSeen ? '✓✓' : '✓'}` : time,
  };
}
