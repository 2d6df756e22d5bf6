// Tells whether a file is the very one that was issued. It is read and reckoned here: nothing of it leaves the phone.
(() => {
  const box = document.getElementById('berkas-kotak');
  if (!box) return;
  const input = document.getElementById('berkas');
  const result = document.getElementById('berkas-hasil');
  const show = (text, how) => {
    result.textContent = text;
    result.className = `verify-result ${how}`;
  };
  let newest = 0;
  const check = async (file) => {
    if (!file) return;
    const mine = ++newest;
    if (!globalThis.crypto?.subtle) return show(box.dataset.unable, 'bad');
    show(box.dataset.reading, '');
    try {
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
      if (mine !== newest) return;
      const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      const isSame = hex === box.dataset.sha256;
      show(isSame ? box.dataset.same : box.dataset.other, isSame ? 'good' : 'bad');
    } catch {
      show(box.dataset.unable, 'bad');
    }
  };
  input.addEventListener('change', () => void check(input.files[0]));
  for (const kind of ['dragenter', 'dragover'])
    box.addEventListener(kind, (event) => {
      event.preventDefault();
      box.classList.add('over');
    });
  box.addEventListener('dragleave', () => box.classList.remove('over'));
  box.addEventListener('drop', (event) => {
    event.preventDefault();
    box.classList.remove('over');
    void check(event.dataTransfer.files[0]);
  });
})();
