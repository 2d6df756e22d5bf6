// What WhatsApp Web's page keeps its data in, as far as whatsapp-web.js can tell: models and collections that tell of
// their changes, ids of chats (Wid) and of messages (MsgKey). Served as part of one script; see ../page.ts.

import { call } from './wire.js';

/** Handlers by event name; several names may be given at once, separated by spaces. */
export class Emitter {
  #handlers = new Map();

  on(names, handler) {
    for (const name of names.split(' ')) {
      this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]);
    }
    this.listened?.(names);
    return this;
  }

  once(name, handler) {
    const once = (...args) => {
      this.off(name, once);
      handler(...args);
    };
    return this.on(name, once);
  }

  off(name, handler) {
    this.#handlers.set(
      name,
      (this.#handlers.get(name) ?? []).filter((known) => known !== handler),
    );
  }

  emit(name, ...args) {
    for (const handler of this.#handlers.get(name) ?? []) handler(...args);
  }

  hears(name) {
    return (this.#handlers.get(name) ?? []).length > 0;
  }
}

/** A model's values are its own properties; `set` tells of what changed: `change:<name>` each, then `change`. */
export class Model extends Emitter {
  #names = new Set();

  constructor(values) {
    super();
    this.#take(values);
  }

  #take(values) {
    for (const [name, value] of Object.entries(values)) {
      this.#names.add(name);
      this[name] = value;
    }
  }

  set(values) {
    const changed = Object.entries(values).filter(([name, value]) => this[name] !== value);
    const before = Object.fromEntries(changed.map(([name]) => [name, this[name]]));
    this.#take(Object.fromEntries(changed));
    for (const [name, value] of changed) this.#tell(`change:${name}`, this, value, before[name]);
    if (changed.length > 0) this.#tell('change', this);
  }

  #tell(name, ...args) {
    this.emit(name, ...args);
    this.collection?.emit(name, ...args);
  }

  serialize() {
    return Object.fromEntries(
      [...this.#names].filter((name) => this[name] !== undefined).map((name) => [name, this[name]]),
    );
  }

  toJSON() {
    return this.serialize();
  }

  unsafe() {
    return this;
  }
}

export class Collection extends Emitter {
  #models = new Map();

  get length() {
    return this.#models.size;
  }

  get(id) {
    return this.#models.get(serialized(id));
  }

  /** `isOwner`: the model's changes are told of here. */
  add(model, isOwner = false) {
    if (isOwner) Object.defineProperty(model, 'collection', { value: this, writable: true });
    this.#models.set(serialized(model.id), model);
    this.emit('add', model);
    return model;
  }

  /** Moves models before all others, in their order. */
  putFirst(models) {
    this.#models = new Map([...models.map((model) => [serialized(model.id), model]), ...this.#models]);
  }

  remove(id) {
    const model = this.get(id);
    this.#models.delete(serialized(id));
    if (model) this.emit('remove', model);
  }

  getModelsArray() {
    return [...this.#models.values()];
  }
}

export function serialized(id) {
  return typeof id === 'string' ? id : id._serialized;
}

/** The id of somebody or of a chat: 62…@c.us, …@lid, …@g.us, status@broadcast. */
export class Wid {
  constructor(text) {
    const [user, server] = text.split('@');
    if (!user || !server) throw new Error(`wid error: invalid wid ${text}`);
    this.server = server === 's.whatsapp.net' ? 'c.us' : server;
    this.user = user;
    this._serialized = `${this.user}@${this.server}`;
  }
  isLid() {
    return this.server === 'lid';
  }
  isUser() {
    return this.server === 'c.us' || this.server === 'lid';
  }
  isGroup() {
    return this.server === 'g.us';
  }
  isStatus() {
    return this._serialized === 'status@broadcast';
  }
  isBroadcast() {
    return this.server === 'broadcast';
  }
  isNewsletter() {
    return this.server === 'newsletter';
  }
  toJid() {
    return this._serialized.replace('@c.us', '@s.whatsapp.net');
  }
  toString() {
    return this._serialized;
  }
  equals(other) {
    return this._serialized === serialized(other);
  }
}

/** The id of a message: <from us>_<chat>_<stanza>[_<who, in a group>]. */
export class MsgKey {
  constructor({ from, to, id, participant, selfDir, fromMe, remote }) {
    this.fromMe = fromMe ?? selfDir === 'out';
    this.remote = remote ?? (this.fromMe ? to : from);
    this.id = id;
    if (participant) this.participant = participant;
    this._serialized = [
      this.fromMe,
      this.remote._serialized,
      id,
      ...(participant ? [participant._serialized] : []),
    ].join('_');
  }
  toString() {
    return this._serialized;
  }
  static fromString(text) {
    const [fromMe, remote, id, participant] = text.split('_');
    return new MsgKey({
      fromMe: fromMe === 'true',
      remote: new Wid(remote),
      id,
      participant: participant ? new Wid(participant) : undefined,
    });
  }
  static async newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(9));
    return `3EB0${[...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')}`;
  }
}

/** One message. Its media stand behind `directPath` until they are asked for. */
export class Msg extends Model {
  constructor(values) {
    super(values);
    Object.defineProperty(this, 'mediaData', {
      value: values.directPath ? { mediaStage: values.mediaStage ?? 'NEED_POKE' } : undefined,
      writable: true,
    });
  }

  get isNotification() {
    return ['e2e_notification', 'notification_template', 'gp2'].includes(this.type);
  }

  get mediaObject() {
    return this.directPath ? {} : undefined;
  }

  /** Fetches the media as a tap on the picture would. */
  async downloadMedia() {
    const { stage } = await call('stage', { directPath: this.directPath });
    this.mediaData.mediaStage = stage;
  }

  /** What a message that answers this one carries of it. */
  msgContextInfo() {
    return {
      quotedMsg: { type: this.type, body: this.body },
      quotedStanzaID: this.id.id,
      quotedParticipant: this.author ?? this.from,
    };
  }
}
