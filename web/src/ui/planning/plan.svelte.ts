/** The state of the planner's workspace: what is looked at, and what its open part draws. */
import { item } from '../../api/client';
import {
  type Coverage,
  coverage,
  coverageTiles,
  type Measure,
  type Query,
  type ScenarioHead,
  scenarios,
} from '../../api/planning';
import type { Bbox, Item, LonLat } from '../../api/types';
import { title } from '../../i18n/format';
import { planningWords } from '../../i18n/planning';
import type { Overlay } from '../../map/overlay';
import { changeOverlay, coverageOverlay, type Drawn } from '../../map/planning';
import { Ask } from '../../state/ask.svelte';
import { BANDS_OF, bandLabel } from '../../state/bands';
import type { Guest } from '../../state/guest';
import { page } from '../../state/page.svelte';
import type { Found } from './draft.svelte';
import { keyOf, middle, type Places } from './measures';
import { areaOf, bandsTo, changed, common, format, parse, type Question } from './question';

/** Changes of the map come in swarms. */
const CALM_MS = 250;

/** What a part of the room adds to the map. */
export type Drawing = Partial<Guest> & { legend?: 'coverage' | 'changes' | Key };

/** What the colours of areas mean. */
export interface Key {
  title: string;
  items: { colour: string; text: string }[];
}

export class Plan {
  /** As it stands in the link. */
  q = $derived(parse(page.asked));
  w = $derived(planningWords(page.lang));
  coverage = new Ask<Coverage>();
  scenarios = new Ask<{ scenarios: ScenarioHead[] }>();
  /** The area that the question names. */
  area = new Ask<Item>();
  areaName = $derived.by(() => {
    const { name, code } = this.area.value?.properties ?? {};
    return String(name ?? code ?? '');
  });
  /** Counts changes of the map. */
  turn = $state(0);
  drawing = $state.raw<Drawing>({});
  /** Where the places are that measures name. */
  places = $state.raw<Places>({});
  /** On a small screen: how much of it is the list's. */
  sheet = $state<'map' | 'half' | 'list'>('half');
  category = $derived(page.category(this.q.category));
  categoryName = $derived(this.nameOf(this.q.category));
  scenario = $derived(this.scenarios.value?.scenarios.find((s) => s.id === this.q.scenario) ?? null);
  /** The scenario on whose map everything is asked; one that was adopted is the map of today. */
  tried = $derived(this.scenario?.adopted_at ? '' : this.q.scenario);
  band = $derived(this.label(this.q.band));
  #asked: Record<string, boolean> = {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  know({ layer, id, name, at }: Found): void {
    this.places = { ...this.places, [`${layer}/${id}`]: { name, at } };
  }

  /** Learns where the places are that measures name. */
  locate(measures: Measure[]): void {
    for (const m of measures) {
      const key = keyOf(m);
      if (key === null || !('id' in m) || key in this.#asked) continue;
      this.#asked[key] = true;
      item(m.layer, m.id).then((found) => {
        const at = found.ok ? middle(found.value.geometry) : null;
        const name = found.ok ? found.value.properties.name : null;
        if (at) this.know({ layer: m.layer, id: m.id, at, name: typeof name === 'string' ? name : null });
      });
    }
  }

  /** Which scenarios there are. */
  learn(): void {
    this.scenarios.run((signal) => scenarios(signal));
  }

  start(): () => void {
    this.learn();
    return () => {
      clearTimeout(this.#timer);
      this.coverage.clear();
      this.scenarios.clear();
      this.area.clear();
    };
  }

  /** What the questions about coverage have in common. */
  query(bands?: readonly number[]): Query {
    return common({ ...this.q, scenario: this.tried }, bands);
  }

  /** The question for the figures of all bands, whichever is looked at. */
  figures(): Query {
    return { ...this.query(BANDS_OF[this.q.measure]), by: this.q.level };
  }

  look(): void {
    const query = this.figures();
    this.coverage.run((signal) => coverage(query, signal));
  }

  lookAtArea(): void {
    const area = areaOf(this.q.area);
    if (area) this.area.run((signal) => item(area.layer, area.id, signal));
    else this.area.clear();
  }

  set(change: Partial<Question>): void {
    page.asked = format(changed(this.q, change));
  }

  changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.turn += 1;
    }, CALM_MS);
  }

  label(band: number): string {
    return bandLabel({ measure: this.q.measure, band, lang: page.lang });
  }

  #drawn(q: Question, more: Record<string, string> = {}): Drawn {
    return {
      tiles: coverageTiles({ ...common(q), by: q.level, ...more }),
      bands: bandsTo(q).length,
      colour: this.category?.color ?? '#0f172a',
      turn: this.turn,
    };
  }

  /** Coverage as the question has it. */
  overlay(change: Partial<Question> = {}): Overlay {
    return coverageOverlay(this.#drawn({ ...this.q, scenario: this.tried, ...change }));
  }

  /** What a scenario changes. */
  difference(scenario: string): Overlay {
    return changeOverlay(this.#drawn({ ...this.q, scenario }, { against: 'now' }));
  }

  /** Why does that place have none in reach? Asked of the nearest in a straight line. */
  why(at: LonLat): void {
    const { measure, band, profile, category } = this.q;
    page.measure = measure;
    page.band = band;
    page.profile = profile;
    page.direction = 'from';
    page.origin = at;
    page.circle.clear();
    page.askWhyMissing(category);
    this.fly(at);
  }

  profileName(id: string): string {
    const found = page.profiles.find((p) => p.id === id);
    return found ? title(found.title, page.lang) : id;
  }

  nameOf(category: string): string {
    const found = page.category(category);
    return found ? title(found.title, page.lang) : category;
  }

  fly(at: LonLat, bbox?: Bbox): void {
    if (this.sheet === 'list') this.sheet = 'half';
    page.flight = bbox ? { at, bbox } : { at, zoom: Math.max(page.view?.zoom ?? 0, 16) };
  }

  flyTo(bbox: Bbox): void {
    this.fly([(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2], bbox);
  }
}
