/** A field to search by name with its list of hits, by pointer and by keyboard (the combobox pattern of
 *  ARIA). What it looks like, and what choosing means, is its component's. */
import { search } from '../api/client';
import type { LonLat, SearchHit } from '../api/types';
import { Ask } from './ask.svelte';

/** Typing pauses so long before something is asked. */
const PAUSE_MS = 150;

interface How {
  /** Of the ids of the list and its options. */
  id: string;
  choose: (hit: SearchHit) => void;
  /** What lies near it comes first. */
  near?: () => LonLat | null;
  /** How many are asked for. */
  limit?: number;
  /** What of the answer is shown. */
  shown?: (hits: SearchHit[]) => SearchHit[];
}

export class Finder {
  text = $state('');
  open = $state(false);
  active = $state(-1);
  readonly ask = new Ask<SearchHit[]>();
  readonly #how: How;
  readonly hits = $derived.by(() => {
    const found = this.ask.value ?? [];
    return this.#how.shown?.(found) ?? found;
  });
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(how: How) {
    this.#how = how;
  }

  get listed(): boolean {
    return this.open && this.hits.length > 0;
  }

  /** Whether there is something to say about what was typed. */
  get answered(): boolean {
    return (
      this.open && !this.ask.busy && this.text.trim() !== '' && (this.ask.value ?? this.ask.failure) !== null
    );
  }

  clear(): void {
    this.text = '';
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.open = false;
    this.active = -1;
    this.ask.clear();
  }

  typed = (): void => {
    clearTimeout(this.#timer);
    const wanted = this.text.trim();
    if (wanted === '') return this.#stop();
    this.open = true;
    this.active = -1;
    const { near, limit } = this.#how;
    this.#timer = setTimeout(
      () => this.ask.run((signal) => search(wanted, near?.() ?? null, signal, limit)),
      PAUSE_MS,
    );
  };

  choose(hit: SearchHit | undefined): void {
    if (hit) this.#how.choose(hit);
  }

  /** Whether the key was the list's. */
  key(e: KeyboardEvent): boolean {
    if (e.isComposing) return false;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      if (this.hits.length > 0) {
        this.open = true;
        this.active = (this.active + (e.key === 'ArrowDown' ? 1 : -1) + this.hits.length) % this.hits.length;
      }
      return true;
    }
    if (e.key === 'Enter') {
      // Not the form's Enter: nothing is chosen yet.
      e.preventDefault();
      if (this.open) this.choose(this.hits[this.active] ?? this.hits[0]);
      return true;
    }
    if (e.key === 'Escape' && this.open) {
      e.preventDefault();
      e.stopPropagation();
      this.open = false;
      return true;
    }
    return false;
  }

  /** What the field carries; `bind:value` to `text` besides. */
  get field() {
    const { id } = this.#how;
    return {
      type: 'text',
      role: 'combobox',
      autocomplete: 'off',
      spellcheck: false,
      'aria-expanded': this.listed,
      'aria-controls': `${id}-list`,
      'aria-autocomplete': 'list',
      'aria-activedescendant': this.active >= 0 ? `${id}-${this.active}` : undefined,
      oninput: this.typed,
      onblur: () => setTimeout(() => (this.open = false), 150),
    } as const;
  }

  /** What an option carries. */
  option(i: number) {
    return {
      id: `${this.#how.id}-${i}`,
      role: 'option',
      'aria-selected': i === this.active,
      // Before the field loses the focus, and with it the list.
      onpointerdown: (e: PointerEvent) => {
        e.preventDefault();
        this.choose(this.hits[i]);
      },
    } as const;
  }
}
