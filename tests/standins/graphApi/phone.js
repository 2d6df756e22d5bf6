import { asBytes, control } from '../phone/control.js';

const PEOPLE = [
  { id: '6281200000041', name: 'Siti' },
  { id: '6281200000042', name: 'Slamet' },
  { id: 'budi', name: 'Budi (nomornya tersembunyi)', hides: true },
];
const asked = new URLSearchParams(location.search);
const first = asked.get('as') ?? undefined;
if (first && !PEOPLE.some(({ id }) => id === first))
  PEOPLE.unshift({ id: first, name: asked.get('name') || first });

const open = (who) => {
  const { id, name, hides } = PEOPLE.find((one) => one.id === who);
  return control('open', id, name, Boolean(hides));
};
/** Says something in Meta's words; `more`: how the chat shows it. */
async function tell(who, said, more) {
  await open(who);
  await control('say', who, said, more);
}

/** WhatsApp by the Cloud API, see phone/phone.js: buttons and lists, and people whose number nobody learns. */
export default {
  title: ['Ponsel tiruan: WhatsApp (Cloud API)', 'A phone to try with: WhatsApp (Cloud API)'],
  about: [
    'WhatsApp resmi untuk kantor, dengan tombol dan daftar. Pilih orangnya, lalu ketik seperti biasa. Tautan wa.me dari konsol jangan dibuka: tempel di sini sebagai pesan.',
    'WhatsApp’s official way for an office, with buttons and lists. Choose a person, then type as usual. Do not open a wa.me link of the console: paste it here as a message.',
  ],
  first,
  people: async () => PEOPLE,
  async add(count) {
    const id = `6281200000${String(140 + count)}`;
    PEOPLE.push({ id, name: `Warga ${count + 1}` });
    return id;
  },
  async look(who, say) {
    const { messages } = await open(who);
    const waiting = await control('waiting');
    // The chat is open: what came is read.
    for (const one of messages)
      if (one.from === 'us' && one.status === 'delivered') await control('report', who, one.id, 'read');
    return {
      status: say(statusOf(who, waiting)),
      messages: messages.map((message) => shown(who, message, say)),
    };
  },
  write: (who, text) => tell(who, { type: 'text', text: { body: text } }, { text }),
  async photo(who, blob) {
    const kept = await control('keepFile', await asBytes(blob), blob.type);
    const image = { id: kept.id, mime_type: blob.type, sha256: kept.sha256 };
    await tell(who, { type: 'image', image }, { photos: [kept.id] });
  },
  async file(who, file) {
    const mime = file.type || 'application/octet-stream';
    const kept = await control('keepFile', await asBytes(file), mime);
    const document = { id: kept.id, mime_type: mime, sha256: kept.sha256, filename: file.name };
    await tell(who, { type: 'document', document }, { text: file.name });
  },
  place,
  contact: (who) => card(who, 'other'),
};

function statusOf(who, waiting) {
  if (waiting > 0) return [`${waiting} pesan menunggu program`, `${waiting} messages wait for the program`];
  if (PEOPLE.find(({ id }) => id === who).hides) return ['Nomor tersembunyi', 'The number is hidden'];
  return [`Nomor ponsel: ${who}`, `Phone number: ${who}`];
}

function place(who) {
  const location = { latitude: -8.2192, longitude: 114.3691 };
  return tell(who, { type: 'location', location }, { text: 'Lokasi -8.2192, 114.3691' });
}

function card(who, origin) {
  const { id, name, hides } = PEOPLE.find((one) => one.id === who);
  const phone = hides ? '6281200000043' : id;
  const contacts = [{ origin, name: { formatted_name: name }, phones: [{ phone, wa_id: phone }] }];
  return tell(who, { type: 'contacts', contacts }, { text: `Kartu kontak ${phone}` });
}

function tap(who, message, button) {
  const kind = message.isList ? 'list_reply' : 'button_reply';
  const said = message.template
    ? { type: 'button', button: { payload: button.id, text: button.title } }
    : { type: 'interactive', interactive: { type: kind, [kind]: button } };
  return tell(who, { ...said, context: { id: message.id } }, { text: button.title });
}

function shown(who, message, say) {
  const { id, from, kind, photos, document: file, location: at, buttons, request, isRead } = message;
  const isPerson = from === 'person';
  const own = {
    location: { text: say(['Kirim lokasi', 'Send location']), tap: () => place(who) },
    contact: {
      text: say(['Bagikan nomor saya', 'Share my number']),
      tap: () => card(who, 'contact_request'),
    },
  }[request];
  const lines = [
    ...(at ? [`${say(['Lokasi', 'Location'])} ${at.latitude}, ${at.longitude}`] : []),
    message.text || (isPerson && photos.length === 0 ? kind : ''),
  ];
  return {
    key: id,
    from: isPerson ? 'person' : 'office',
    photos: photos.map((photo) => `/shown/${photo}`),
    files: file ? [{ name: file.filename, url: `/shown/${file.id}` }] : [],
    text: lines.filter((line) => line !== '').join('\n'),
    buttons: [
      ...buttons.map((button) => ({
        text: button.title,
        note: button.description,
        tap: () => tap(who, message, button),
      })),
      ...(own ? [own] : []),
    ],
    below: isPerson ? (isRead ? '✓✓' : '✓') : '',
  };
}
