/** A scenario as it is being drawn. */
import type { Measure, Scenario } from '../../api/planning';
import type { LonLat } from '../../api/types';
import type { Kind, LinkKind, Placed } from './measures';
import { FOOTPATH } from './measures';
import type { newPlace } from './siting';

export type Found = Placed & { layer: string; id: number };

export interface Help {
  /** The place of the category at that spot, if there is one close by. */
  near: (at: LonLat) => Promise<Found | null>;
  /** A new place of the category, the so many-th. */
  place: (n: number) => ReturnType<typeof newPlace>;
  /** What a new link is called. */
  link: (kind: LinkKind) => string;
}

/** What the last click on the map came to. */
export type Step = 'added' | 'nothing' | 'where' | 'point';

export class Sketch {
  name = $state('');
  description = $state('');
  measures = $state.raw<Measure[]>([]);
  tool = $state.raw<Kind | null>(null);
  /** The points of a link so far. */
  points = $state.raw<LonLat[]>([]);
  /** The place that is to move. */
  moving = $state.raw<Found | null>(null);
  readonly of: Scenario | null;

  constructor(of: Scenario | null, name: string) {
    this.of = of;
    this.name = of?.name ?? name;
    this.description = of?.description ?? '';
    this.measures = of?.measures ?? [];
  }

  choose(tool: Kind | null): void {
    this.tool = this.tool === tool ? null : tool;
    this.points = [];
    this.moving = null;
  }

  get drawsLine(): boolean {
    return this.tool === 'path' || this.tool === 'gate' || this.tool === 'bridge';
  }

  #add(measure: Measure): Step {
    this.measures = [...this.measures, measure];
    return 'added';
  }

  /** A spot of the map was chosen. */
  async ground(at: LonLat, help: Help): Promise<Step> {
    const { tool } = this;
    if (tool === 'add') {
      const n = this.measures.filter((m) => m.do === 'add' && m.layer !== FOOTPATH).length + 1;
      return this.#add({ do: 'add', geometry: { type: 'Point', coordinates: [...at] }, ...help.place(n) });
    }
    if (tool === 'close_street') return this.#add({ do: 'close_street', at });
    if (this.drawsLine) {
      this.points = [...this.points, at];
      return 'point';
    }
    if (tool === 'move' && this.moving) {
      const { layer, id } = this.moving;
      this.moving = null;
      return this.#add({ do: 'move', layer, id, to: at });
    }
    if (tool !== 'move' && tool !== 'close') return 'nothing';
    const found = await help.near(at);
    if (!found || this.tool !== tool) return 'nothing';
    if (tool === 'close') return this.#add({ do: 'close', layer: found.layer, id: found.id });
    this.moving = found;
    return 'where';
  }

  /** The line is as long as it should be. */
  finish(help: Help): void {
    if (!this.drawsLine || this.points.length < 2) return;
    const kind = this.tool as LinkKind;
    this.#add({
      do: 'add',
      layer: FOOTPATH,
      geometry: { type: 'LineString', coordinates: this.points.map((p) => [...p]) },
      properties: { name: help.link(kind), kind },
    });
    this.points = [];
  }

  /** Takes back the last point, or the last measure. */
  undo(): void {
    if (this.points.length > 0) this.points = this.points.slice(0, -1);
    else if (this.moving) this.moving = null;
    else this.measures = this.measures.slice(0, -1);
  }

  drop(number: number): void {
    this.measures = this.measures.filter((_, i) => i !== number);
  }
}
