// The modules that whatsapp-web.js 1.34.7 asks for by window.require, each with what it calls of them.

import { Msg, MsgKey, serialized, Wid } from './models.js';
import {
  addMsg,
  archive,
  Cmd,
  collections,
  Conn,
  findLatestChat,
  findMsg,
  lidOfPhone,
  me,
  phoneOfLid,
  queryWidExists,
  Socket,
  toMsg,
} from './store.js';
import { call, download, seconds, upload } from './wire.js';

/** Bytes that the page holds for a while. */
class OpaqueData {
  constructor(blob, name) {
    this.blob = blob;
    this.name = name;
  }
  static async createFromData(blob, mimetype) {
    return new OpaqueData(blob.type ? blob : new Blob([blob], { type: mimetype }), blob.name);
  }
  url() {
    return 'blob:https://web.whatsapp.com/stand-in';
  }
  formData() {
    return this.blob;
  }
  autorelease() {}
}

/** What is known of a file that goes out. */
class MediaData {
  set(values) {
    Object.assign(this, values);
  }
  toJSON() {
    return { ...this };
  }
}

/** Looks at a file as the real page does before it uploads it; a picture that cannot be opened is refused. */
async function prepare(data, params) {
  const { blob } = data;
  const kind = blob.type.split('/')[0];
  const media = new MediaData();
  media.set({
    type: params.asDocument
      ? 'document'
      : params.asSticker
        ? 'sticker'
        : kind === 'audio'
          ? params.isPtt
            ? 'ptt'
            : 'audio'
          : ['image', 'video'].includes(kind)
            ? kind
            : 'document',
    mimetype: blob.type,
    size: blob.size,
    filename: data.name,
    filehash: await hashOf(blob),
    mediaBlob: data,
    isGif: false,
  });
  if (media.type === 'image') {
    const picture = await createImageBitmap(blob).catch(() => {
      throw new Error('media-fault: the picture cannot be opened');
    });
    media.set({ width: picture.width, height: picture.height, preview: 'c3RhbmQtaW4=' });
  }
  return media;
}

async function hashOf(blob) {
  const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  return btoa(String.fromCharCode(...new Uint8Array(hash)));
}

const mediaObjects = new Map();
function mediaObjectOf(filehash) {
  const known = mediaObjects.get(filehash) ?? {
    filehash,
    contentInfo: {},
    consolidate(media) {
      Object.assign(this, { type: media.type, size: media.size, blob: media.mediaBlob.blob });
    },
  };
  mediaObjects.set(filehash, known);
  return known;
}

async function uploadMedia({ mediaObject, mimetype }) {
  const directPath = await upload(mediaObject.blob, mimetype);
  const handle = {
    mmsUrl: `https://mmg.whatsapp.net${directPath}`,
    deprecatedMms3Url: `https://mmg.whatsapp.net${directPath}`,
    directPath,
    mediaKey: btoa(directPath),
    mediaKeyTimestamp: seconds(),
    encFilehash: mediaObject.filehash,
    uploadHash: mediaObject.filehash,
  };
  return { kind: 'success', mediaEntry: handle };
}

/** Shows the message at once, unsent (ack 0); the second promise resolves with what the server said. */
function addAndSendMsgToChat(chat, values) {
  // The bytes went up before; the page's handle on them is nothing to keep with a message.
  const msg = new Msg({ ...values, mediaBlob: undefined, renderableUrl: undefined });
  addMsg(msg, chat);
  chat.set({ unreadCount: 0 });
  const sent = callOnline('send', { ...msg.serialize(), ...asText(msg) }).then((answer) => {
    if (msg.directPath) msg.set({ isUnsentMedia: false });
    if (answer.ack < 0) msg.set({ ack: -1 });
    else if (answer.ack > msg.ack) msg.set({ ack: answer.ack, t: answer.t });
    return { messageSendResult: answer.ack < 0 ? 'ERROR_UNKNOWN' : 'OK', t: msg.t, count: null };
  });
  return [Promise.resolve(msg), sent];
}

