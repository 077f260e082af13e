/** A list that is too long to be fetched: pages of it, asked for as somebody looks at them. What has
 *  changed meanwhile is shown as it was until the page has come anew. */
import type { Failure, Result } from '../../api/types';

export const PAGE = 50;

export interface Part<T> {
  issues: T[];
  total: number;
}

type Fetch<T> = (offset: number, limit: number, signal: AbortSignal) => Promise<Result<Part<T>>>;

interface Page<T> {
  rows: T[];
  /** The version of the list that it answers. */
  at: number;
}

export class Listing<T extends { number: string }> {
  total = $state<number | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** The question has been put anew, and nothing has come yet. */
  fresh = $state(true);
  #pages = $state.raw(new Map<number, Page<T>>());
  #under = new Map<number, number>();
  #version = 0;
  #question = 0;
  #from = 0;
  #to = 0;
  #abort = new AbortController();
  #fetch: Fetch<T> | null = null;

  row(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.rows[index % PAGE];
  }

  /** Where a case stands, as far as the list is known. */
  indexOf(number: string): number {
    for (const [page, { rows }] of this.#pages) {
      const at = rows.findIndex((row) => row.number === number);
      if (at >= 0) return page * PAGE + at;
    }
    return -1;
  }

  get loaded(): T[] {
    return [...this.#pages].sort(([a], [b]) => a - b).flatMap(([, page]) => page.rows);
  }

  /** Another question: the old answer stays until the first page of the new one has come. */
  ask(fetch: Fetch<T>): void {
    this.#fetch = fetch;
    this.#question += 1;
    this.#version += 1;
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#under.clear();
    this.fresh = true;
    this.#load(0);
  }

  /** What is known may be out of date; what is looked at is asked for anew. */
  stale(): void {
    this.#version += 1;
    if (this.fresh) this.#load(0);
    else this.want(this.#from, this.#to);
  }

  /** Rows from `from` to `to` are looked at. */
  want(from: number, to: number): void {
    this.#from = from;
    this.#to = to;
    if (this.fresh) return;
    const last = Math.min(to, Math.max(0, (this.total ?? 0) - 1));
    for (let page = Math.floor(from / PAGE); page <= Math.floor(last / PAGE); page++) this.#load(page);
  }

  /** Puts what has come by another way in its place. */
  patch(row: T): void {
    this.#edit(row.number, (rows, at) => rows.with(at, row));
  }

  remove(number: string): void {
    this.#edit(number, (rows, at) => rows.toSpliced(at, 1));
  }

  close(): void {
    this.#abort.abort();
    this.#fetch = null;
  }

  #edit(number: string, change: (rows: T[], at: number) => T[]): void {
    for (const [index, page] of this.#pages) {
      const at = page.rows.findIndex((row) => row.number === number);
      if (at < 0) continue;
      const pages = new Map(this.#pages);
      pages.set(index, { ...page, rows: change(page.rows, at) });
      this.#pages = pages;
    }
  }

  async #load(page: number): Promise<void> {
    const fetch = this.#fetch;
    const [question, version] = [this.#question, this.#version];
    if (!fetch) return;
    if (!this.fresh && this.#pages.get(page)?.at === version) return;
    if (this.#under.get(page) === version) return;
    this.#under.set(page, version);
    const answer = await fetch(page * PAGE, PAGE, this.#abort.signal);
    if (question !== this.#question || this.#fetch === null) return;
    if (this.#under.get(page) === version) this.#under.delete(page);
    if (!answer.ok) {
      this.failure = answer.failure;
      return;
    }
    this.failure = null;
    // An answer that was overtaken by a newer one says nothing any more.
    if ((this.#pages.get(page)?.at ?? -1) > version && !this.fresh) return;
    const pages = this.fresh ? new Map<number, Page<T>>() : new Map(this.#pages);
    pages.set(page, { rows: answer.value.issues, at: version });
    for (const index of pages.keys())
      if (index * PAGE >= answer.value.total && index > 0) pages.delete(index);
    this.#pages = pages;
    this.total = answer.value.total;
    const was = this.fresh;
    this.fresh = false;
    if (was || version !== this.#version) this.want(this.#from, this.#to);
  }
}
