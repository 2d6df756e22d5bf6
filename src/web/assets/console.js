// The console works without a script; this keeps a typed answer from being lost by a slip.
(() => {
  const isTyped = (field) => field.value !== field.defaultValue;
  let isSending = false;
  document.addEventListener('submit', () => (isSending = true));
  addEventListener('beforeunload', (event) => {
    if (isSending) return;
    if ([...document.querySelectorAll('textarea')].some(isTyped)) event.preventDefault();
  });
})();
