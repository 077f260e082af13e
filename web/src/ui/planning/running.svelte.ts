/** Long work on the server, followed until it ends. A newer one leaves the older behind. */

import type { Run } from '../../api/planning';
import * as api from '../../api/planning';
import type { Failure, Result } from '../../api/types';

/** The server answers when the run ends, or after so long. */
const WAIT_S = 5;
/** After an answer did not come, it is asked again this much later, so often. */
const PAUSE_MS = 1000;
const TRIES = 5;

export interface Line {
  run<T>(id: string, wait_s: number, signal?: AbortSignal): Promise<Result<Run<T>>>;
  cancel(id: string): Promise<Result<null>>;
  pause(ms: number): Promise<void>;
}

const LINE: Line = {
  run: api.run,
  cancel: api.cancelRun,
  pause: (ms) => new Promise((done) => setTimeout(done, ms)),
};

export class Running<T> {
  run = $state.raw<Run<T> | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** It has been asked for, and the server has not taken it up yet. */
  starting = $state(false);
  busy = $derived(this.starting || this.run?.state === 'running');
  result = $derived(this.run?.result ?? null);
  #abort: AbortController | null = null;

  constructor(
    private readonly kind: Run<T>['kind'],
    private readonly line: Line = LINE,
  ) {}

  /** The id of the run, once it has begun. */
  async start(begin: () => Promise<Result<Run<T>>>): Promise<string | null> {
    const abort = this.#turn();
    this.starting = true;
    const begun = await begin();
    if (this.#abort !== abort) {
      if (begun.ok) this.line.cancel(begun.value.id);
      return null;
    }
    this.starting = false;
    if (!begun.ok) {
      this.failure = begun.failure;
      return null;
    }
    this.run = begun.value;
    this.#follow(begun.value.id, abort);
    return begun.value.id;
  }

  /** Takes up a run that a link names. */
  async resume(id: string): Promise<void> {
    if (this.run?.id === id) return;
    await this.#follow(id, this.#turn());
  }

  async cancel(): Promise<void> {
    const id = this.run?.id;
    if (!id || !this.busy) return;
    this.#turn();
    await this.line.cancel(id);
  }

  /** Looks no longer. */
  stop(): void {
    this.#turn();
  }

  #turn(): AbortController {
    this.#abort?.abort();
    this.#abort = new AbortController();
    this.run = null;
    this.failure = null;
    this.starting = false;
    return this.#abort;
  }

  async #follow(id: string, abort: AbortController): Promise<void> {
    for (let tries = 0; tries < TRIES; ) {
      const wait = this.run === null ? 0 : WAIT_S;
      const answer = await this.line.run<T>(id, wait, abort.signal);
      if (this.#abort !== abort) return;
      if (answer.ok && answer.value.kind !== this.kind) {
        // A link that was mangled: that run answers another question.
        this.run = null;
        this.failure = { kind: 'not-found' };
        return;
      }
      if (answer.ok) {
        tries = 0;
        this.run = answer.value;
        if (answer.value.state !== 'running') return;
      } else if (answer.failure.kind === 'offline' || answer.failure.kind === 'throttled') {
        tries += 1;
        if (tries === TRIES) this.failure = answer.failure;
        await this.line.pause(PAUSE_MS * tries);
        if (this.#abort !== abort) return;
      } else {
        this.run = null;
        this.failure = answer.failure;
        return;
      }
    }
  }
}
