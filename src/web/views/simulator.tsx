import { SIMULATOR_LINES } from '../../core/simulator.js';
import type { SimulatedMessage, SimulatedPerson } from '../../core/simulator.js';
import { dateTimeFormat } from '../../words/formatters.js';
import { Layout } from './layout.js';
import type { View } from './view.js';

export interface Chat {
  person: SimulatedPerson;
  messages: SimulatedMessage[];
}

/** Phones that a wide screen shows at first: one of each part, and a second officer. */
const FIRST = 4;

/** Phones side by side; tabs choose which. On a narrow screen one is shown at a time. */
export function SimulatorPage({ view, chats }: { view: View; chats: Chat[] }) {
  const ordered = inOrder(chats);
  return (
    <Layout
      view={view}
      title={view.t('simulator.title')}
      scripts={['htmx.js', 'hx-sse.js', 'simulator.js']}
      wide
    >
      <div class="sim" hx-sse:connect="/simulator/live" hx-swap="none">
        <header class="sim-head">
          <div>
            <h1>{view.t('simulator.title')}</h1>
            <p class="sim-lead">{view.t('simulator.lead')}</p>
          </div>
          <p class="sim-links">
            <a href="/console">{view.t('simulator.console')}</a>
            <a href="/pasar">{view.t('nav.market')}</a>
          </p>
        </header>
        <div class="sim-tabs" role="group" aria-label={view.t('simulator.tabs')}>
          {ordered.map(({ person }, index) => (
            <button type="button" data-phone={person.id} aria-pressed={index < FIRST ? 'true' : 'false'}>
              <span>{person.name}</span>
              <small>{view.t(`simulator.role.${person.role}`)}</small>
            </button>
          ))}
        </div>
        <div class="phones">
          {ordered.map((chat, index) => (
            <Phone view={view} chat={chat} isShown={index < FIRST} isFirst={index === 0} />
          ))}
        </div>
      </div>
    </Layout>
  );
}

/** One of each part first, then the others. */
function inOrder(chats: Chat[]): Chat[] {
  const of = (role: SimulatedPerson['role']) => chats.filter(({ person }) => person.role === role);
  const first = [...of('resident').slice(0, 1), ...of('farmer').slice(0, 1), ...of('officer').slice(0, 2)];
  return [...first, ...chats.filter((chat) => !first.includes(chat))];
}

function Phone(props: { view: View; chat: Chat; isShown: boolean; isFirst: boolean }) {
  const { view, chat } = props;
  const { person } = chat;
  const look = person.lineId === SIMULATOR_LINES.numbers ? 'wa' : 'tg';
  const post = (what: string) => `/simulator/${person.id}/${what}`;
  const classes = ['phone', look, props.isShown ? 'shown' : '', props.isFirst ? 'current' : ''];
  return (
    <section
      class={classes.filter(Boolean).join(' ')}
      id={`phone-${person.id}`}
      aria-label={view.t('simulator.phone', { name: person.name })}
    >
      <header class="phone-head">
        <span class="face" aria-hidden="true">
          {person.name.replace(/^(?:Bu|Pak) /u, '').charAt(0)}
        </span>
        <div>
          <h2>{person.name}</h2>
          <p>{view.t(look === 'wa' ? 'simulator.as_whatsapp' : 'simulator.as_telegram')}</p>
        </div>
      </header>
      <div
        class="chat"
        id={`chat-${person.id}`}
        role="log"
        tabindex={0}
        aria-label={view.t('simulator.chat', { name: person.name })}
      >
        <Bubbles view={view} chat={chat} />
      </div>
      <form class="compose" hx-post={post('tulis')} hx-swap="none" data-reset>
        <label class="hidden" for={`text-${person.id}`}>
          {view.t('simulator.write_as', { name: person.name })}
        </label>
        <input
          id={`text-${person.id}`}
          name="text"
          autocomplete="off"
          placeholder={view.t('simulator.write')}
          required
          maxlength={4000}
        />
        <button type="submit">{view.t('simulator.send')}</button>
      </form>
      <div class="tools">
        <form
          hx-post={post('foto')}
          hx-encoding="multipart/form-data"
          hx-trigger="change"
          hx-swap="none"
          data-reset
        >
          <label class="tool">
            <input type="file" name="photo" accept={PHOTO_TYPES} />
            {view.t('simulator.photo')}
          </label>
        </form>
        <button type="button" class="tool" hx-post={post('lokasi')} hx-swap="none">
          {view.t('simulator.location')}
        </button>
        <button type="button" class="tool" hx-post={post('kontak')} hx-swap="none">
          {view.t('simulator.contact')}
        </button>
      </div>
    </section>
  );
}

