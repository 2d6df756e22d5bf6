/**
 * A phone to try with. What a platform can is its adapter's, `(./<stand-in>/phone.js)`:
 *   title, about: texts; people(): [{ id, name }]; add(count): makes somebody, answers with the id;
 *   look(who, say): { messages, status }; write, photo, file, place, contact (who, …); own(box, say, refresh): what this
 *   platform has besides, answering with what is done at each look. Texts are [Indonesian, English].
 *   A message: { key, from: 'person' | 'office', head, photos: [url], files: [{ name, url }], text, buttons:
 *   [{ text, note, tap() }], below }.
 */
const WORDS = {
  tag: ['TIRUAN', 'STAND-IN'],
  notReal: [
    'Bukan aplikasi asli. Tidak ada pesan yang keluar dari komputer ini.',
    'Not the real app. No message leaves this computer.',
  ],
  phone: ['Ponsel', 'Phone'],
  who: ['Orang', 'Person'],
  another: ['Orang lain', 'Somebody else'],
  send: ['Kirim', 'Send'],
  sample: ['Foto contoh', 'Sample photo'],
  pick: ['Berkas …', 'File …'],
  place: ['Lokasi', 'Location'],
  contact: ['Nomor saya', 'My number'],
  message: ['Pesan', 'Message'],
  file: ['Berkas', 'File'],
  nothing: ['Belum ada pesan. Coba:', 'No messages yet. Try:'],
  failed: ['Tidak bisa: program tidak menjawab.', 'Not possible: the program does not answer.'],
};
/** What a newcomer may begin with, in the language of the flows. */
const BEGINNINGS = ['menu', 'lampu jalan mati', 'surat usaha'];
const LOOK_EVERY_MS = 700;

const $ = (id) => document.getElementById(id);

export async function run(adapter) {
  let isEnglish = localStorage.getItem('language') === 'en';
  const say = ([indonesian, english]) => (isEnglish ? english : indonesian);
  let shown = '';
  let lookOwn = null;

  function word() {
    document.documentElement.lang = isEnglish ? 'en' : 'id';
    document.title = say(adapter.title);
    $('title').textContent = say(adapter.title);
    $('about').textContent = say(adapter.about);
    $('language').textContent = isEnglish ? 'Bahasa Indonesia' : 'English';
    for (const place of document.querySelectorAll('[data-t]'))
      place.textContent = say(WORDS[place.dataset.t]);
    for (const place of document.querySelectorAll('[data-l]')) place.ariaLabel = say(WORDS[place.dataset.l]);
    $('own').replaceChildren();
    lookOwn = adapter.own?.($('own'), say, look) ?? null;
    $('contact').hidden = !adapter.contact;
    shown = '';
  }

  async function showPeople(chosen) {
    const people = await adapter.people();
    $('who').replaceChildren(...people.map(({ id, name }) => new Option(name, id, false, id === chosen)));
    return people.length;
  }

  async function look() {
    const who = $('who').value;
    await lookOwn?.();
    if (!who) return;
    const { messages, status } = await adapter.look(who, say);
    if (who !== $('who').value) return;
    if ($('status').textContent !== status) $('status').textContent = status;
    const now = JSON.stringify([who, isEnglish, messages]);
    if (now === shown) return;
    shown = now;
    $('chat').replaceChildren(...(messages.length > 0 ? messages.map(bubble) : [nothing()]));
    $('chat').scrollTop = $('chat').scrollHeight;
  }

  /** Does what was clicked, and looks what came of it. */
  async function does(act) {
    try {
      await act();
      await look();
    } catch {
      $('status').textContent = say(WORDS.failed);
    }
  }

  function button(text, act) {
    const made = Object.assign(document.createElement('button'), { type: 'button', textContent: text });
    made.addEventListener('click', () => void does(act));
    return made;
  }

  function part(tag, className, ...children) {
    const made = Object.assign(document.createElement(tag), { className });
    made.append(...children);
    return made;
  }

  function nothing() {
    const tries = BEGINNINGS.map((text) => button(text, () => adapter.write($('who').value, text)));
    return part('li', 'none', say(WORDS.nothing), part('div', 'buttons', ...tries));
  }

  function bubble(message) {
    const item = part('li', message.from);
    if (message.head) item.append(part('div', 'head', message.head));
    for (const url of message.photos ?? [])
      item.append(Object.assign(document.createElement('img'), { src: url, alt: '' }));
    for (const { name, url } of message.files ?? [])
      item.append(part('div', '', Object.assign(part('a', '', name), { href: url })));
    item.append(message.text);
    if (message.buttons?.length > 0) {
      const row = part('div', 'buttons');
      for (const { text, note, tap } of message.buttons) {
        const made = button(text, tap);
        if (note) made.append(part('small', '', note));
        row.append(made);
      }
      item.append(row);
    }
    if (message.below) item.append(part('small', '', message.below));
    return item;
  }

  const on = (id, event, act) =>
    $(id).addEventListener(event, (happened) => {
      happened.preventDefault();
      void does(() => act($('who').value));
    });
  on('language', 'click', () => {
    isEnglish = !isEnglish;
    localStorage.setItem('language', isEnglish ? 'en' : 'id');
    word();
  });
  on('another', 'click', async () => showPeople(await adapter.add($('who').options.length)));
  on('who', 'change', () => {});
  on('compose', 'submit', async (who) => {
    const text = $('text').value.trim();
    $('text').value = '';
    $('text').focus();
    if (text) await adapter.write(who, followed(text));
  });
  on('place', 'click', (who) => adapter.place(who));
  on('contact', 'click', (who) => adapter.contact(who));
  on('sample', 'click', async (who) => adapter.photo(who, await samplePhoto()));
  on('pick', 'click', () => $('file').click());
  on('file', 'change', async (who) => {
    const [file] = $('file').files;
    if (!file) return;
    await (file.type.startsWith('image/') ? adapter.photo(who, file) : adapter.file(who, file));
    $('file').value = '';
  });

  word();
  if ((await showPeople(adapter.first)) === 0) await showPeople(await adapter.add(0));
  for (;;) {
    await look().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** A wa.me link, which the console shows, would lead to the real WhatsApp: pasted, its words are said here. */
function followed(text) {
  const words = /^https:\/\/wa\.me\/\d+\?text=(\S+)$/u.exec(text)?.[1];
  return words === undefined ? text : decodeURIComponent(words);
}

/** A hole in a road. */
async function samplePhoto() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#7a8b94';
  pen.fillRect(0, 0, 640, 480);
  pen.fillStyle = '#3c4347';
  pen.fillRect(0, 260, 640, 220);
  pen.fillStyle = '#1d2123';
  pen.beginPath();
  pen.ellipse(330, 370, 150, 46, 0, 0, 7);
  pen.fill();
  return await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85));
}
