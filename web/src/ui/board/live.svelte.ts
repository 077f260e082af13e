/** What arrives while somebody looks: the stream of cases, whether it holds, and what is to be said. */
import { type Hearer, type Row, stream, type Told } from '../../api/board';

/** A stream is broken off now and then to take the rights of the day; shorter than this is no loss. */
const PATIENCE_MS = 2500;
const KEPT = 30;

export type Kind = 'reported' | 'missed' | 'warned' | 'triaged';

export interface News {
  id: number;
  kind: Kind;
  number: string;
  row: Row;
  at: number;
}

/** What of the stream is worth saying aloud. */
export function kindOf(told: Told): Kind | null {
  if (told.row === null) return null;
  if (told.what === 'missed' || told.what === 'warned') return told.what;
  if (told.row.triage === 'waiting' && (told.what === 'reported' || told.what === 'return')) return 'triaged';
  return told.what === 'reported' ? 'reported' : null;
}

export class Live {
  lost = $state(false);
  news = $state.raw<News[]>([]);
  unseen = $state(0);
  sound = $state(localStorage.getItem('board.sound') === 'on');
  #stop: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #broken = false;

  /** `changed`: something is as it was not before; `all`: nobody knows what. */
  start(on: { told(told: Told): void; all(): void; said(news: News): void }): void {
    const hearer: Hearer = {
      told: (told) => {
        on.told(told);
        const kind = kindOf(told);
        if (kind && told.row) this.#say({ kind, number: told.number, row: told.row }, on.said);
      },
      lost: on.all,
      opened: () => {
        clearTimeout(this.#timer);
        // What was said while nobody listened is sent again, unless it took too long.
        if (this.#broken && this.lost) on.all();
        this.#broken = false;
        this.lost = false;
      },
      broke: () => {
        // The browser tries again sooner than patience ends: what counts is when it broke first.
        if (this.#broken) return;
        this.#broken = true;
        this.#timer = setTimeout(() => {
          this.lost = this.#broken;
        }, PATIENCE_MS);
      },
    };
    this.#stop = stream(hearer);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }

  seen(): void {
    this.unseen = 0;
  }

  setSound(on: boolean): void {
    this.sound = on;
    localStorage.setItem('board.sound', on ? 'on' : 'off');
    if (on) beep('reported');
  }

  #say(one: Omit<News, 'id' | 'at'>, said: (news: News) => void): void {
    const news = { ...one, id: (this.news[0]?.id ?? 0) + 1, at: Date.now() };
    this.news = [news, ...this.news].slice(0, KEPT);
    if (news.kind !== 'warned') this.unseen += 1;
    if (this.sound && news.kind !== 'warned') beep(news.kind);
    said(news);
  }
}

/** Two notes up for something new, two down for something late. */
function beep(kind: Kind): void {
  try {
    const context = new AudioContext();
    const notes = kind === 'missed' ? [660, 440] : [523, 784];
    notes.forEach((pitch, i) => {
      const [tone, loud] = [context.createOscillator(), context.createGain()];
      tone.frequency.value = pitch;
      const at = context.currentTime + i * 0.16;
      loud.gain.setValueAtTime(0.001, at);
      loud.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.001, at + 0.15);
      tone.connect(loud).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.16);
    });
    setTimeout(() => context.close(), 600);
  } catch {
    // No sound here: what is said stands on the screen as well.
  }
}