const PHOTO_TYPES = 'image/jpeg,image/png,image/webp,image/gif';

/** What the stream brings: the chats that changed, each into its phone. */
export function ChatPartials({ view, chats }: { view: View; chats: Chat[] }) {
  return (
    <>
      {chats.map((chat) => (
        <hx-partial hx-target={`#chat-${chat.person.id}`} hx-swap="innerMorph">
          <Bubbles view={view} chat={chat} />
        </hx-partial>
      ))}
    </>
  );
}

function Bubbles({ view, chat }: { view: View; chat: Chat }) {
  if (chat.messages.length === 0) return <p class="chat-empty">{view.t('simulator.empty')}</p>;
  return (
    <>
      {chat.messages.map((message) => (
        <Bubble view={view} message={message} />
      ))}
    </>
  );
}

function Bubble({ view, message }: { view: View; message: SimulatedMessage }) {
  const post = (what: string) => `/simulator/${message.personId}/${what}`;
  return (
    <div
      class={message.from === 'person' ? 'bubble mine' : 'bubble'}
      id={`m-${message.id.replace(/[^\w-]/gu, '_')}`}
    >
      {message.photos?.map((photo) => (
        <img
          src={
            photo.attachmentId
              ? `/simulator/gambar/${photo.attachmentId}`
              : `/simulator/berkas/${photo.fileId}`
          }
          alt={view.t('simulator.photo_alt')}
          width="220"
          height="165"
        />
      ))}
      {message.document && <p class="attached">{message.document.name}</p>}
      {message.location && (
        <p class="attached">
          {view.t('simulator.at', { place: `${message.location.latitude}, ${message.location.longitude}` })}
        </p>
      )}
      {message.contact && <p class="attached">{`${message.contact.name} +${message.contact.phone}`}</p>}
      {message.text && <p class="text">{message.text}</p>}
      <span class="at">
        {message.isEdited && `${view.t('simulator.edited')} `}
        {clock(message.at)}
      </span>
      {(message.choices?.length ?? 0) > 0 && (
        <div class="choices">
          {message.choices!.map((choice) => (
            <button
              type="button"
              hx-post={post('ketuk')}
              hx-swap="none"
              hx-vals={JSON.stringify({ message: message.id, payload: choice.payload })}
            >
              {choice.label}
            </button>
          ))}
        </div>
      )}
      {message.request && (
        <div class="choices">
          <button
            type="button"
            hx-post={post(message.request === 'location' ? 'lokasi' : 'kontak')}
            hx-swap="none"
          >
            {view.t(message.request === 'location' ? 'simulator.share_location' : 'simulator.share_contact')}
          </button>
        </div>
      )}
    </div>
  );
}

function clock(at: Date): string {
  return dateTimeFormat('id-ID', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Jakarta' }).format(at);
}

declare module 'hono/jsx' {
  // htmx's element for a part of an answer that goes to a place of its own.
  namespace JSX {
    interface IntrinsicElements {
      'hx-partial': { 'hx-target': string; 'hx-swap': string; children?: unknown };
    }
  }
}
