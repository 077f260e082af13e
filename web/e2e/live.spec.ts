import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../src/api/types';
import { api, base, drawn, expect, open, settled, test } from './map';
import { binary } from './server';

test('a station that another program adds appears on the open map by itself', async ({ page }, info) => {
  const { centre } = await api<Place>('/place');
  if (!centre) throw new Error('the place has no centre');
  await open(page, `#map=17/${centre[1]}/${centre[0]}`);
  const name = '测试新驿站';
  const names = async () => (await drawn(page, 'station')).map((f) => f.properties.name);
  expect(await names()).not.toContain(name);
  const folder = process.env.WANGGE_E2E_DATA ?? '';
  const database = readdirSync(folder).find((f) => f.endsWith('.gpkg'));
  const file = info.outputPath('station.geojson');
  const feature = {
    type: 'Feature',
    properties: { code: 'E2E-1', name },
    geometry: { type: 'Point', coordinates: [centre[0] + 0.0005, centre[1] + 0.0005] },
  };
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
  const args = [
    'import',
    'layer',
    'station',
    file,
    '--mode',
    'append',
    '--database',
    join(folder, database ?? ''),
  ];
  execFileSync(binary(), args, { stdio: 'pipe' });
  await expect.poll(names, { timeout: 15_000 }).toContain(name);
});

test('when changes were missed the map is read anew without losing the page', async ({ page }) => {
  let told = false;
  await page.route('**/api/changes', async (route) => {
    if (told) return route.continue();
    told = true;
    await new Promise((done) => setTimeout(done, 1500));
    return route.fulfill({
      contentType: 'text/event-stream',
      body: 'id: 1\nevent: reset\ndata: {"seq":1}\n\n',
    });
  });
  const { centre } = await api<Place>('/place');
  const asked: string[] = [];
  page.on('request', (r) => asked.push(new URL(r.url()).pathname));
  await page.goto(`${base()}/?test#at=${centre?.join(',')}`);
  await page.evaluate(() => {
    (window as unknown as Record<string, unknown>).kept = true;
  });
  const count = (path: string) => asked.filter((p) => p === path).length;
  await expect.poll(() => count('/api/style')).toBeGreaterThan(1);
  await expect.poll(() => count('/api/life-circle')).toBeGreaterThan(1);
  expect(await page.evaluate(() => (window as unknown as Record<string, unknown>).kept)).toBe(true);
  await settled(page);
  expect((await drawn(page, 'road')).length).toBeGreaterThan(20);
});
