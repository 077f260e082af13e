/** The same map once more: over the first, cut off at a line, to compare; or aside, for a picture. */
import { type GeoJSONSource, type LngLatBoundsLike, Map as MapLibre } from 'maplibre-gl';
import type { Bbox } from '../api/types';
import { type Overlay, Overlays, withoutOverlay } from './overlay';

interface Made {
  map: MapLibre;
  overlays: Overlays;
}

function copy(main: MapLibre, container: HTMLElement, bounds?: LngLatBoundsLike): Made {
  const { lng, lat } = main.getCenter();
  const map = new MapLibre({
    container,
    style: withoutOverlay(main.getStyle()),
    interactive: false,
    attributionControl: false,
    fadeDuration: 0,
    ...(bounds
      ? {
          bounds,
          fitBoundsOptions: { padding: 16 },
          pixelRatio: 2,
          canvasContextAttributes: { preserveDrawingBuffer: true },
        }
      : { center: [lng, lat], zoom: main.getZoom() }),
  });
  return { map, overlays: new Overlays(map) };
}

/** The other side of a comparison; it follows the map below it. */
export class Twin {
  readonly #box = document.createElement('div');
  readonly #made: Made;
  readonly #follow = () => {
    const { lng, lat } = this.main.getCenter();
    this.#made.map.jumpTo({ center: [lng, lat], zoom: this.main.getZoom(), padding: this.main.getPadding() });
  };
  readonly #restyle = () => {
    this.#made.map.setStyle(withoutOverlay(this.main.getStyle()));
    this.#made.overlays.again();
  };

  constructor(private readonly main: MapLibre) {
    const { style } = this.#box;
    Object.assign(style, { position: 'absolute', inset: '0', pointerEvents: 'none' });
    this.#box.setAttribute('aria-hidden', 'true');
    main.getCanvasContainer().append(this.#box);
    this.#made = copy(main, this.#box);
    // The stylesheet of the library says `relative`.
    style.position = 'absolute';
    main.on('move', this.#follow);
    main.on('style.load', this.#restyle);
    this.#follow();
  }

  /** Right of a line, so many pixels from the left. */
  show(overlay: Overlay, from: number): void {
    this.#box.style.clipPath = `inset(0 0 0 ${from}px)`;
    this.#made.overlays.show(overlay);
  }

  /** What the map below it shows of the page's own. */
  put(id: string, data: GeoJSON.FeatureCollection): void {
    (this.#made.map.getSource(id) as GeoJSONSource | undefined)?.setData(data);
  }

  remove(): void {
    this.main.off('move', this.#follow);
    this.main.off('style.load', this.#restyle);
    this.#made.map.remove();
    this.#box.remove();
  }
}

/** A picture of a part of the world, as PNG in a data URL. */
export async function picture(
  main: MapLibre,
  bbox: Bbox,
  overlay: Overlay,
  size: { width: number; height: number },
): Promise<string> {
  const box = document.createElement('div');
  Object.assign(box.style, {
    position: 'fixed',
    left: '-10000px',
    width: `${size.width}px`,
    height: `${size.height}px`,
  });
  document.body.append(box);
  const { map, overlays } = copy(main, box, bbox);
  overlays.show(overlay);
  try {
    await map.once('idle');
    return map.getCanvas().toDataURL('image/png');
  } finally {
    map.remove();
    box.remove();
  }
}
