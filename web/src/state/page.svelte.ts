/** The one state of the page. Components read it and call its methods; the map follows it. */
import * as api from '../api/client';
import type {
  Bbox,
  Category,
  Collection,
  Direction,
  Explanation,
  Item,
  LifeCircle,
  Location,
  LonLat,
  Measure,
  Nearest,
  Place,
  Profile,
  Route,
  Streets,
} from '../api/types';
import { title, words } from '../i18n/format';
import { peopleWords } from '../i18n/people';
import type { MapView } from '../map/view';
import { Ask } from './ask.svelte';
import { BANDS_OF, bandLabel } from './bands';
import type { Guest } from './guest';
import type { Room } from './rights';
import { format, type IssueLink, parse, type Shared, type Tab, type View } from './url';
import { Who } from './who.svelte';

export interface Target {
  name: string;
  at: LonLat;
  layer: string;
  id: number;
}

export interface Picked {
  layer: string;
  id: number;
  at: LonLat | null;
  /** What the tile already tells, shown until the item has come. */
  name: string | null;
}

/** A request to move the map; a new object each time, so that the same place can be asked twice. */
export interface Flight {
  at: LonLat;
  zoom?: number;
  bbox?: [number, number, number, number];
}

class Page {
  who = new Who();
  lang = $state<Shared['lang']>('zh');
  tab = $state<Tab>('circle');
  sheet = $state<'peek' | 'half' | 'full'>('half');
  view = $state.raw<View | null>(null);
  origin = $state.raw<LonLat | null>(null);
  profile = $state('adult');
  direction = $state<Direction>('from');
  measure = $state<Measure>('minutes');
  band = $state(15);
  showStreets = $state(false);
  /** The next place that is chosen on the map is asked about, not started from. */
  asking = $state(false);
  chosen = $state.raw<Record<string, boolean>>({});
  wanted = $state('station');
  service = $state('');
  openNow = $state(false);

  place = $state.raw<Place | null>(null);
  collections = $state.raw<Collection[]>([]);
  categories = $state.raw<Category[]>([]);
  profiles = $state.raw<Profile[]>([]);
  booted = $state(false);
  bootFailed = $state(false);

  circle = new Ask<LifeCircle>();
  location = new Ask<Location>();
  near = new Ask<Nearest>();
  route = new Ask<Route>();
  item = new Ask<Item>();
  streets = new Ask<Streets>();
  explanation = new Ask<Explanation>();

  target = $state.raw<Target | null>(null);
  /** The place whose being outside is explained, and its name when it has one. */
  why = $state.raw<{ at: LonLat; name: string | null } | null>(null);
  picked = $state.raw<Picked | null>(null);
  hovered = $state.raw<LonLat | null>(null);
  flight = $state.raw<Flight | null>(null);
  /** The next life circle is to be shown whole: it was asked for by the reader, not by a link. */
  reveal = $state(false);
  /** The case that the open room shows. */
  issue = $state.raw<IssueLink | null>(null);
  /** What the open room looks at, as it stands in the link. */
  asked = $state.raw<Record<string, string>>({});
  /** What the map shows of the world beside what covers it. */
  bounds = $state.raw<Bbox | null>(null);
  /** Stands before the title of the window. */
  mark = $state('');
  /** An open room has the map for itself. */
  guest = $state.raw<Guest | null>(null);
  /** Makes a picture of a part of the map, once there is one. */
  picture = $state.raw<MapView['picture'] | null>(null);
  notice = $state<string | null>(null);
  mapReady = $state(false);
  mapFailed = $state(false);

  w = $derived(words(this.lang));
  /** Words of the rooms for people. */
  p = $derived(peopleWords(this.lang));
  layersOn = $derived(
    Object.fromEntries(this.collections.map((c) => [c.id, this.chosen[c.id] ?? c.visible])),
  );
  empty = $derived(
    this.booted &&
      this.place !== null &&
      this.place.key === '' &&
      Object.keys(this.place.counts).length > 0 &&
      Object.values(this.place.counts).every((n) => n === 0),
  );
  heading = $derived(this.place?.name ? title(this.place.name, this.lang) : '');

