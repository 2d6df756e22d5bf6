import type { View } from './view.js';

/** What every proposal ends with: why it is made, and the button. */
export function ProposeField({ view, note }: { view: View; note: string }) {
  return (
    <>
      <div class="field">
        <label for="catatan">{view.t('flows.note')}</label>
        <input id="catatan" name="catatan" value={note} required minlength={3} maxlength={300} />
      </div>
      <button type="submit">{view.t('flows.propose')}</button>
    </>
  );
}
