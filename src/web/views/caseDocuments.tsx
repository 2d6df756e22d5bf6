import type { CaseFileRow } from '../../store/web/cases.js';
import type { ShownItem } from '../casePage.js';
import type { CaseProps } from './case.js';
import { Replies } from './caseChat.js';
import { StoredFile } from './file.js';
import { Field } from './parts.js';

/** What is needed beside what came: the papers of the service on one side, the pictures on the other. */
export function Documents(props: CaseProps) {
  const { view, items, files, acts } = props;
  if (items.length === 0 && files.length === 0) return null;
  return (
    <section class="card" id="berkas">
      <h2>{view.t('case.papers')}</h2>
      <div class={files.length > 0 ? 'side-by-side' : ''}>
        <div>{acts.includes('ask') ? <AskMissing {...props} /> : <Items {...props} />}</div>
        {files.length > 0 && <Viewer {...props} />}
      </div>
    </section>
  );
}

/** Tick what is missing: one click asks the resident for exactly these. */
function AskMissing(props: CaseProps) {
  const { view, found, items } = props;
  return (
    <form method="post" action={`/console/kasus/${found.code}/ask`} id="kurang">
      {items.length > 0 && (
        <fieldset class="plain">
          <legend class="hint">{view.t('missing.legend')}</legend>
          <ul class="checklist">
            {items.map((item) => (
              <li class={classOf(item)}>
                <label class="check-item">
                  <input type="checkbox" name="items" value={item.id} checked={item.isMissing} />
                  <span>
                    <Item {...props} item={item} />
                  </span>
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
      )}
      <details class="act a-ask" open={items.length === 0}>
        <summary>{view.t(items.length > 0 ? 'missing.words' : 'act.ask')}</summary>
        <Replies {...props} into="text-ask" />
        <Field id="text-ask" label={view.t('act.ask_label')} hint={view.t('act.ask_hint')}>
          <textarea
            id="text-ask"
            name="text"
            rows={3}
            maxlength={1000}
            aria-describedby="text-ask-hint"
          ></textarea>
        </Field>
      </details>
      <button type="submit" class="quiet" data-key="m">
        {view.t(items.length > 0 ? 'missing.submit' : 'act.ask_submit')}
      </button>
    </form>
  );
}

function Items(props: CaseProps) {
  return (
    <ul class="checklist">
      {props.items.map((item) => (
        <li class={classOf(item)}>
          <Item {...props} item={item} />
        </li>
      ))}
    </ul>
  );
}

function classOf({ isMissing, isShown, files }: ShownItem): string {
  if (isShown || files.some(({ state }) => state === 'stored')) return 'has';
  return isMissing ? 'lacks' : '';
}

function Item({ view, item }: CaseProps & { item: ShownItem }) {
  const sent = item.files.filter(({ state }) => state === 'stored').length;
  return (
    <>
      {item.text}
      {item.isOptional && <span class="quiet-text"> ({view.t('case.optional')})</span>}
      <span class="hint">
        {sent > 0
          ? view.t('missing.sent', { n: sent })
          : item.isMissing
            ? view.t('missing.asked')
            : item.isShown
              ? view.t('missing.shown')
              : view.t(item.by === 'chat' ? 'case.by_chat' : 'case.by_counter')}
      </span>
    </>
  );
}

/**
 * The pictures large, one after the other, beside the list: a strip of small ones leads to each. A tap makes one as large as
 * it is, within its frame; without a script it opens by itself.
 */
function Viewer({ view, files, mayOpen, items }: CaseProps) {
  const name = (file: CaseFileRow, n: number) => {
    const item = items.find(({ id }) => id === file.item);
    return item ? item.text : view.t('case.file', { n: n + 1 });
  };
  const isPicture = (file: CaseFileRow) =>
    file.kind === 'photo' && file.state === 'stored' && !file.isRestricted;
  return (
    <div class="viewer">
      {files.filter(isPicture).length > 1 && (
        <ul class="strip" aria-label={view.t('case.files', { n: files.length })}>
          {files.map(
            (file, n) =>
              isPicture(file) && (
                <li>
                  <a href={`#dok-${n + 1}`}>
                    <img
                      src={`/console/berkas/${file.id}`}
                      alt={view.t('case.file_to', { name: name(file, n) })}
                      loading="lazy"
                      width="64"
                      height="64"
                    />
                  </a>
                </li>
              ),
          )}
        </ul>
      )}
      <div class="pages" tabindex={0} role="group" aria-label={view.t('case.viewer')}>
        {files.map((file, n) => (
          <figure id={`dok-${n + 1}`}>
            <figcaption>{name(file, n)}</figcaption>
            {isPicture(file) ? (
              <a class="zoom" href={`/console/berkas/${file.id}`} data-zoom={view.t('case.zoom')}>
                <img
                  src={`/console/berkas/${file.id}`}
                  alt={name(file, n)}
                  loading="lazy"
                  width="640"
                  height="480"
                />
              </a>
            ) : (
              <StoredFile
                view={view}
                file={file}
                href={`/console/berkas/${file.id}`}
                mayOpen={mayOpen}
                name={name(file, n)}
              />
            )}
          </figure>
        ))}
      </div>
    </div>
  );
}
