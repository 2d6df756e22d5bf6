import { asBytes, control } from '../phone/control.js';

const GROUP = -1000000000500;
const NAMES = ['Siti', 'Pak Slamet', 'Bu Sri', 'Budi', 'Ayu', 'Made'];
const LINK = /^https:\/\/t\.me\/\w+\?(start|startgroup)=([\w-]+)/u;
const numberOf = (id) => `62812${String(id).padStart(8, '0')}`;
const act = (who, name, ...args) => control('act', Number(who), name, args);
const actInGroup = (who, name, ...args) => control('actInGroup', GROUP, name, Number(who), args);

let isGroup = false;

/** Telegram, see phone/phone.js: a chat with the bot, and an office's group. */
export default {
  title: ['Ponsel tiruan: Telegram', 'A phone to try with: Telegram'],
  about: [
    'Pilih orangnya, lalu ketik seperti di Telegram. Petugas mendapat permohonan warga di chat mereka sendiri: pilih petugas untuk menjawabnya. Tautan t.me dari konsol jangan dibuka: tempel di sini sebagai pesan.',
    'Choose a person, then type as you would in Telegram. Officers get what residents ask for in their own chat: choose one to answer it. Do not open a t.me link of the console: paste it here as a message.',
  ],
  people: async () => (await control('persons')).map(({ id, name }) => ({ id: String(id), name })),
  async add(count) {
    const id = 41 + count;
    await control('named', id, NAMES[count] ?? `Warga ${count + 1}`);
    return String(id);
  },
  async look(who, say) {
    const place = isGroup ? GROUP : Number(who);
    const { messages, topics } = await control('chat', place, isGroup ? { type: 'supergroup' } : {});
    return {
      status: isGroup ? '' : say([`Nomor ponsel: ${numberOf(who)}`, `Phone number: ${numberOf(who)}`]),
      messages: messages
        .filter((message) => message.text || Object.keys(message.raw).length > 1)
        .map((message) => shown(who, message, topics[message.topic], say)),
    };
  },
  write(who, text) {
    // A link that the console shows would lead to the real Telegram: pasted, it does here what it does there.
    const [, kind, payload] = LINK.exec(text) ?? [];
    if (kind === 'startgroup') return actInGroup(who, 'addsBot', payload);
    if (kind === 'start') return act(who, 'starts', payload);
    return isGroup ? actInGroup(who, 'says', text) : act(who, 'writes', text);
  },
  async photo(who, blob) {
    const bytes = await asBytes(blob);
    if (blob.type === 'image/jpeg') await act(who, 'sendsPhoto', bytes);
    else await act(who, 'sendsDocument', bytes, { name: blob.name, mime: blob.type });
  },
  file: async (who, file) =>
    act(who, 'sendsDocument', await asBytes(file), {
      name: file.name,
      mime: file.type || 'application/octet-stream',
    }),
  place: (who) => act(who, 'sharesLocation', -8.2192, 114.3691),
  contact: (who) => act(who, 'sharesContact', `+${numberOf(who)}`),
  own(box, say, refresh) {
    const row = Object.assign(document.createElement('div'), { className: 'row' });
    const label = Object.assign(document.createElement('label'), { htmlFor: 'where', textContent: 'Chat' });
    const where = Object.assign(document.createElement('select'), { id: 'where', className: 'wide' });
    where.append(
      new Option(say(['Dengan bot', 'With the bot']), 'private'),
      new Option(say(['Grup kantor', 'Office group']), 'group', false, isGroup),
    );
    const promote = Object.assign(document.createElement('button'), {
      type: 'button',
      textContent: say(['Jadikan bot admin', 'Make the bot an admin']),
    });
    const hint = document.createElement('p');
    where.addEventListener('change', () => {
      isGroup = where.value === 'group';
      void refresh();
    });
    promote.addEventListener('click', () => {
      void actInGroup(document.getElementById('who').value, 'promotesBot').then(refresh);
    });
    row.append(label, where, promote);
    box.append(row, hint);
    return () => {
      promote.hidden = !isGroup;
      for (const id of ['sample', 'pick', 'place', 'contact']) document.getElementById(id).disabled = isGroup;
      hint.hidden = !isGroup;
      hint.textContent = say([
        'Buat tautan grup di konsol, halaman Petugas, lalu tempel tautannya di sini.',
        'Make a link for the group on the console’s page of officers, and paste it here.',
      ]);
    };
  },
};

function shown(who, { id, from, text, buttons, raw }, topic, say) {
  const { photo, document: file, location: at, contact } = raw;
  const photos = photo ? [`/phone/file/${photo.at(-1).file_id}`] : [];
  const files = file ? [{ name: file.file_name ?? 'dokumen', url: `/phone/file/${file.file_id}` }] : [];
  const lines = [
    ...(at ? [`${say(['Lokasi', 'Location'])} ${at.latitude}, ${at.longitude}`] : []),
    ...(contact ? [`${say(['Nomor ponsel', 'Phone number'])} ${contact.phone_number}`] : []),
    ...(text ? [text] : []),
  ];
  return {
    key: id,
    from: from === 'person' ? 'person' : 'office',
    head: topic ? `${topic.isClosed ? '✓ ' : ''}${topic.name}` : null,
    photos,
    files,
    text: lines.join('\n'),
    buttons: buttons.flat().map((label) => ({
      text: label,
      tap: () => (isGroup ? actInGroup(who, 'taps', label) : act(who, 'taps', label)),
    })),
  };
}
