/** A phone in the browser, for a newcomer: `/phone?as=6281200000041&name=Siti`. Writes, taps, sends, reads. */
export const PHONE_PAGE = `<!doctype html>
<html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>WhatsApp (tiruan)</title>
<style>
  body{margin:0 auto;max-width:420px;font:16px system-ui;background:#efe7dd;display:flex;flex-direction:column;height:100dvh}
  header{background:#075e54;color:#fff;padding:.6rem 1rem}
  main{flex:1;overflow:auto;padding:.5rem;display:flex;flex-direction:column;gap:.4rem}
  article{max-width:85%;padding:.4rem .6rem;border-radius:.5rem;background:#fff;white-space:pre-wrap;overflow-wrap:anywhere}
  article.person{align-self:end;background:#dcf8c6}
  article button{display:block;width:100%;margin-top:.3rem}
  small{color:#555}
  form{display:flex;gap:.3rem;padding:.5rem;background:#f6f6f6}
  form input[type=text]{flex:1;min-width:0}
  button,input{font:inherit;min-height:2.4rem}
</style>
<header id="who"></header><main id="chat" aria-live="polite"></main>
<form id="form"><input type="text" id="text" autocomplete="off" aria-label="Pesan"><button>Kirim</button>
<label><span>📷</span><input type="file" id="photo" accept="image/*" hidden></label><button type="button" id="place">📍</button></form>
<script>
  const query = new URLSearchParams(location.search);
  const key = query.get('as') || '6281200000041';
  const name = query.get('name') || 'Siti';
  document.getElementById('who').textContent = name + ' (' + key + ')';
  const call = (method, ...args) => fetch('/control', { method: 'POST', body: JSON.stringify({ method, args }) }).then((r) => r.json());
  const say = (said, more) => call('say', key, said, more).then(show);
  let drawn = '';
  async function show() {
    const { messages } = await call('somebody', key);
    const now = JSON.stringify(messages);
    if (now === drawn) return;
    drawn = now;
    document.getElementById('chat').replaceChildren(...messages.map((m) => {
      const one = document.createElement('article');
      one.className = m.from;
      one.textContent = (m.photos.length ? '📷 ' : '') + (m.document ? '📄 ' + m.document.filename + ' ' : '') + (m.location ? '📍 ' : '') + (m.text || (m.from === 'person' ? '(' + m.kind + ')' : ''));
      for (const b of m.buttons) {
        const button = document.createElement('button');
        button.textContent = b.title;
        button.title = b.description || '';
        const kind = m.isList ? 'list_reply' : 'button_reply';
        button.onclick = () => say(m.template
          ? { type: 'button', context: { id: m.id }, button: { payload: b.id, text: b.title } }
          : { type: 'interactive', context: { id: m.id }, interactive: { type: kind, [kind]: b } }, { text: b.title });
        one.append(button);
      }
      if (m.request === 'location') { const b = document.createElement('button'); b.textContent = '📍'; b.onclick = sendPlace; one.append(b); }
      const mark = document.createElement('small');
      mark.textContent = m.from === 'us' ? '' : m.isRead ? ' ✓✓' : ' ✓';
      one.append(mark);
      return one;
    }));
    document.getElementById('chat').lastElementChild?.scrollIntoView();
    for (const m of messages) if (m.from === 'us' && m.status === 'delivered') await call('report', key, m.id, 'read');
  }
  const sendPlace = () => say({ type: 'location', location: { latitude: -8.2192, longitude: 114.3691 } });
  document.getElementById('form').onsubmit = (e) => {
    e.preventDefault();
    const field = document.getElementById('text');
    if (field.value.trim()) say({ type: 'text', text: { body: field.value } }, { text: field.value });
    field.value = '';
  };
  document.getElementById('place').onclick = sendPlace;
  document.getElementById('photo').onchange = async (e) => {
    const file = e.target.files[0];
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    const kept = await call('keepFile', { $bytes: btoa(text) }, file.type);
    await say({ type: 'image', image: { id: kept.id, mime_type: file.type, sha256: kept.sha256 } }, { photos: [kept.id] });
  };
  call('open', key, name, query.has('hides')).then(show);
  setInterval(show, 500);
</script></html>`;
