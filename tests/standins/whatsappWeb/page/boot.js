// How the page comes up: who this browser is, the server's greeting, and what the server says from then on.

import { MsgKey, Wid } from './models.js';
import { modules } from './modules.js';
import { addMsg, archive, Cmd, collections, Conn, findMsg, me, Socket, toChat, toMsg } from './store.js';
import { browser, call, standIn } from './wire.js';

const asked = new Set();
let lacks = [];
let isSeated = false;

window.require = (name) => {
  if (!asked.has(name)) {
    asked.add(name);
    const isMissing = lacks.includes(name) || !(name in modules);
    // Told without waiting: a require has no time to.
    void call('required', { name, isMissing }).catch(() => {});
  }
  // Word by word what the real page throws.
  if (lacks.includes(name) || !(name in modules)) throw new Error(`Requiring unknown module "${name}"`);
  return modules[name];
};

/**
 * Who this browser is, kept in its profile. Written through to the disk at once: the real page may lose a link that is
 * seconds old when it is killed, which a test could not rely on.
 */
async function deviceOfProfile() {
  const fresh = crypto.randomUUID();
  const opened = new Promise((resolve, reject) => {
    const request = indexedDB.open('stand-in', 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore('kept'));
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
  try {
    const database = await opened;
    const done = database.transaction('kept', 'readwrite', { durability: 'strict' });
    const store = done.objectStore('kept');
    return await new Promise((resolve, reject) => {
      const known = store.get('device');
      let answer = fresh;
      known.addEventListener('success', () => {
        if (known.result) answer = known.result;
        else store.put(fresh, 'device');
      });
      done.addEventListener('complete', () => resolve(answer));
      done.addEventListener('error', () => reject(done.error));
      done.addEventListener('abort', () => reject(done.error));
    });
  } catch {
    // The profile was taken away below us: whatsapp-web.js does so after a logout.
    return fresh;
  }
}

/** `hasSynced` comes once somebody listens for it, as on the real page, which takes longer to load than to inject. */
function syncWhenHeard() {
  if (Socket.hasSynced) return;
  if (Socket.hears('change:hasSynced')) Socket.set({ hasSynced: true });
  else
    Socket.listened = (names) => {
      if (!names.includes('change:hasSynced')) return;
      Socket.listened = undefined;
      // The listener's own step ends first.
      setTimeout(() => Socket.set({ hasSynced: true }), 0);
    };
}

const heard = {
  /** The greeting: first of all, and again after the connection was lost. */
  hello(hello) {
    me.pn = new Wid(hello.me.phone);
    me.lid = new Wid(hello.me.lid);
    lacks = hello.lacks;
    Conn.set({ pushname: hello.me.name });
    Object.defineProperty(Conn, 'keys', { value: hello.keys, writable: true, configurable: true });
    if (hello.ref) Conn.set({ ref: hello.ref });
    seatAll(hello.chats);
    if (hello.boot === 'synced_early') Socket.set({ state: 'CONNECTED', hasSynced: true });
    // whatsapp-web.js begins as soon as it sees a version.
    window.Debug ??= { VERSION: standIn.version };
    Socket.set({ state: hello.state });
    if (hello.state === 'CONNECTED' && hello.boot !== 'never_syncs') syncWhenHeard();
    document.title = 'WhatsApp (stand-in)';
  },
  ref: ({ ref }) => Conn.set({ ref }),
  /** The phone scanned the code. */
  linked({ chats, boot }) {
    Socket.set({ state: 'PAIRING' });
    Socket.set({ state: 'OPENING' });
    isSeated = false;
    seatAll(chats);
    Socket.set({ state: 'CONNECTED' });
    if (boot !== 'never_syncs') syncWhenHeard();
  },
  state: ({ state }) => Socket.set({ state }),
  message({ message, chat: raw, isNew = true }) {
    const chat = collections.Chat.get(raw.id) ?? toChat({ ...raw, unreadCount: 0 });
    if (collections.Msg.get(message.id)) return;
    addMsg(toMsg(message, isNew), chat);
    chat.set({ unreadCount: raw.unreadCount });
  },
  change({ id, values }) {
    const msg = findMsg(id);
    if (!msg) return;
    const ack = values.ack !== undefined && values.ack >= 0 ? Math.max(values.ack, msg.ack) : values.ack;
    msg.set(ack === undefined ? values : { ...values, ack });
  },
  vote({ vote }) {
    const { pollVoteTableMode } = modules.WAWebAddonPollVoteTableMode;
    void pollVoteTableMode.bulkUpsert([
      {
        ...vote,
        id: MsgKey.fromString(vote.id),
        from: new Wid(vote.from),
        pollUpdateParentKey: MsgKey.fromString(vote.poll),
      },
    ]);
  },
  reaction({ reaction }) {
    const { reactionTableMode } = modules.WAWebAddonReactionTableMode;
    void reactionTableMode.bulkUpsert([
      {
        ...reaction,
        id: MsgKey.fromString(reaction.id),
        from: new Wid(reaction.from),
        reactionParentKey: MsgKey.fromString(reaction.parent),
      },
    ]);
  },
  call: ({ value }) => modules.WAWebCallCollection.calls.set(value.id, value),
  reload: () => location.reload(),
  /** Holds the page's only thread, without burning it, until the page goes. */
  freeze() {
    const request = new XMLHttpRequest();
    request.open('POST', `${standIn.url}/device/frozen?device=${browser.device}`, false);
    request.send('{}');
  },
  leave: () => location.assign('about:blank'),
  logout({ to }) {
    Cmd.emit('logout');
    // The real page needs a moment to wipe what it holds; whatsapp-web.js waits for it to go.
    setTimeout(() => location.assign(to), 100);
  },
};

function seatAll(chats) {
  for (const raw of chats) seat(raw);
  isSeated = true;
}

/** Puts a chat in its place: the newest message in sight, the rest in the archive. On a return, what is new is told. */
function seat(raw) {
  const known = collections.Chat.get(raw.id);
  if (isSeated) {
    for (const message of raw.messages) {
      const { id, ack, type, body } = message;
      if (collections.Msg.get(id)) heard.change({ id, values: { ack, type, body } });
      else if (!archive.has(id)) heard.message({ message, chat: raw });
    }
    return;
  }
  const chat = known ?? toChat(raw);
  for (const message of raw.messages.slice(0, -1)) archive.set(message.id, message);
  const newest = raw.messages.at(-1);
  if (newest) addMsg(toMsg(newest, false), chat);
}

void deviceOfProfile().then((id) => {
  browser.device = id;
  const events = new EventSource(`${standIn.url}/device/events?device=${browser.device}`);
  events.addEventListener('message', ({ data }) => {
    const { kind, ...told } = JSON.parse(data);
    heard[kind](told);
  });
  // A page that goes away has not lost its connection.
  window.addEventListener('beforeunload', () => events.close());
  events.addEventListener('error', () => {
    if (Socket.state === 'CONNECTED') Socket.set({ state: 'OPENING' });
  });
});
