/** One question to the server at a time: a newer one cancels the older, and an answer that takes
 *  longer than a blink shows that it is on its way. */
import type { Failure, Result } from '../api/types';

/** Longer than this and the page shows that it is busy. */
const BLINK_MS = 200;

export class Ask<T> {
  value = $state.raw<T | null>(null);
  failure = $state.raw<Failure | null>(null);
  busy = $state(false);
  slow = $state(false);
  #abort: AbortController | null = null;

  async run(question: (signal: AbortSignal) => Promise<Result<T>>): Promise<T | null> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.busy = true;
    const timer = setTimeout(() => {
      if (this.#abort === abort) this.slow = true;
    }, BLINK_MS);
    const result = await question(abort.signal);
    clearTimeout(timer);
    if (this.#abort !== abort) return null;
    this.busy = false;
    this.slow = false;
    this.value = result.ok ? result.value : null;
    this.failure = result.ok ? null : result.failure;
    return this.value;
  }

  clear(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.busy = false;
    this.slow = false;
    this.value = null;
    this.failure = null;
  }
}

/** Something that is to be done once: while it is under way it is not begun again. */
export class Act {
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);

  /** The answer, or `null` when there is none to go on with. */
  async run<T>(deed: () => Promise<Result<T>>): Promise<{ value: T } | null> {
    if (this.busy) return null;
    this.busy = true;
    this.failure = null;
    const result = await deed();
    this.busy = false;
    if (result.ok) return { value: result.value };
    this.failure = result.failure;
    return null;
  }
}
