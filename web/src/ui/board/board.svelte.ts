/** The state of the dispatcher's board: what is looked at, what is chosen, what the server says. */
import {
  act,
  type Case,
  type Counts,
  cases,
  counts,
  type Deed,
  oneCase,
  type Row,
  type Spots,
  spots,
  type Told,
} from '../../api/board';
import type { Bbox, LonLat } from '../../api/types';
import { boardWords } from '../../i18n/board';
import { title } from '../../i18n/format';
import { Act, Ask } from '../../state/ask.svelte';
import { kinds } from '../../state/kinds.svelte';
import { page } from '../../state/page.svelte';
import { asked, bare, type Filter, format, parse } from './filter';
import { crowdOf } from './guest';
import { Listing } from './listing.svelte';
import { Live, type News } from './live.svelte';

/** Within a second of what the stream says, everything is as it is; more often nobody could read it. */
const SOON_MS = 120;
const LATER_MS = 850;
const CALM_MS = 1500;

export type Pane = 'list' | 'map' | 'workers';

/** A place that is being put right. */
export interface Correction {
  at: LonLat;
  category: string;
  picking: boolean;
}

export class Board {
  list = new Listing<Row>();
  counts = new Ask<Counts>();
  spots = new Ask<Spots>();
  detail = new Ask<Case>();
  live = new Live();
  acting = new Act();
  categories = $derived(kinds.all);
  now = $state(Date.now());
  /** Where j and k go from. */
  cursor = $state(0);
  #cursorNumber: string | null = null;
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  heat = $state(false);
  pane = $state<Pane>('list');
  panel = $state<'help' | 'filters' | 'workers' | 'news' | null>(null);
  /** The action whose form is open: for the open case, or for all that are chosen. */
  doing = $state.raw<{ action: Deed['action']; many: boolean } | null>(null);
  correction = $state.raw<Correction | null>(null);
  said = $state('');
  crowd = $derived({ spots: crowdOf(this.spots.value), heat: this.heat });
  filter = $derived(parse(page.asked));
  b = $derived(boardWords(page.lang));
  lang = $derived(page.lang);
  open = $derived(page.issue?.number ?? null);
  #seen = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #mapTimer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  /** What the map shows of the world, where the list follows it. */
  #view(): Bbox | null {
    return this.filter.inView ? page.bounds : null;
  }

  start(): () => void {
    kinds.load();
    this.live.start({
      told: (told) => this.#told(told),
      all: () => this.refresh(),
      said: (news) => this.#say(news),
    });
    const clock = setInterval(() => {
      this.now = Date.now();
    }, 10_000);
    return () => {
      clearInterval(clock);
      clearTimeout(this.#timer);
      clearTimeout(this.#mapTimer);
      this.live.stop();
      this.list.close();
      for (const ask of [this.counts, this.spots, this.detail]) ask.clear();
    };
  }

  /** Asks for what the filter says, if it says something else than before. */
  look(): void {
    const query = asked(this.filter, this.#view());
    const sort = this.filter.sort;
    const key = JSON.stringify([query, sort, page.who.turn]);
    if (key === this.#seen) return;
    this.#seen = key;
    this.cursor = 0;
    this.#cursorNumber = null;
    this.list.ask((offset, limit, signal) => cases({ ...query, sort, limit, offset }, signal));
    this.#count();
    this.lookAtMap();
  }

  #count(): void {
    // What the other filters leave, whatever the counters themselves have chosen.
    const query = asked(bare(this.filter), this.#view());
    this.counts.run((signal) => counts(query, signal));
  }

  /** The points of what the map shows now. */
  lookAtMap(): void {
    clearTimeout(this.#mapTimer);
    this.#mapTimer = setTimeout(() => {
      const [box, zoom] = [page.bounds, page.view?.zoom];
      if (!box || zoom === undefined) return;
      const query = asked({ ...this.filter, inView: false }, null);
      this.spots.run((signal) => spots(query, box, zoom, signal));
    }, SOON_MS);
  }

  set(filter: Partial<Filter>): void {
    page.asked = format({ ...this.filter, ...filter });
  }

  refresh(): void {
    this.#last = Date.now();
    this.now = this.#last;
    this.list.stale();
    this.#count();
    this.lookAtMap();
    if (this.open) this.read(this.open, true);
  }

  #soon(): void {
    if (this.#timer !== undefined) return;
    const calm = Date.now() - this.#last > CALM_MS;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.refresh();
      },
      calm ? SOON_MS : LATER_MS,
    );
  }

  #told(told: Told): void {
    if (told.row) this.list.patch(told.row);
    else {
      this.list.remove(told.number);
      this.choose(told.number, false);
    }
    this.#soon();
  }

  #say(news: News): void {
    const text = this.b.live[news.kind](news.number, this.categoryName(news.row.category));
    this.said = text;
    page.say(text);
  }

  /** Opens a case beside the list. */
  show(number: string | null): void {
    this.doing = null;
    this.correction = null;
    page.issue = number === null ? null : { number, key: null };
    if (number === null) this.detail.clear();
    else this.read(number, this.detail.value?.number === number);
  }

  async read(number: string, quiet = false): Promise<void> {
    if (!quiet) this.detail.clear();
    const found = await this.detail.run((signal) => oneCase(number, signal));
    if (found && !quiet) this.#reveal([found.lon, found.lat]);
  }

  /** The open case is seen on the map, too. */
  #reveal(at: LonLat): void {
    const box = page.bounds;
    const seen = box && at[0] > box[0] && at[0] < box[2] && at[1] > box[1] && at[1] < box[3];
    if (!seen) page.flight = { at, zoom: Math.max(page.view?.zoom ?? 0, 15) };
  }

  async do(number: string, deed: Deed): Promise<Case | null> {
    const seen = this.detail.value?.number === number ? this.detail.value.staff?.events.length : undefined;
    const answer = await this.acting.run(() => act(number, seen === undefined ? deed : { ...deed, seen }));
    if (!answer) {
      // The case may have moved on meanwhile: how it stands now says why.
      if (this.acting.failure?.kind === 'conflict') this.read(number, true);
      return null;
    }
    this.doing = null;
    if (this.open === number) this.detail.value = answer.value;
    page.say(this.b.act.done(number, this.b.actions[deed.action] ?? deed.action));
    this.refresh();
    return answer.value;
  }

  choose(number: string, on: boolean): void {
    if (this.chosen.has(number) === on) return;
    const next = new Set(this.chosen);
    if (on) next.add(number);
    else next.delete(number);
    this.chosen = next;
  }

  chooseAll(numbers: string[], on: boolean): void {
    this.chosen = new Set(on ? [...this.chosen, ...numbers] : []);
  }

  /** The row that j, k, Enter and x are about. */
  get current(): Row | undefined {
    return this.list.row(this.cursor);
  }

  move(to: number): void {
    const last = Math.max(0, (this.list.total ?? 0) - 1);
    this.cursor = Math.min(last, Math.max(0, to));
    this.#cursorNumber = this.current?.number ?? null;
  }

  /** Rows came or went: the cursor stays with its case. */
  hold(): void {
    const number = this.#cursorNumber;
    if (number === null || this.current?.number === number) return;
    const at = this.list.indexOf(number);
    if (at >= 0) this.cursor = at;
    else this.move(this.cursor);
  }

  /** What people call somebody. */
  person(name: string): string {
    return this.counts.value?.workers.find((w) => w.name === name)?.display_name ?? name;
  }

  categoryName(id: string): string {
    for (const group of this.categories?.groups ?? []) {
      const found = group.categories.find((c) => c.id === id);
      if (found) return title(found.title, page.lang);
    }
    return id;
  }

  groupName(id: string): string {
    const group = this.categories?.groups.find((g) => g.id === id);
    return group ? title(group.title, page.lang) : id;
  }
}