/** As `call`, again and again while the server cannot be reached: the clock beside an unsent message. */
async function callOnline(method, body) {
  for (;;) {
    await whenConnected();
    try {
      return await call(method, body);
    } catch (cause) {
      if (cause.status) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** A browser that is offline keeps what it has to send. */
function whenConnected() {
  if (Socket.state === 'CONNECTED') return Promise.resolve();
  return new Promise((resolve) => {
    Socket.on('change:state', function look(_socket, state) {
      if (state !== 'CONNECTED') return;
      Socket.off('change:state', look);
      resolve();
    });
  });
}

/** Ids go to the server as text. */
function asText(msg) {
  return {
    id: msg.id._serialized,
    chat: msg.id.remote._serialized,
    from: msg.from._serialized,
    to: msg.to._serialized,
    quotedParticipant: msg.quotedParticipant?._serialized,
    author: msg.id.participant?._serialized,
  };
}

const LINK = /https?:\/\/[^\s]+/giu;
const findLinks = (text) =>
  [...(text ?? '').matchAll(LINK)].map(([href]) => ({ href, suspiciousCharacters: new Set() }));

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export const modules = {
  WAWebSocketModel: { Socket },
  WAWebConnModel: { Conn },
  WAWebCmd: { Cmd },
  WAWebCollections: collections,
  WAWebOfflineHandler: { OfflineMessageHandler: { getOfflineDeliveryProgress: () => 100 } },
  WAWebAltDeviceLinkingApi: {
    setPairingType() {},
    async initializeAltDeviceLinking() {},
    async initializeQRLinking() {},
    startAltLinkingFlow: (phone) => call('pairing_code', { phone }),
  },
  WAWebLaunchSocketUtils: { refreshQR: () => void call('refresh_qr', {}) },
  WABase64: { encodeB64: (bytes) => btoa(String.fromCharCode(...bytes)) },
  WAWebCompanionRegClientUtils: { DEVICE_PLATFORM: '1' },
  WAWebAdvSignatureApi: {},
  WAWebUserPrefsInfoStore: {
    waNoiseInfo: { get: async () => ({ staticKeyPair: { pubKey: bytesOf(Conn.keys.static) } }) },
  },
  WAWebSignalStoreApi: {
    waSignalStore: {
      getRegistrationInfo: async () => ({ identityKeyPair: { pubKey: bytesOf(Conn.keys.identity) } }),
    },
  },
  WAWebUserPrefsMultiDevice: { getADVSecretKey: () => Conn.keys.secret },
  WAWebUserPrefsMeUser: { getMaybeMePnUser: () => me.pn, getMaybeMeLidUser: () => me.lid },
  WAWebMiscBrowserUtils: { info: () => ({ name: 'Chrome', os: 'Linux' }) },
  WAWebWidFactory: {
    createWid: (id) => (id instanceof Wid ? id : new Wid(serialized(id))),
    createWidFromWidLike: (id) => new Wid(serialized(id)),
    asUserWidOrThrow: (id) => id,
  },
  WAWebMsgKey: MsgKey,
  WAWebSyncGatingUtils: {},
  WAWebNonMessageDataRequestPlaceholderMessageResendUtils: { async handlePlaceholderMsgsSeen() {} },
  WAWebCallCollection: { on() {}, calls: new Map() },
  WAWebAddonReactionTableMode: { reactionTableMode: { async bulkUpsert() {} } },
  WAWebAddonPollVoteTableMode: { pollVoteTableMode: { async bulkUpsert() {} } },
  WAWebBackendJobsCommon: { mediaTypeFromProtobuf: () => null },
  WAWebE2EProtoUtils: { typeAttributeFromProtobuf: () => 'text' },
  WALinkify: { findLinks, findLink: (text) => findLinks(text)[0] },
  WAWebLinkPreviewChatAction: { getLinkPreview: async () => ({}) },
  WAWebChatGetters: {
    getIsNewsletter: (chat) => chat.id.isNewsletter(),
    getIsBroadcast: (chat) => chat.id.isBroadcast(),
  },
  WAWebFindChatAction: { findOrCreateLatestChat: findLatestChat },
  WAWebStreamModel: { Stream: { markAvailable() {}, markUnavailable() {} } },
  WAWebUpdateUnreadChatAction: {
    async sendSeen({ chat }) {
      if (chat.unreadCount === 0) return;
      await call('seen', { id: chat.id._serialized });
      chat.set({ unreadCount: 0 });
    },
  },
  WAWebGetEphemeralFieldsMsgActionsUtils: { getEphemeralFields: () => ({}) },
  WAWebSendMsgChatAction: { addAndSendMsgToChat },
  WAWebChatStateBridge: {
    sendChatStateComposing: (wid) => call('typing', { id: wid._serialized, state: 'typing' }),
    sendChatStateRecording: (wid) => call('typing', { id: wid._serialized, state: 'recording' }),
    sendChatStatePaused: (wid) => call('typing', { id: wid._serialized, state: null }),
  },
  WAWebPresenceChatAction: { async sendPresenceAvailable() {}, async sendPresenceUnavailable() {} },
  WAWebMsgReply: {
    canReplyMsg: (msg) => !msg.isNotification && msg.type !== 'revoked' && msg.type !== 'ciphertext',
  },
  WAWebQuotedMsgModelUtils: {
    getQuotedMsgObj(msg) {
      const id = [true, false]
        .map((fromMe) => `${fromMe}_${msg.id.remote._serialized}_${msg.quotedStanzaID}`)
        .find(findMsg);
      return id ? findMsg(id) : toMsg({ ...asText(msg), ...msg.quotedMsg, id: msg.id._serialized }, false);
    },
  },
  WAWebChatLoadMessages: {
    /** A page of at most fifty earlier messages, or undefined where there are none. */
    async loadEarlierMsgs({ chat }) {
      await call('earlier', { id: chat.id._serialized });
      const earlier = [...archive.values()].filter((raw) => raw.chat === chat.id._serialized).slice(-50);
      if (earlier.length === 0) return undefined;
      const found = earlier.map((raw) => findMsg(raw.id));
      chat.msgs.putFirst(found);
      return found;
    },
  },
  WAWebDownloadManager: {
    downloadManager: { downloadAndMaybeDecrypt: ({ directPath }) => download(directPath) },
  },
  WAWebMediaOpaqueData: OpaqueData,
  WAWebPrepRawMedia: { prepRawMedia: (data, params) => ({ waitForPrep: () => prepare(data, params) }) },
  WAWebMediaStorage: { getOrCreateMediaObject: mediaObjectOf },
  WAWebMmsMediaTypes: { msgToMediaType: ({ type }) => type, castToV4: (type) => type },
  WAWebMediaDataUtils: { shouldUseMediaCache: () => true },
  WAWebMediaInMemoryBlobCache: { InMemoryMediaBlobCache: { put() {} } },
  WAWebMediaMmsV4Upload: { uploadMedia, uploadUnencryptedMedia: uploadMedia },
  WAWebApiContact: {
    getCurrentLid: (wid) => lidOfPhone.get(wid._serialized),
    getPhoneNumber: (wid) => phoneOfLid.get(wid._serialized),
    getAlternateUserWid: (wid) => (wid.isLid() ? phoneOfLid : lidOfPhone).get(wid._serialized),
  },
  WAWebQueryExistsJob: { queryWidExists },
  WAWebLidMigrationUtils: { toPn: (wid) => phoneOfLid.get(wid._serialized) },
  WAWebContactGetters: {
    getIsMe: (contact) => [me.pn, me.lid].some((wid) => wid?.equals(contact.id)),
    getIsUser: (contact) => contact.id.isUser(),
    getIsGroup: (contact) => contact.id.isGroup(),
    getIsWAContact: () => true,
    getUserid: (contact) => (contact.phoneNumber ?? contact.id).user,
    getVerifiedName: () => undefined,
    getVerifiedLevel: () => undefined,
    getStatusMute: () => false,
    getName: (contact) => contact.name,
    getShortName: (contact) => contact.pushname?.split(' ')[0],
    getPushname: (contact) => contact.pushname,
    getIsEnterprise: () => false,
  },
  WAWebFrontendContactGetters: { getIsMyContact: () => false },
  WAWebContactProfilePicThumbBridge: { requestProfilePicFromServer: async () => undefined },
  WAWebPhoneUtils: { formattedPhoneNumber: (id) => `+${id.split('@')[0]}` },
  WAPhoneFindCC: { findCC: (number) => number.slice(0, 2) },
  WAWebMsgActionCapability: {
    canEditText: (msg) => msg.id.fromMe && msg.type === 'chat',
    canEditCaption: (msg) => msg.id.fromMe && Boolean(msg.caption),
    canSenderRevokeMsg: (msg) => msg.id.fromMe,
    canAdminRevokeMsg: () => false,
    canStarMsg: () => true,
  },
  WAWebSendMessageEditAction: {
    async sendMessageEdit(msg, content) {
      await call('edit', { id: msg.id._serialized, text: content });
      msg.set(msg.directPath ? { caption: content } : { body: content });
    },
  },
  WAWebSendReactionMsgAction: {
    sendReactionToMsg: (msg, reaction) => call('react', { id: msg.id._serialized, reaction }),
  },
};

Socket.logout = () => call('logout', {});
Socket.takeover = () => Socket.set({ state: 'CONNECTED' });
Socket.reconnect = () => Socket.set({ state: 'CONNECTED' });
Cmd.refreshQR = () => void call('refresh_qr', {});
