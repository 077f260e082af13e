/** What a worker has to do: the tasks nearest first, the one that is open with the way there, and the
 *  own grid. Lives by the stream of cases. */

import { walk } from '../../api/client';
import {
  act,
  areaShape,
  type Deed,
  type Issue,
  type IssueNews,
  issue,
  issueStream,
  type Numbers,
  numbersOf,
  type Task,
  tasks,
} from '../../api/issues';
import type { Item, LonLat, Result, Route } from '../../api/types';
import { Act, Ask } from '../../state/ask.svelte';
import { page } from '../../state/page.svelte';
import { mayKnowPosition, myPosition } from '../../state/position';
import { gridsOf } from '../../state/rights';
import { isMine } from '../../state/task';

/** Many things that happen at once are looked at once. */
const CALM_MS = 300;
/** A deadline is told by the minute. */
const TICK_MS = 30_000;

export class Duty {
  list = $state.raw<Task[]>([]);
  /** What the worker can do something about, and what waits for others or for its day. */
  todo = $derived(this.list.filter(isMine));
  waiting = $derived(this.list.filter((t) => !isMine(t)));
  asked = new Ask<{ tasks: Task[] }>();
  /** The case that is open; the last answer stays while a newer one is on its way. */
  open = $state.raw<Issue | null>(null);
  opened = new Ask<Issue>();
  route = new Ask<Route>();
  act = new Act();
  me = $state.raw<{ at: LonLat; accuracy: number } | null>(null);
  grid = $state.raw<{ code: string; name: string; shape: Item | null; numbers: Numbers | null } | null>(null);
  live = $state(true);
  now = $state(Date.now());
  /** Tells of what is new. */
  arrived: (fresh: Task[]) => void = () => {};
  #known: Set<string> | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;

  /** Begins; what it returns ends it. */
  begin(): () => void {
    const stop = issueStream({
      heard: (news) => this.#heard(news),
      lost: () => this.#soon(),
      broke: () => {
        this.live = false;
        page.who.check();
      },
      began: () => {
        // What happened meanwhile was not heard.
        if (!this.live) this.#soon();
        this.live = true;
      },
    });
    const tick = setInterval(() => (this.now = Date.now()), TICK_MS);
    mayKnowPosition().then(async (may) => {
      if (may) await this.findMe();
      else await this.load();
    });
    this.#loadGrid();
    return () => {
      stop();
      clearInterval(tick);
      clearTimeout(this.#again);
      for (const ask of [this.asked, this.opened, this.route]) ask.clear();
    };
  }

  /** From where the walking times are told. */
  get from(): LonLat | null {
    const { view, place } = page;
    return this.me?.at ?? (view ? [view.lon, view.lat] : (place?.centre ?? null));
  }

  async findMe(): Promise<'ok' | 'denied' | 'failed'> {
    const found = await myPosition();
    if (found.ok) this.me = { at: found.at, accuracy: found.accuracy };
    await this.load();
    if (this.open) this.#askRoute(this.open);
    return found.ok ? 'ok' : found.denied ? 'denied' : 'failed';
  }

  async load(): Promise<void> {
    const answer = await this.asked.run((signal) => tasks(this.from, page.profile, signal));
    this.now = Date.now();
    if (!answer) return;
    this.list = answer.tasks;
    const known = this.#known;
    if (known) {
      const fresh = answer.tasks.filter((t) => isMine(t) && !known.has(t.number));
      if (fresh.length > 0) this.arrived(fresh);
    }
    this.#known = new Set(answer.tasks.map((t) => t.number));
  }

  async show(number: string): Promise<void> {
    if (this.open?.number !== number) {
      this.open = null;
      this.route.clear();
    }
    const answer = await this.opened.run((signal) => issue(number, null, signal));
    if (!answer) return;
    if (this.open === null) this.#askRoute(answer);
    this.open = answer;
  }

  close(): void {
    this.open = null;
    this.opened.clear();
    this.route.clear();
    this.act.failure = null;
  }

  async deed(deed: Deed): Promise<Result<Issue> | null> {
    const before = this.open;
    if (!before) return null;
    let result: Result<Issue> | null = null;
    await this.act.run(async () => {
      result = await act(before.number, null, { ...deed, seen: before.staff?.events.length ?? 0 });
      return result;
    });
    const told = result as Result<Issue> | null;
    if (told?.ok) this.open = told.value;
    else if (told?.failure.kind === 'conflict') await this.show(before.number);
    if (told?.ok) this.#soon();
    return told;
  }

  #askRoute(to: Issue): void {
    const from = this.from;
    if (from) this.route.run((signal) => walk(from, [to.lon, to.lat], page.profile, page.lang, signal));
  }

  async #loadGrid(): Promise<void> {
    const area = gridsOf(page.who.user)[0];
    if (!area) return;
    const name = area.name ?? area.code;
    this.grid = { code: area.code, name, shape: null, numbers: null };
    const shape = await areaShape(area.layer ?? 'grid', area.code);
    this.grid = { code: area.code, name, shape, numbers: null };
    await this.#count();
  }

  async #count(): Promise<void> {
    const { grid } = this;
    if (!grid) return;
    const answer = await numbersOf(grid.code);
    if (answer.ok) this.grid = { ...grid, numbers: answer.value };
  }

  #heard(news: IssueNews): void {
    this.live = true;
    const known = this.#known?.has(news.number) || this.open?.number === news.number;
    if (known || this.#isMine(news) || this.#isHere(news)) this.#soon();
  }

  #isMine(news: IssueNews): boolean {
    const user = page.who.user;
    const { assignee } = news.row ?? {};
    return Boolean(user && assignee && [user.name, user.display_name].includes(assignee));
  }

  #isHere(news: IssueNews): boolean {
    return this.grid !== null && news.row?.grid?.code === this.grid.code;
  }

  #soon(): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      this.load();
      this.#count();
      if (this.open) this.show(this.open.number);
    }, CALM_MS);
  }
}
