import type { Map as MapLibre } from 'maplibre-gl';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gestures, type Meant } from './gestures';
import { OWN } from './style';

type Found = Record<string, unknown>;

/** A map that has these features wherever it is asked, and what the reader meant on it. */
function map(...features: Found[]) {
  const heard: string[] = [];
  const say =
    (what: string) =>
    (told?: unknown): unknown =>
      heard.push(told === undefined ? what : `${what} ${JSON.stringify(told)}`);
  const meant = Object.fromEntries(
    ['ground', 'held', 'escaped', 'feature', 'opened', 'crowded'].map((what) => [what, say(what)]),
  );
  const listeners: Record<string, (e: unknown) => void> = {};
  const canvas = document.createElement('canvas');
  const drawn = {
    on: (event: string, listener: (e: unknown) => void) => (listeners[event] = listener),
    getCanvas: () => canvas,
    getCenter: () => ({ lng: 7, lat: 8 }),
    getLayer: (id: string) => id === 'there',
    queryRenderedFeatures: () => features,
  };
  const gestures = new Gestures(drawn as unknown as MapLibre, meant as unknown as Meant);
  gestures.pickable = ['there', 'gone'];
  const touches = (fingers: number) => ({ originalEvent: { touches: { length: fingers } } });
  const does = (event: string, more: object = {}) =>
    listeners[event]?.({ lngLat: { lng: 1, lat: 2 }, point: { x: 0, y: 0 }, ...more });
  const press = (key: string) => canvas.dispatchEvent(new KeyboardEvent('keydown', { key }));
  return {
    heard,
    gestures,
    canvas,
    does,
    press,
    touch: (fingers = 1) => does('touchstart', touches(fingers)),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a finger on the map', () => {
  it('that is held asks once, and lifting it is no click', () => {
    const { heard, does, touch } = map();
    touch();
    vi.advanceTimersByTime(700);
    does('contextmenu');
    does('click');
    expect(heard).toEqual(['held [1,2]']);
    vi.advanceTimersByTime(700);
    does('click');
    expect(heard).toEqual(['held [1,2]', 'ground [1,2]']);
  });

  it('that moves, or is not alone, or is waited for no longer, is not held', () => {
    const { heard, does, touch, gestures } = map();
    touch();
    does('touchmove');
    vi.advanceTimersByTime(700);
    touch();
    touch(2);
    vi.advanceTimersByTime(700);
    touch();
    gestures.stop();
    vi.advanceTimersByTime(700);
    expect(heard).toEqual([]);
  });
});

describe('a click', () => {
  const clicked = (...features: Found[]): string[] => {
    const { heard, does } = map(...features);
    does('click');
    return heard;
  };

  it('opens a case, and takes a crowd apart', () => {
    expect(clicked({ source: OWN.cases, properties: { number: 4 } })).toEqual(['opened "4"']);
    expect(clicked({ source: OWN.crowd, properties: { number: 'A' } })).toEqual(['opened "A"']);
    expect(clicked({ source: OWN.crowd, properties: {} })).toEqual(['crowded [1,2]']);
  });

  it('finds a feature, a point where it lies', () => {
    const point = {
      sourceLayer: 'venue',
      id: 3,
      properties: { name: 'x' },
      geometry: { type: 'Point', coordinates: [5, 6] },
    };
    expect(clicked(point)).toEqual(['feature {"layer":"venue","id":3,"name":"x","at":[5,6]}']);
    expect(clicked({ ...point, properties: {}, geometry: { type: 'Polygon' } })).toEqual([
      'feature {"layer":"venue","id":3,"name":null,"at":[1,2]}',
    ]);
    expect(clicked({ ...point, id: undefined })).toEqual(['ground [1,2]']);
  });

  it('passes through what is not there, and the pointer shows it', () => {
    const { heard, gestures, canvas, does } = map({ properties: {}, geometry: { type: 'Point' } });
    does('mousemove');
    expect(canvas.style.cursor).toBe('pointer');
    gestures.pickable = ['gone'];
    does('mousemove');
    expect(canvas.style.cursor).toBe('');
    does('click');
    expect(heard).toEqual(['ground [1,2]']);
  });
});

describe('the keyboard', () => {
  it('chooses the middle of the map, and takes a wish back', () => {
    const { heard, press } = map();
    press('Enter');
    press('x');
    expect(heard).toEqual(['ground [7,8]']);
    press('Escape');
    expect(heard).toEqual(['ground [7,8]', 'escaped']);
  });
});
