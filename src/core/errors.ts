/** What should follow a send that failed. The sender decides by this, never by which channel it was. */
export type SendFailure =
  /** The whole line is too fast: wait `retryAfter` seconds. */
  | 'throttled'
  /** This person only: wait `retryAfter` seconds, others go on. */
  | 'delayed'
  /** A passing fault (network, 5xx) of which it is certain that nothing was sent: retry with backoff. */
  | 'retry'
  /** Never will be: give up on this message. */
  | 'permanent'
  /** The person blocked us: give up on this and all later messages until they write again. */
  | 'blocked'
  /** Only an approved template may be sent now. */
  | 'needs_template'
  /** It may or may not have gone out (the connection broke after the request). */
  | 'unknown'
  /** The chat has moved: go on at `movedTo`. */
  | 'moved'
  /** The account itself is refused: stop the line and alert a person. */
  | 'line_down';

export class SendError extends Error {
  override readonly name = 'SendError';
  /** Seconds to wait, where the platform said. */
  readonly retryAfter: number | undefined;
  readonly movedTo: string | undefined;
  constructor(
    readonly failure: SendFailure,
    message: string,
    more: { retryAfter?: number; movedTo?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.retryAfter = more.retryAfter;
    this.movedTo = more.movedTo;
  }
}

/** What should follow a file that could not be had. */
export type MediaFailure =
  /** Too large, of a kind we do not take, or broken: tell the person, do not try again. */
  | 'refused'
  /** The platform no longer has it. */
  | 'lost'
  /** A passing fault: try again later. */
  | 'retry';

/** Why a file was refused: the person is told what to do about it (flow file-refused). */
export type RefusedBecause =
  | 'too_large'
  | 'too_many_pages'
  /** Not a photo, a PDF or a voice note, as was wanted. */
  | 'kind'
  | 'broken'
  /** Opens with a password alone. */
  | 'locked'
  /** Carries or is a program, or is made to exhaust whoever opens it. */
  | 'unsafe';

export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly because: RefusedBecause | undefined;
  constructor(
    readonly failure: MediaFailure,
    message: string,
    more: { because?: RefusedBecause; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.because = more.because;
  }
}

/** A fault of set-up that an operator can mend: printed without a stack, exit code 2. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  constructor(readonly faults: string[]) {
    super(faults.join('\n'));
  }
}

/** A code, a deadline or an invite would be issued under a clock that is behind: the work rests until it is right. */
export class ClockBehindError extends Error {
  override readonly name = 'ClockBehindError';
}

/** A sealed value that cannot be opened: wrong key, purpose or row. */
export class SealError extends Error {
  override readonly name = 'SealError';
}