  restore(fragment: string): void {
    const s = parse(fragment);
    this.lang = s.lang;
    this.tab = s.tab;
    this.view = s.view;
    this.origin = s.at;
    this.profile = s.profile;
    this.direction = s.direction;
    this.chosen = s.layers;
    this.wanted = s.wanted;
    this.openNow = s.openNow;
    this.setBands(s.measure);
    this.showStreets = s.streets;
    this.why = s.why ? { at: s.why, name: null } : null;
    this.who.wanted = s.room;
    this.issue = s.issue;
    this.asked = s.asked;
  }

  get fragment(): string {
    return format({
      lang: this.lang,
      tab: this.tab,
      view: this.view,
      at: this.origin,
      profile: this.profile,
      direction: this.direction,
      layers: this.chosen,
      wanted: this.wanted,
      openNow: this.openNow,
      measure: this.measure,
      streets: this.showStreets,
      why: this.why?.at ?? null,
      room: this.who.wanted,
      issue: this.issue,
      asked: this.asked,
    });
  }

  /** Opens a room, and a case in it. */
  enter(room: Room, issue: IssueLink | null = null): void {
    this.asking = false;
    this.issue = issue;
    this.asked = {};
    this.who.wanted = room;
    if (this.sheet === 'peek') this.sheet = 'half';
  }

  leave(): void {
    if (this.sheet === 'full') this.sheet = 'half';
    this.who.wanted = null;
    this.issue = null;
  }

  /** Learns what this server holds. Called again when a layer or the place changes. */
  async boot(): Promise<void> {
    const [place, collections, categories, profiles] = await Promise.all([
      api.place(),
      api.collections(),
      api.categories(),
      api.profiles(),
    ]);
    if (place.ok) this.place = place.value;
    if (collections.ok) this.collections = collections.value;
    if (categories.ok) this.categories = categories.value;
    if (profiles.ok) this.profiles = profiles.value;
    if (!collections.ok && collections.failure.kind === 'loading') {
      this.notice = this.w.failure.loading;
      await new Promise((done) => setTimeout(done, 1000));
      return this.boot();
    }
    if (this.notice === this.w.failure.loading) this.notice = null;
    this.bootFailed = !collections.ok;
    this.booted = true;
  }

  /** The main job: a point was chosen. */
  start(at: LonLat): void {
    this.origin = at;
    this.picked = null;
    this.reveal = true;
    this.circle.value = null;
    this.closeRoute();
    this.closeWhy();
    if (this.tab === 'layers') this.tab = 'circle';
    if (this.sheet === 'peek') this.sheet = 'half';
    this.ask();
  }

  /** Asks everything that depends on the origin. */
  ask(): void {
    const at = this.origin;
    if (!at) return;
    const { measure, profile, direction } = this;
    const question = { at, measure, bands: BANDS_OF[measure], profile, direction };
    this.location.run((signal) => api.locate(at, signal));
    this.circle.run((signal) => api.lifeCircle(question, signal));
    this.askStreets();
    this.askNearest();
    if (this.target) this.askRoute(this.target);
    if (this.why) this.askWhy(this.why.at, this.why.name);
  }

  askStreets(): void {
    const { origin: at, measure, profile, direction } = this;
    if (!at || !this.showStreets) {
      this.streets.clear();
      return;
    }
    const question = { at, measure, bands: BANDS_OF[measure], profile, direction };
    this.streets.run((signal) => api.streets(question, signal));
  }

  /** Why is that place outside the chosen band? */
  askWhy(to: LonLat, name: string | null): void {
    this.asking = false;
    const { origin: at, measure, band, profile, direction } = this;
    if (!at) return;
    this.target = null;
    this.route.clear();
    this.why = { at: to, name };
    if (this.sheet === 'peek') this.sheet = 'half';
    if (this.tab === 'layers') this.tab = 'circle';
    this.explanation.run((signal) =>
      api.explain({ at, measure, bands: [band], profile, direction }, to, signal),
    );
  }

