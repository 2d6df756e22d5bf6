// The simulator's page: which phones are shown, the newest message in sight, an emptied field after sending.
(() => {
  const narrow = matchMedia('(max-width: 760px)');
  const phoneOf = (id) => document.getElementById(`phone-${id}`);
  const chatOf = (phone) => phone.querySelector('.chat');
  const tabs = [...document.querySelectorAll('[data-phone]')];

  function show(tab) {
    const phone = phoneOf(tab.dataset.phone);
    if (narrow.matches) {
      for (const other of document.querySelectorAll('.phone.current')) other.classList.remove('current');
      phone.classList.add('current');
    } else phone.classList.toggle('shown');
    tab.classList.remove('news');
    mark();
    toEnd(chatOf(phone));
  }

  function isInSight(phone) {
    return phone.classList.contains(narrow.matches ? 'current' : 'shown');
  }

  function mark() {
    for (const tab of tabs) tab.setAttribute('aria-pressed', String(isInSight(phoneOf(tab.dataset.phone))));
  }

  function toEnd(chat) {
    chat.scrollTop = chat.scrollHeight;
  }

  for (const tab of tabs) tab.addEventListener('click', () => show(tab));
  narrow.addEventListener('change', mark);
  mark();

  // A chat changed: its end comes into sight, or its tab tells of news.
  for (const phone of document.querySelectorAll('.phone')) {
    const chat = chatOf(phone);
    toEnd(chat);
    let count = chat.childElementCount;
    new MutationObserver(() => {
      toEnd(chat);
      if (chat.childElementCount !== count && !isInSight(phone)) {
        tabs.find((tab) => tab.dataset.phone === phone.id.slice('phone-'.length))?.classList.add('news');
      }
      count = chat.childElementCount;
    }).observe(chat, { childList: true, subtree: true });
    // A picture makes a chat longer once it is there.
    chat.addEventListener('load', () => toEnd(chat), true);
  }

  document.addEventListener('htmx:after:request', (event) => {
    const ctx = event.detail?.ctx;
    const form = ctx?.sourceElement;
    if (form instanceof HTMLFormElement && 'reset' in form.dataset && ctx.response?.status < 400)
      form.reset();
  });
})();
