/** What the tests do with the page: open it, wait for the map, ask what is drawn. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type { Map as MapLibre } from 'maplibre-gl';

export { expect, type Page, test };

declare global {
  interface Window {
    __wangge?: { map: MapLibre };
  }
}

export const base = (): string => process.env.WANGGE_E2E_URL ?? '';

export async function api<T>(path: string): Promise<T> {
  const answer = await fetch(`${base()}/api${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

export async function open(page: Page, fragment = '', at = base()): Promise<void> {
  await page.goto(`${at}/?test${fragment}`);
  await settled(page);
}

/** Waits until the map stands still and has drawn all its tiles. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const map = window.__wangge?.map;
    return map?.loaded() && !map.isMoving();
  });
}

export interface Drawn {
  layer: string;
  source: string;
  id: number | string | undefined;
  properties: Record<string, unknown>;
}

/** Everything the map shows now of these layers: a layer id of the page, or a layer of the data. */
export async function drawn(page: Page, name: string): Promise<Drawn[]> {
  await settled(page);
  return page.evaluate((wanted) => {
    const all = window.__wangge?.map.queryRenderedFeatures() ?? [];
    return all
      .filter((f) => f.layer.id === wanted || f.sourceLayer === wanted)
      .map((f) => ({ layer: f.layer.id, source: f.source, id: f.id, properties: f.properties }));
  }, name);
}

/** Where a place is on the screen. */
export async function pixel(page: Page, lon: number, lat: number): Promise<{ x: number; y: number }> {
  return page.evaluate(
    ([x, y]) => {
      const p = window.__wangge?.map.project([x as number, y as number]);
      return { x: p?.x ?? 0, y: p?.y ?? 0 };
    },
    [lon, lat],
  );
}

export async function clickAt(page: Page, lon: number, lat: number): Promise<void> {
  const { x, y } = await pixel(page, lon, lat);
  await page.mouse.click(x, y);
}

/** Clicks the bare ground nearest to a place: where no badge or label would take the click. */
export async function clickGround(page: Page, lon: number, lat: number): Promise<void> {
  const start = await pixel(page, lon, lat);
  const free = await page.evaluate(({ x, y }) => {
    const map = window.__wangge?.map;
    for (let turn = 0; turn < 400; turn++) {
      const [px, py] = [x + turn * 0.4 * Math.cos(turn), y + turn * 0.4 * Math.sin(turn)];
      const box: [[number, number], [number, number]] = [
        [px - 8, py - 8],
        [px + 8, py + 8],
      ];
      const near = map?.queryRenderedFeatures(box) ?? [];
      if (!near.some((f) => f.layer.type === 'symbol' || f.layer.type === 'circle')) return { x: px, y: py };
    }
    return { x, y };
  }, start);
  await page.mouse.click(free.x, free.y);
}

/** The number of clearly different colours on the screen right of the panel: a blank map has one. */
export async function colours(page: Page): Promise<number> {
  const shot = await page.screenshot();
  return page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    if (!context) return 0;
    context.drawImage(bitmap, 0, 0);
    const left = Math.round(bitmap.width * 0.35);
    const { data: px } = context.getImageData(left, 0, bitmap.width - left, Math.round(bitmap.height * 0.45));
    const seen = new Set<number>();
    for (let i = 0; i < px.length; i += 4)
      seen.add((((px[i] ?? 0) >> 4) << 8) | (((px[i + 1] ?? 0) >> 4) << 4) | ((px[i + 2] ?? 0) >> 4));
    return seen.size;
  }, shot.toString('base64'));
}

/** Keeps a picture to be looked at, in `e2e/shots`. */
export async function picture(page: Page, name: string): Promise<void> {
  await settled(page);
  const folder = join(import.meta.dirname, 'shots');
  mkdirSync(folder, { recursive: true });
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
