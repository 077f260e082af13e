/** Who uses the page: nobody in particular (a resident), or somebody who logged in; and which of the
 *  rooms for people is open. */
import * as api from '../api/accounts';
import { whenUnknown } from '../api/client';
import type { Me, Result, Session } from '../api/types';
import { mayOpen, type Room } from './rights';

/** Timers cannot wait longer. */
const LONGEST_MS = 2 ** 31 - 1;
/** However much happens, it does not ask more often. */
const CALM_MS = 5_000;
/** Coming back to the page after so long, it asks whether the session still holds. */
const STALE_MS = 60_000;

export class Who {
  user = $state.raw<Me | null>(null);
  /** The server has been asked. */
  known = $state(false);
  /** A session ended by itself, and nobody has taken note yet. */
  ended = $state(false);
  /** Counts how often somebody else began to look: what is on the map may be another's then. */
  turn = $state(0);
  /** The room that is asked for; who is not logged in comes to the login first. */
  wanted = $state<Room | null>(null);
  room = $derived.by((): Room | null => {
    if (this.wanted === null || !this.known) return null;
    if (mayOpen(this.user, this.wanted)) return this.wanted;
    return this.user === null ? 'login' : null;
  });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = Number.NEGATIVE_INFINITY;

  constructor() {
    whenUnknown(() => this.#lost());
  }

  /** Learns who is logged in. Without an answer things stay as they are. */
  async refresh(): Promise<void> {
    this.#asked = performance.now();
    const answer = await api.session();
    if (answer.ok && answer.value.user === null) this.#lost();
    else if (answer.ok) this.#came(answer.value);
    this.known = true;
  }

  /** Something happened that may mean that the session has ended. */
  check(): void {
    if (this.user !== null && performance.now() - this.#asked > CALM_MS) this.refresh();
  }

  /** The reader looks at the page again. */
  back(): void {
    if (performance.now() - this.#asked > STALE_MS) this.refresh();
  }

  /** A link may lead to a room that is not the reader's. */
  knock(refused: () => void): void {
    if (this.user === null || this.wanted === null || this.room !== null) return;
    if (this.wanted !== 'login') refused();
    this.wanted = null;
  }

  async logIn(name: string, password: string): Promise<Result<Session>> {
    const answer = await api.logIn(name, password);
    if (!answer.ok) return answer;
    this.#came(answer.value);
    if (this.wanted !== null && !mayOpen(this.user, this.wanted)) this.wanted = null;
    return answer;
  }

  async logOut(): Promise<Result<null>> {
    const answer = await api.logOut();
    if (answer.ok) this.#gone();
    return answer;
  }

  #came(session: Session): void {
    const before = this.user;
    this.user = session.user;
    this.ended = false;
    if (JSON.stringify(before) !== JSON.stringify(session.user)) this.turn += 1;
    clearTimeout(this.#timer);
    const left = session.expires_at ? Date.parse(session.expires_at) - Date.now() : Number.NaN;
    // Asked a little later: what was used meanwhile holds longer.
    if (left > 0) this.#timer = setTimeout(() => this.refresh(), Math.min(left + 2000, LONGEST_MS));
  }

  #gone(): void {
    clearTimeout(this.#timer);
    this.user = null;
    if (this.wanted !== null && !mayOpen(null, this.wanted)) this.wanted = null;
    this.turn += 1;
  }

  #lost(): void {
    if (this.user === null) return;
    this.#gone();
    this.ended = true;
  }
}
