import type { ChangedChat, TriedOut } from '../../core/flowDesk.js';
import type { CompiledFlow } from '../../flow/compiled.js';
import type { Key } from '../words.js';
import { ProposeField } from './flowPropose.js';
import { FlowFaults, titleOf } from './flows.js';
import { Layout } from './layout.js';
import { Fault } from './parts.js';
import { TextDiff } from './textDiff.js';
import type { View } from './view.js';

interface EditProps {
  view: View;
  flow: CompiledFlow;
  files: { path: string; text: string }[];
  note: string;
  /** What became of it, where it was tried and cannot be proposed yet. */
  tried: TriedOut | null;
  /** Conversations that are meant to go another way. */
  meant?: ReadonlySet<string>;
  faultKey?: Key | undefined;
}

/** The files of a flow as text, to be changed: checked at once, published only when a second person agrees. */
export function FlowEditPage(props: EditProps) {
  const { view, flow, files, tried } = props;
  const title = view.t('flows.edit_title', { title: titleOf(flow, view.language) });
  return (
    <Layout view={view} title={title} isConsole>
      <p class="back">
        <a href={`/console/alur/${flow.id}`}>{titleOf(flow, view.language)}</a>
      </p>
      <h1>{title}</h1>
      <p>{view.t('flows.edit_lead')}</p>
      <Fault view={view} faultKey={props.faultKey} />
      {tried && <FlowFaults view={view} faults={tried.faults} titleKey="flows.faults" />}
      <form method="post" action={`/console/alur/${flow.id}/ubah`} class="flow-edit">
        {tried && <Changed view={view} tried={tried} meant={props.meant ?? new Set()} />}
        {files.map(({ path, text }, i) => (
          <div class="field">
            <label for={`teks-${i}`}>
              <code>{path}</code>
            </label>
            <textarea
              id={`teks-${i}`}
              name={`teks:${path}`}
              rows={i === 0 ? 28 : 10}
              spellcheck={false}
              wrap="off"
              class="code"
            >
              {`\n${text}`}
            </textarea>
          </div>
        ))}
        <ProposeField view={view} note={props.note} />
      </form>
    </Layout>
  );
}

/** Conversations of the tests that go another way: each has to be meant. Those that break off cannot be. */
function Changed({ view, tried, meant }: { view: View; tried: TriedOut; meant: ReadonlySet<string> }) {
  const others = tried.changed.filter(({ isSameWay, after }) => !isSameWay || after === null);
  if (others.length === 0) return null;
  return (
    <fieldset class="notice">
      <legend>{view.t('flows.other_way', { n: others.length, all: tried.chats })}</legend>
      {others.map((chat, i) => (
        <ChangedWay view={view} chat={chat} id={`berubah-${i}`} isMeant={meant.has(chat.path)} />
      ))}
    </fieldset>
  );
}

function ChangedWay(props: { view: View; chat: ChangedChat; id: string; isMeant: boolean }) {
  const { view, chat, id } = props;
  return (
    <div class="changed-way">
      {chat.after === null ? (
        <p>
          <code>{chat.path}</code> {view.t('flows.breaks_off')} <span lang="en">{chat.fault}</span>
        </p>
      ) : (
        <>
          <p class="check">
            <input type="checkbox" id={id} name={`berubah:${chat.path}`} value="ya" checked={props.isMeant} />{' '}
            <label for={id}>
              <code>{chat.path}</code> {view.t('flows.meant')}
            </label>
          </p>
          <TextDiff view={view} before={chat.before} after={chat.after} />
        </>
      )}
    </div>
  );
}
