// The console works without a script; this keeps a typed answer from being lost by a slip, and a flow's drawing at
// the step where its conversation stands.
(() => {
  const isTyped = (field) => field.value !== field.defaultValue;
  let isSending = false;
  document.addEventListener('submit', () => (isSending = true));
  addEventListener('beforeunload', (event) => {
    if (isSending) return;
    if ([...document.querySelectorAll('textarea')].some(isTyped)) event.preventDefault();
  });

  const show = () => {
    const [drawing, chat] = [document.querySelector('.drawing'), document.querySelector('.play-chat')];
    if (chat) chat.scrollTop = chat.scrollHeight;
    const here = drawing?.querySelector('.here') ?? drawing?.querySelector('.node');
    if (!here) return;
    const [box, step] = [drawing.getBoundingClientRect(), here.getBoundingClientRect()];
    drawing.scrollTop += step.top - box.top - (box.height - step.height) / 2;
    drawing.scrollLeft += step.left - box.left - (box.width - step.width) / 2;
  };
  document.addEventListener('DOMContentLoaded', show);
  document.addEventListener('htmx:after:swap', show);
  show();
})();