  /** Why is nothing of this kind inside? Asks about the nearest one there is. */
  async askWhyMissing(id: string): Promise<void> {
    const at = this.origin;
    const category = this.category(id);
    if (!at || !category) return;
    const name = title(category.title, this.lang);
    const found = await api.nearestByLine(at, id);
    const nearest = found.ok ? found.value.results[0] : undefined;
    if (nearest) this.askWhy([nearest.lon, nearest.lat], nearest.name ?? name);
    else this.say(this.w.why.none(name));
  }

  closeWhy(): void {
    this.why = null;
    this.asking = false;
    this.explanation.clear();
  }

  /** A place was chosen on the map. */
  choose(at: LonLat, name: string | null = null): void {
    if (this.guest) this.guest.ground?.(at);
    else if (this.asking && this.origin) this.askWhy(at, name);
    else this.start(at);
  }

  askNearest(): void {
    const at = this.origin;
    if (!at || this.tab !== 'nearest') return;
    const wanted = this.wanted.startsWith('layer:')
      ? { layer: this.wanted.slice('layer:'.length) }
      : { category: this.wanted };
    const { openNow, service, profile } = this;
    this.near.run((signal) => api.nearest({ at, wanted, openNow, service, profile, limit: 10 }, signal));
  }

  askRoute(target: Target): void {
    const at = this.origin;
    if (!at) return;
    this.closeWhy();
    this.target = target;
    const [from, to] = this.direction === 'from' ? [at, target.at] : [target.at, at];
    this.route.run((signal) => api.walk(from, to, this.profile, this.lang, signal));
  }

  /** The other language; the server tells the steps of a route in words. */
  speak(lang: Shared['lang']): void {
    this.lang = lang;
    if (this.target) this.askRoute(this.target);
  }

  closeRoute(): void {
    this.target = null;
    this.route.clear();
  }

  clear(): void {
    this.origin = null;
    this.circle.clear();
    this.location.clear();
    this.near.clear();
    this.streets.clear();
    this.closeRoute();
    this.closeWhy();
  }

  pick(picked: Picked): void {
    this.picked = picked;
    if (this.sheet === 'peek') this.sheet = 'half';
    this.item.run((signal) => api.item(picked.layer, picked.id, signal));
  }

  setProfile(id: string): void {
    this.profile = id;
    this.ask();
  }

  setDirection(direction: Direction): void {
    this.direction = direction;
    this.ask();
  }

  setBands(measure: Measure): void {
    if (measure === this.measure) return;
    this.measure = measure;
    this.band = Math.max(...BANDS_OF[measure]);
  }

  setMeasure(measure: Measure): void {
    this.setBands(measure);
    this.ask();
  }

  /** The band changes what is asked about a place, not the circle. */
  setBand(band: number): void {
    this.band = band;
    if (this.why) this.askWhy(this.why.at, this.why.name);
  }

  setStreets(on: boolean): void {
    this.showStreets = on;
    this.askStreets();
  }

  /** A band as people say it. */
  label = (band: number): string => bandLabel({ measure: this.measure, band, lang: this.lang });

  setTab(tab: Tab): void {
    this.tab = tab;
    this.askNearest();
  }

  find(wanted: string): void {
    this.wanted = wanted;
    this.service = '';
    this.askNearest();
  }

  toggleLayer(id: string): void {
    const on = !this.layersOn[id];
    const usual = this.collections.find((c) => c.id === id)?.visible ?? false;
    const { [id]: _, ...rest } = this.chosen;
    this.chosen = on === usual ? rest : { ...rest, [id]: on };
  }

  /** Does the map have data around there? */
  covers(at: LonLat): boolean {
    const box = this.place?.bbox;
    return !box || (at[0] >= box[0] && at[1] >= box[1] && at[0] <= box[2] && at[1] <= box[3]);
  }

  category(id: string): Category | undefined {
    return this.categories.find((c) => c.id === id);
  }

  collection(id: string): Collection | undefined {
    return this.collections.find((c) => c.id === id);
  }

  /** What the layer is called; one that is not known, by its id. */
  kind(layer: string): string {
    const found = this.collection(layer);
    return found ? title(found.titles, this.lang) : layer;
  }

  say(text: string): void {
    this.notice = text;
    setTimeout(() => {
      if (this.notice === text) this.notice = null;
    }, 6000);
  }
}

export const page = new Page();
