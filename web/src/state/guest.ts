/** What an open room draws on the map in place of the life circle, and what it does with the reader's
 *  choices there. A new value each time something changes. */
import type { LonLat } from '../api/types';
import type { Padding } from '../map/camera';
import type { Overlay } from '../map/overlay';

export interface Guest {
  /** The one place that it is about. */
  pin: Pin | null;
  /** Boundaries, the accuracy of a position: areas, lines and points, each with a `color`. */
  shapes: GeoJSON.Feature[];
  cases: CaseSpot[];
  route: GeoJSON.Feature | null;
  /** Very many cases, summed where they lie close to each other; drawn anew when it is another value. */
  crowd?: Crowd;
  /** The one of them that is looked at. */
  chosen?: CrowdSpot | null;
  /** Sources and layers of its own. */
  overlay?: Overlay | null;
  beside?: Beside | null;
  /** What the room covers of the map. */
  covers?: Padding;
  /** Only streets and areas: the room's own things are what matters. */
  quiet?: boolean;
  /** A place was chosen, or the pin was moved there. */
  ground?(at: LonLat): void;
  /** Something of a layer changed. */
  changed?(layer: string): void;
  /** One of the cases was chosen. */
  opened?(number: string): void;
}

/** The same map once more right of a line, so many pixels from the left, with something else on it. */
export interface Beside {
  overlay: Overlay;
  from: number;
}

export interface Pin {
  at: LonLat;
  label: string;
  /** The reader may move it. */
  free: boolean;
}

export interface Crowd {
  spots: CrowdSpot[];
  /** As heat instead of points. */
  heat: boolean;
}

export interface CrowdSpot {
  at: LonLat;
  count: number;
  overdue: number;
  warned: number;
  /** The case, where it is one. */
  number: string | null;
  kind: 'overdue' | 'warned' | 'open' | 'over';
}

export interface CaseSpot {
  at: LonLat;
  number: string;
  color: string;
  /** What stands in it: a rank or a count. */
  label: string;
  /** It is the one that is looked at. */
  chosen: boolean;
}
