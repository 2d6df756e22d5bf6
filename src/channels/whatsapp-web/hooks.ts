/** What the library hears of the page and we do not: each would carry messages, or whole chats, out of it for nothing. */
const UNUSED = [
  'onChangeMessageEvent', 'onChangeMessageTypeEvent', 'onRemoveMessageEvent', 'onMessageMediaUploadedEvent',
  'onChatUnreadCountEvent', 'onRemoveChatEvent', 'onArchiveChatEvent', 'onReaction', 'onPollVoteEvent',
  'onAddMessageCiphertextEvent', 'onIncomingCall', 'onBatteryStateChangedEvent',
]; // prettier-ignore

/** What carries one message as its first argument. */
const OF_MESSAGES = [
  'onAddMessageEvent',
  'onEditMessageEvent',
  'onMessageAckEvent',
  'onCiphertextFailedEvent',
];

/**
 * Code for the page, run each time that it is ready: the library's hooks keep silent of what we do not need, and of all
 * chats that are not a person's, so that what groups say does not even leave the page. Text, since a function would be
 * changed by whatever compiled this file.
 */
export const QUIET_HOOKS = `(() => {
  for (const name of ${JSON.stringify(UNUSED)}) window[name] = () => {};
  for (const name of ${JSON.stringify(OF_MESSAGES)}) {
    const told = window[name];
    if (typeof told !== 'function' || told.isQuiet) continue;
    window[name] = (message, ...more) => {
      const chat = message?.id?.remote?._serialized ?? message?.id?.remote;
      if (/@(?:c\\.us|s\\.whatsapp\\.net|lid)$/.test(String(chat))) return told(message, ...more);
    };
    window[name].isQuiet = true;
  }
})()`;
