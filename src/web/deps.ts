import type { Pool } from 'pg';
import type { ChangedFiles, DeskFault, Played, PlaySettings, TriedOut } from '../core/flowDesk.js';
import type { KeptFile } from '../core/file.js';
import type { NewId, Now, RandomBytes, Sealer } from '../core/ports.js';
import type { Service } from '../core/service.js';
import type { Simulator } from '../core/simulator.js';
import type { Perform } from '../effects/perform.js';
import type { Flows } from '../flow/compiled.js';
import type { Coverage } from '../flow/load.js';
import type { Setting } from '../letters/frame.js';
import type { ImportResult, TextFormat } from '../flow/texts/folder.js';
import type { PrismaClient } from '../generated/prisma/client.js';

/** All that the web is handed. runtime.ts makes it; tests make a smaller one around a real Postgres. */
export interface WebDeps {
  settings: WebSettings;
  pool: Pool;
  /** Imported at the first request that needs it: 26 MB. */
  prisma: () => Promise<PrismaClient>;
  now: Now;
  newId: NewId;
  random: RandomBytes;
  sealer: Sealer;
  log: WebLog;
  services: { [id: string]: Service };
  /** The words of a flow's questions, for a case's answers: the newest version's; '' where it has none. */
  questions: (flow: string, language: string) => Question[];
  /** The flows in use, and what may take their place. */
  flowDesk: FlowDesk;
  /** effects/perform.ts: does what was clicked, in a transaction of its own, as chat does. */
  perform: Perform;
  /** The bytes of a stored attachment; null where it is erased or lost. */
  readMedia: (attachmentId: string) => Promise<{ bytes: Uint8Array; mime: string } | null>;
  /** Takes a photo of a secure form, sealed, for a row that is written after it; rejects with a MediaError (media/media.ts). */
  keepPhoto: (attachmentId: string, bytes: Uint8Array) => Promise<KeptFile>;
  /** Deletes one for which no row was written after all. */
  dropPhoto: (file: KeptFile) => Promise<void>;
  /** A letter as a picture (SVG): what it would look like. Rejects with a RenderError (letters/renderer.ts). */
  letterPicture: (setting: Setting) => Promise<string>;
  health: () => Promise<Health>;
  /** prom-client's register: `{ contentType, body }`. */
  metrics: () => Promise<{ contentType: string; body: string }>;
  /** The lines that the environment names, by id, each with the variable: what this page cannot change. */
  environmentLines: ReadonlyMap<string, string>;
  /** Links that open a chat on each line that has them and hand in a payload: `https://t.me/<bot>?start=inv-…`. */
  startLinks: (payload: string) => string[];
  /** The same for links that bring us into a group: `https://t.me/<bot>?startgroup=grp-…`. */
  groupLinks: (payload: string) => string[];
  /** null but where the simulator is on. */
  simulator: Simulator | null;
}

export interface WebSettings {
  /** Without a slash at its end; null where no public page is reachable. */
  publicUrl: string | null;
  /**
   * Keys derived from SECRET_KEY for the console's cookies and second factors, the newest first
   * (hex; runtime derives them: HMAC-SHA256 of each secret key over 'kentongan/console').
   */
  authKeys: string[];
}

/** pino's, as far as the web writes. */
export interface WebLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One question of a flow, as a clerk should read it beside its answer. */
export interface Question {
  id: string;
  text: string;
  /** The answer's type: a year reads otherwise than an amount. */
  type: string;
  /** Where the answer is one of several: what each value was called. */
  options: { value: string; text: string }[];
}

export interface Health {
  ok: boolean;
  /** By name: postgres, queue, lines, clock … */
  parts: { [name: string]: HealthPart };
}

export interface HealthPart {
  ok: boolean;
  /** One word of ours: 'up', 'unreachable', 'behind' … */
  word?: string;
  /** What is wrong, in the words of the part itself: for this machine alone. */
  detail?: string;
}

/** What the pages of flows stand on; roles/flowDesk.ts makes it. */
export interface FlowDesk {
  flows(): Flows;
  state(): {
    /** The publication in use; null: the flows as shipped. */
    publication: string | null;
    /** Of what lies in the folder or was published, but does not hold and so is not in use. */
    faults: readonly DeskFault[];
    /** Published files whose shipped ones have changed since. */
    overtaken: readonly string[];
  };
  /** Takes up at once what was published. */
  refresh(): Promise<void>;
  /** The text of a file as it is in use; null where there is none. */
  readFile(path: string): Promise<string | null>;
  /** The same of the file as shipped. */
  readShipped(path: string): Promise<string | null>;
  /** Languages beside the default one that have words, complete or not. */
  languages(): readonly string[];
  /** How much of each there is, and whether it is offered. */
  coverage(): Promise<readonly Coverage[]>;
  /** All texts of a language in a file for translators, as they are in use. */
  exportTexts(language: string, format: TextFormat): Promise<Buffer>;
  /** What such a file changes; in words, why it cannot be read. Changes nothing. */
  importTexts(bytes: Uint8Array): Promise<ImportResult | string>;
  /** Checks changed files and runs every transcript with them; changes nothing. */
  tryOut(changes: ChangedFiles): Promise<TriedOut>;
  /** Plays a person's lines from the start of a flow, in a village in memory. */
  play(flow: string, settings: PlaySettings, lines: readonly string[]): Played;
}
