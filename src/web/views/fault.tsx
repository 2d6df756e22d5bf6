import { type Key, isKey } from '../words.js';
import { Layout } from './layout.js';
import type { View } from './view.js';

/** What went wrong, and the next thing to do. */
export function FaultPage(props: {
  view: View;
  status: number;
  textKey: Key | undefined;
  isConsole: boolean;
}) {
  const { view, status } = props;
  const title = `fault.${status}.title`;
  const text = `fault.${status}.text`;
  return (
    <Layout view={view} title={view.t(isKey(title) ? title : 'fault.500.title')} isConsole={props.isConsole}>
      <section class="narrow">
        <p class="stamp">{status}</p>
        <h1>{view.t(isKey(title) ? title : 'fault.500.title')}</h1>
        <p>{view.t(props.textKey ?? (isKey(text) ? text : 'fault.500.text'))}</p>
        <p>
          <a class="button" href={props.isConsole ? '/console' : '/'}>
            {view.t(props.isConsole ? 'fault.to_console' : 'fault.to_home')}
          </a>
        </p>
      </section>
    </Layout>
  );
}
