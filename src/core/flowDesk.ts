import type { PublishedFiles } from './publication.js';

/** Changed files of the flows as somebody wants them: the text of each by its path, null where it is to go. */
export type ChangedFiles = { [path: string]: string | null };

/** A fault of a flow file: what is wrong, where, and what cures it. */
export interface DeskFault {
  file: string;
  line: number;
  what: string;
  cure: string;
}

/** A transcript that reads otherwise with the changed files. */
export interface ChangedChat {
  path: string;
  before: string;
  /** null where the conversation breaks off; `fault` tells why. */
  after: string | null;
  fault: string | null;
  /** Only words differ: the person is led the same way, and the same things happen. */
  isSameWay: boolean;
}

/** What becomes of changed files: whether they hold, and what residents would read. */
export interface TriedOut {
  faults: DeskFault[];
  /** All that lies over the shipped files with them. Empty where nothing differs from what is shipped. */
  files: PublishedFiles;
  /** The publication they were tried over. */
  baseId: string | null;
  /** How many transcripts ran; none where the program came without them. */
  chats: number;
  changed: ChangedChat[];
}

/** A conversation played beside its drawing. */
export interface Played {
  lines: { who: 'person' | 'bot' | 'act'; text: string; buttons: string[] }[];
  /** Steps that waited or were passed in this flow, in order, and where it stands now: `flow.step`. */
  visited: string[];
  here: string | null;
  /** A line that is nothing a person can do. */
  fault: string | null;
}

export interface PlaySettings {
  channel: 'telegram' | 'whatsapp';
  language: string;
}
