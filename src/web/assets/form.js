// Each entry of a secure form saves itself: a cheap phone ends the browser while the camera is open. Without a script the
// buttons do the same.
(() => {
  const form = document.getElementById('isian');
  if (!form) return;
  const show = (field, text, how) => {
    const state = document.getElementById(`${field.id}-state`);
    state.textContent = text;
    state.className = `form-state ${how}`;
    if (how === 'bad') field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  };
  const sent = new Map();
  const save = async (field, entry) => {
    const body = new FormData();
    body.append(field.name, entry);
    show(field, form.dataset.saving, '');
    try {
      const headers = { Accept: 'application/json' };
      const answer = await fetch(location.href, {
        method: 'POST',
        body,
        headers,
        keepalive: typeof entry === 'string',
      });
      // The link has ended meanwhile: the page says what to do.
      if (!answer.ok) return location.reload();
      const { [field.name]: told } = await answer.json();
      show(field, told.text, told.saved ? 'good' : 'bad');
      // What is saved need not travel again.
      if (field.type === 'file') field.value = '';
    } catch {
      sent.delete(field.name);
      show(field, form.dataset.failed, 'bad');
    }
  };
  let waiting = 0;
  let saving = Promise.resolve();
  const enter = (field) => {
    const entry = field.type === 'file' ? field.files[0] : field.value.trim();
    if (!entry || sent.get(field.name) === entry) return;
    sent.set(field.name, entry);
    waiting += 1;
    saving = saving.then(() => save(field, entry)).finally(() => (waiting -= 1));
  };
  form.addEventListener('change', ({ target }) => enter(target));
  // A whole number need not wait until the field is left.
  form.addEventListener('input', ({ target }) => {
    if (target.inputMode === 'numeric' && target.value.replace(/\D/g, '').length === 16) enter(target);
  });
  // Another program comes to the front (the camera): this page may be gone afterwards.
  document.addEventListener('visibilitychange', () => {
    const field = document.activeElement;
    if (document.hidden && field?.form === form && field.type !== 'submit') enter(field);
  });
  // A button pressed while an entry is on its way waits for it.
  form.addEventListener('submit', (event) => {
    if (waiting === 0 || !form.requestSubmit) return;
    event.preventDefault();
    const { submitter } = event;
    void saving.then(() => form.requestSubmit(submitter));
  });
})();
