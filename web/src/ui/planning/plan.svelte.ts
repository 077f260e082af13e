/** The state of the planner's workspace: what is looked at, and what its open part draws. */
import { type Coverage, coverage, coverageTiles, type ScenarioRow, scenarios } from '../../api/planning';
import type { Bbox, LonLat } from '../../api/types';
import { title } from '../../i18n/format';
import { planningWords } from '../../i18n/planning';
import type { Overlay } from '../../map/overlay';
import { changeOverlay, coverageOverlay, type Drawn } from '../../map/planning';
import { Ask } from '../../state/ask.svelte';
import type { Guest } from '../../state/guest';
import { page } from '../../state/page.svelte';
import { bandLabel } from '../../state/why';
import { BANDS, bandsTo, common, format, parse, type Question } from './question';

/** Changes of the map come in swarms. */
const CALM_MS = 250;

/** What a part of the room adds to the map. */
export type Drawing = Pick<Guest, 'ground' | 'opened' | 'beside'> & Partial<Guest>;

export class Plan {
  q = $derived(parse(page.asked));
  w = $derived(planningWords(page.lang));
  lang = $derived(page.lang);
  coverage = new Ask<Coverage>();
  scenarios = new Ask<{ scenarios: ScenarioRow[] }>();
  /** Counts changes of the map. */
  turn = $state(0);
  drawing = $state.raw<Drawing>({});
  /** On a small screen: how much of it is the list's. */
  sheet = $state<'map' | 'half' | 'list'>('half');
  category = $derived(page.category(this.q.category));
  categoryName = $derived(this.category ? title(this.category.title, page.lang) : this.q.category);
  scenario = $derived(this.scenarios.value?.scenarios.find((s) => s.id === this.q.scenario) ?? null);
  band = $derived(this.label(this.q.band));
  #timer: ReturnType<typeof setTimeout> | undefined;

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
    };
  }

  /** The figures of all bands, whichever is looked at. */
  look(): void {
    const query = { ...common(this.q, BANDS[this.q.measure]), by: this.q.level };
    this.coverage.run((signal) => coverage(query, signal));
  }

  set(change: Partial<Question>): void {
    page.asked = format({ ...this.q, ...change });
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
    return coverageOverlay(this.#drawn({ ...this.q, ...change }));
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

  fly(at: LonLat, bbox?: Bbox): void {
    if (this.sheet === 'list') this.sheet = 'half';
    page.flight = bbox ? { at, bbox } : { at, zoom: Math.max(page.view?.zoom ?? 0, 16) };
  }

  flyTo(bbox: Bbox): void {
    this.fly([(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2], bbox);
  }
}
