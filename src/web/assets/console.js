// The console works without a script. This keeps a typed answer from being lost by a slip, and makes what officers do all
// day quicker: keys, ticks that outlive a list that changes by itself, replies and fields that are copied with one tap.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const isTyped = (field) => field.value !== field.defaultValue;
  let isSending = false;
  document.addEventListener('submit', () => (isSending = true));
  addEventListener('beforeunload', (event) => {
    if (isSending) return;
    if (all('textarea').some(isTyped)) event.preventDefault();
  });

  // A flow's drawing at the step where its conversation stands; a chat at its end.
  const show = () => {
    const drawing = document.querySelector('.drawing');
    for (const chat of all('.play-chat, .bubbles')) chat.scrollTop = chat.scrollHeight;
    const here = drawing?.querySelector('.here') ?? drawing?.querySelector('.node');
    if (!here) return;
    const [box, step] = [drawing.getBoundingClientRect(), here.getBoundingClientRect()];
    drawing.scrollTop += step.top - box.top - (box.height - step.height) / 2;
    drawing.scrollLeft += step.left - box.left - (box.width - step.width) / 2;
  };

  // The menu closes where something else is meant: a tap beside it, Escape, the focus elsewhere.
  const closeMenu = (goesBack) => {
    const menu = document.querySelector('[data-menu][open]');
    if (!menu) return false;
    menu.open = false;
    if (goesBack) menu.querySelector('summary').focus();
    return true;
  };
  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-menu]')) closeMenu(false);
  });
  document.addEventListener('focusin', (event) => {
    if (!event.target.closest('[data-menu]')) closeMenu(false);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closeMenu(true);
  });

  // Ticks: a list that was drawn anew shows what was ticked before, and the row that the keys had reached.
  const ticked = new Set();
  let current = null;
  const boxes = () => all('input[name="kode"][form]');
  const countTicks = () => {
    const bar = document.querySelector('[data-bulk]');
    if (!bar) return;
    const count = boxes().filter((box) => box.checked).length;
    bar.classList.toggle('has-ticks', count > 0);
    const words = bar.querySelector('[data-words]');
    words.dataset.empty ??= words.textContent;
    const text = count > 0 ? words.dataset.words.replace('#', String(count)) : words.dataset.empty;
    if (words.textContent !== text) words.textContent = text;
  };
  document.addEventListener('change', (event) => {
    const field = event.target;
    if (field.matches('input[name="kode"][form]')) {
      if (field.checked) ticked.add(field.value);
      else ticked.delete(field.value);
      countTicks();
    }
    if (field.matches('[data-submits]')) field.form.requestSubmit();
    if (field.id === 'tombol-aktif') remember('tombol', field.checked ? 'ya' : 'tidak');
  });
  // Whoever stands on a row with the keys still stands there when the list was drawn anew.
  let held = null;
  document.addEventListener('htmx:before:swap', () => {
    const row = document.activeElement?.closest('.case[data-code]');
    if (row) held = { code: row.dataset.code, what: document.activeElement.matches('input') ? 'input' : 'a' };
  });
  const redrawn = () => {
    for (const box of boxes()) box.checked = ticked.has(box.value);
    countTicks();
    const rowOf = (code) => rows().find((row) => row.dataset.code === code) ?? null;
    if (current) mark(rowOf(current), false);
    if (held && document.activeElement === document.body)
      rowOf(held.code)?.querySelector(held.what)?.focus({ preventScroll: true });
    held = null;
    show();
  };

  // One tap puts a canned reply into its field, or a field's text on the clipboard.
  document.addEventListener('click', (event) => {
    const reply = event.target.closest('[data-into]');
    if (reply) {
      const field = document.getElementById(reply.dataset.into);
      field.value = field.value.trim() === '' ? reply.dataset.text : `${field.value}\n${reply.dataset.text}`;
      reply.closest('details').open = false;
      field.focus();
    }
    const copy = event.target.closest('[data-copy]');
    if (copy) void copyOf(copy);
    const zoom = event.target.closest('[data-zoom]');
    if (zoom && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      zoomAt(zoom, event);
    }
    if (event.target.closest('[data-print]')) print();
    if (event.target.closest('[data-keys]')) document.getElementById('tombol').showModal();
  });
  const copyOf = async (button) => {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // An office's own network is plain http, where browsers have no clipboard: the old way still works there.
      const field = Object.assign(document.createElement('textarea'), { value: text });
      field.className = 'hidden';
      document.body.append(field);
      field.select();
      document.execCommand('copy');
      field.remove();
      button.focus();
    }
    button.dataset.words ??= button.textContent;
    button.textContent = button.dataset.copied;
    button.closest('li')?.classList.add('copied');
    setTimeout(() => (button.textContent = button.dataset.words), 2500);
  };
  /** As large as the picture is, the place that was tapped in the middle; a second tap makes it fit again. */
  const zoomAt = (frame, event) => {
    const picture = frame.querySelector('img');
    const box = picture.getBoundingClientRect();
    const x = event.clientX ? (event.clientX - box.left) / box.width : 0.5;
    const y = event.clientY ? (event.clientY - box.top) / box.height : 0.5;
    const isLarge = frame.classList.toggle('zoomed');
    frame.setAttribute('aria-pressed', String(isLarge));
    if (!isLarge) return;
    frame.scrollLeft = x * frame.scrollWidth - frame.clientWidth / 2;
    frame.scrollTop = y * frame.scrollHeight - frame.clientHeight / 2;
  };

  // Keys: j and k walk through a list, the others press what is on the page. They can be switched off (WCAG 2.1.4).
  const rows = () => all('.case[data-code]');
  const mark = (row, goes = true) => {
    for (const one of all('.case.here')) one.classList.remove('here');
    current = row?.dataset.code ?? null;
    if (!row) return;
    row.classList.add('here');
    if (!goes) return;
    row.querySelector('a').focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  };
  const walk = (by) => {
    const list = rows();
    const at = list.findIndex((row) => row.dataset.code === current);
    const next = at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by;
    if (list[next]) mark(list[next]);
  };
  const recall = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const remember = (name, value) => {
    try {
      localStorage.setItem(name, value);
    } catch {
      // A browser that keeps nothing keeps the keys.
    }
  };
  const pressed = (key) => {
    const target = document.querySelector(`[data-key="${key}"]`);
    if (!target) return false;
    if (target.matches('input')) {
      target.focus();
      target.select();
    } else target.click();
    return true;
  };
  /** In a list the acts of the keys are done to what is ticked, else to the row that was reached. */
  const actInList = (act) => {
    const button = document.querySelector(`[data-bulk] button[value="${act}"]`);
    if (!button) return false;
    if (boxes().every((box) => !box.checked)) {
      const box = document.querySelector('.case.here input[name="kode"]');
      if (!box) return false;
      box.click();
    }
    button.click();
    return true;
  };
  const KEYS = {
    j: () => walk(1),
    k: () => walk(-1),
    x: () => document.querySelector('.case.here input[name="kode"]')?.click(),
    t: () => pressed('t') || actInList('take'),
    v: () => pressed('v') || actInList('verify'),
    m: () => pressed('m'),
    u: () => pressed('u'),
    b: () => pressed('b'),
    '/': () => pressed('/'),
    '?': () => document.getElementById('tombol')?.showModal(),
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest('input:not([type=checkbox]), textarea, select, dialog[open]')) return;
    if (event.key !== '?' && recall('tombol') === 'tidak') return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.addEventListener('DOMContentLoaded', () => {
    document.documentElement.classList.add('scripted');
    const isOn = document.getElementById('tombol-aktif');
    if (isOn) isOn.checked = recall('tombol') !== 'tidak';
    // A browser that goes back shows old ticks: they count.
    for (const box of boxes()) if (box.checked) ticked.add(box.value);
    redrawn();
  });
  document.addEventListener('htmx:after:swap', redrawn);
})();
