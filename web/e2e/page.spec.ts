import type { LifeCircle, Location, Nearest, Place, SearchHit } from '../src/api/types';
import {
  api,
  base,
  clickAt,
  clickGround,
  colours,
  drawn,
  expect,
  open,
  type Page,
  picture,
  settled,
  test,
} from './map';
import { start } from './server';

/** The middle of the town. */
async function middle(): Promise<[number, number]> {
  const place = await api<Place>('/place');
  if (!place.centre) throw new Error('the place has no centre');
  return place.centre;
}

/** The first spot west of the middle that is too far from any street. */
async function offTheStreets(): Promise<[number, number]> {
  const [lon, lat] = await middle();
  for (let step = 1; step < 200; step++) {
    const west = Number((lon - step * 0.001).toFixed(6));
    const answer = await fetch(`${base()}/api/life-circle?lon=${west}&lat=${lat}&minutes=5`);
    if (answer.status === 422) return [west, lat];
  }
  throw new Error('streets everywhere');
}

const circleAt = ([lon, lat]: [number, number]) =>
  api<LifeCircle>(`/life-circle?lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}&minutes=5,10,15`);

const hash = (page: Page) => new URLSearchParams(new URL(page.url()).hash.slice(1));
const panel = (page: Page) => page.getByRole('complementary');

test.beforeEach(({ page }) => {
  page.on('pageerror', (e) => {
    throw e;
  });
});

test('the first view is a town map, says that it is synthetic and asks nothing of other servers', async ({
  page,
}) => {
  const foreign: string[] = [];
  page.on('request', (r) => {
    if (!r.url().startsWith(base()) && !r.url().startsWith('data:') && !r.url().startsWith('blob:'))
      foreign.push(r.url());
  });
  await open(page);
  const place = await api<Place>('/place');
  await expect(page).toHaveTitle(new RegExp(place.name?.zh ?? ''));
  await expect(page.getByText('合成演示数据').first()).toBeVisible();
  expect((await drawn(page, 'road')).length).toBeGreaterThan(20);
  expect((await drawn(page, 'building')).length).toBeGreaterThan(50);
  expect((await drawn(page, 'grid')).length).toBeGreaterThan(2);
  expect(await colours(page)).toBeGreaterThan(20);
  expect(foreign).toEqual([]);
  await picture(page, 'first-zh');
});

test('a click on the map draws three bands and lists what is inside and what is missing', async ({
  page,
}) => {
  const at = await middle();
  const truth = await circleAt(at);
  await open(page, `#map=15.5/${at[1]}/${at[0]}`);
  await clickGround(page, at[0], at[1]);
  await expect(panel(page).getByText('圈内有什么')).toBeVisible();
  const origin = (hash(page).get('at') ?? '').split(',').map(Number) as [number, number];
  const answer = await circleAt(origin);
  const bands = await drawn(page, 'page-circle-fill');
  expect(new Set(bands.map((b) => b.properties.band))).toEqual(new Set([5, 10, 15]));
  expect((await drawn(page, 'page-circle-edge')).length).toBeGreaterThan(0);
  const households = answer.features[0]?.properties.households ?? -1;
  await expect(panel(page)).toContainText(households.toLocaleString('zh-CN'));
  const spots = await drawn(page, 'page-spots-dot');
  const ids = new Set(answer.facilities.map((f) => `${f.layer}/${f.id}`));
  expect(spots.length).toBeGreaterThan(0);
  for (const s of spots) expect(ids).toContain(`${s.properties.layer}/${s.properties.id}`);
  const lacking = panel(page).locator('.lacking li');
  await expect(lacking).toHaveCount(answer.missing.length);
  expect(truth.facilities.length).toBeGreaterThan(0);
  const here = await api<Location>(`/locate?lon=${origin[0]}&lat=${origin[1]}`);
  for (const area of here.areas.slice(-3)) {
    await expect(
      panel(page).getByRole('button', { name: area.name ?? area.code ?? '', exact: true }),
    ).toBeVisible();
  }
  for (const worker of here.workers.slice(0, 1)) await expect(panel(page)).toContainText(worker.name);
  await picture(page, 'circle-zh');
  if (process.env.WANGGE_SCREENSHOT) await page.screenshot({ path: process.env.WANGGE_SCREENSHOT });
});

test('a facility of the list is walked to: the route is drawn and told', async ({ page }) => {
  const at = await middle();
  await open(page, `#at=${at.join(',')}`);
  const group = panel(page).locator('.group .row').first();
  await group.click();
  await panel(page).locator('.spots button').first().click();
  const card = page.getByRole('region', { name: '步行路线' });
  await expect(card.locator('header b')).toHaveText(/\d+ 分钟/);
  expect((await drawn(page, 'page-route-line')).length).toBeGreaterThan(0);
  await card.getByRole('button', { name: /路线步骤/ }).click();
  expect(await card.getByRole('listitem').count()).toBeGreaterThan(1);
  await picture(page, 'route-zh');
  await card.getByRole('button', { name: '关闭路线' }).click();
  expect(await drawn(page, 'page-route-line')).toEqual([]);
});

test('who walks and which way changes the answer', async ({ page }) => {
  const at = await middle();
  await open(page, `#at=${at.join(',')}`);
  const big = panel(page).locator('.bands button').last();
  await expect(big).toBeVisible();
  const before = await big.innerText();
  await page.getByRole('button', { name: '老人' }).click();
  await expect(big).not.toHaveText(before);
  await page.getByRole('button', { name: '走到这里' }).click();
  await expect.poll(() => hash(page).get('dir')).toBe('to');
  expect(hash(page).get('profile')).toBe('senior');
});

test('the origin can be dragged', async ({ page }) => {
  const at = await middle();
  await open(page, `#at=${at.join(',')}`);
  const marker = page.locator('.origin-marker');
  const box = await marker.boundingBox();
  if (!box) throw new Error('no marker');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 60, { steps: 8 });
  await page.mouse.up();
  await expect.poll(() => hash(page).get('at')).not.toBe(at.map((v) => v.toFixed(6)).join(','));
});

test('search finds by name, by pinyin initials and by code, with the keyboard alone', async ({ page }) => {
  await open(page);
  const hits = (await api<{ results: SearchHit[] }>('/search?q=360483100&limit=10')).results;
  const hit = hits.find((h) => h.layer === 'community') ?? hits[0];
  if (!hit?.name || !hit.code) throw new Error('the town has no community with a code');
  const box = page.getByRole('combobox');
  for (const text of [hit.name, hit.code]) {
    await box.fill(text);
    await expect(page.getByRole('option').first()).toContainText(hit.name);
  }
  await box.fill('nkz');
  await expect(page.getByRole('option').filter({ hasText: '南康镇' }).first()).toBeVisible();
  await box.fill(hit.name);
  await expect(page.getByRole('option').first()).toContainText(hit.name);
  const before = await page.evaluate(() => window.__wangge?.map.getCenter().toArray());
  await box.press('ArrowDown');
  await expect(page.getByRole('option').first()).toHaveAttribute('aria-selected', 'true');
  await picture(page, 'search-zh');
  await box.press('Enter');
  await expect(page.getByRole('option')).toHaveCount(0);
  await expect
    .poll(() => page.evaluate(() => window.__wangge?.map.getCenter().toArray()))
    .not.toEqual(before);
  await expect(page.getByRole('region', { name: hit.name })).toBeVisible();
  await box.fill('qqqqqqq');
  await expect(panel(page).getByText('没有找到').first()).toBeVisible();
});

test('the nearest stations that are open now come by walking time', async ({ page }) => {
  const at = await middle();
  await open(page, `#at=${at.join(',')}`);
  await page.getByRole('tab', { name: '找最近' }).click();
  const rows = panel(page).locator('ol > li');
  await expect(rows.first()).toBeVisible();
  const answer = await api<Nearest>(
    `/nearest?lon=${at[0]}&lat=${at[1]}&category=station&limit=10&max_minutes=45`,
  );
  await expect(rows).toHaveCount(answer.results.length);
  const times = (await panel(page).locator('ol .time b').allInnerTexts()).map(Number);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  await picture(page, 'nearest-zh');
  await page.getByRole('switch', { name: '现在开放' }).click();
  const open_ = await api<Nearest>(
    `/nearest?lon=${at[0]}&lat=${at[1]}&category=station&limit=10&max_minutes=45&open_at=now`,
  );
  await expect(rows).toHaveCount(open_.results.length);
  await expect(panel(page).locator('ol .closed')).toHaveCount(0);
  await page.getByRole('button', { name: '医疗' }).click();
  await expect.poll(() => hash(page).get('find')).toBe('medical');
});

test('layers go on and off, and the link remembers', async ({ page }) => {
  const at = await middle();
  await open(page, `#map=15/${at[1]}/${at[0]}&tab=layers`);
  expect((await drawn(page, 'grid')).length).toBeGreaterThan(0);
  await page.getByRole('checkbox', { name: /^网格/ }).click();
  expect(await drawn(page, 'grid')).toEqual([]);
  await page.getByRole('checkbox', { name: /停车场/ }).click();
  await expect.poll(async () => (await drawn(page, 'parking_lot')).length).toBeGreaterThan(0);
  expect(hash(page).get('layers')).toBe('-grid.parking_lot');
  await picture(page, 'layers-zh');
  await page.reload();
  await settled(page);
  expect(await drawn(page, 'grid')).toEqual([]);
  expect((await drawn(page, 'parking_lot')).length).toBeGreaterThan(0);
});

test('the page speaks English when asked, and the link carries it', async ({ page }) => {
  const at = await middle();
  await open(page, `#at=${at.join(',')}`);
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('tab', { name: 'Life circle' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByText('Synthetic demo data').first()).toBeVisible();
  expect(hash(page).get('lang')).toBe('en');
  await settled(page);
  expect(new Set((await drawn(page, 'page-circle-fill')).map((f) => f.properties.band)).size).toBe(3);
  await picture(page, 'circle-en');
});

test('a shared link shows the same circle to somebody else', async ({ page, browser }) => {
  const at = await middle();
  await open(page, `#map=15/${at[1]}/${at[0]}`);
  await clickGround(page, at[0], at[1]);
  await expect(panel(page).locator('.bands button')).toHaveCount(3);
  await settled(page);
  const text = await panel(page).locator('.bands').innerText();
  const other = await browser.newPage();
  await other.goto(page.url());
  await expect(other.getByRole('complementary').locator('.bands')).toHaveText(text, { useInnerText: true });
  await other.close();
});

test('a point far from any street says how far it is and what to do', async ({ page }) => {
  const at = await offTheStreets();
  await open(page, `#at=${at.join(',')}`);
  const alert = panel(page).getByRole('alert');
  await expect(alert).toContainText('请点靠近道路的位置');
  await expect(alert).toContainText(/\d+(\.\d)? (米|公里)/);
});

test('a feature that is clicked shows its card', async ({ page }) => {
  const [station] = (
    await api<{
      features: { id: number; geometry: { coordinates: [number, number] }; properties: { name: string } }[];
    }>('/collections/station/items?limit=1')
  ).features;
  if (!station) throw new Error('the town has no station');
  const [lon, lat] = station.geometry.coordinates;
  await open(page, `#map=17.5/${lat}/${lon}`);
  await clickAt(page, lon, lat);
  const card = page.getByRole('region', { name: station.properties.name });
  await expect(card).toBeVisible();
  await expect(card.locator('dt').first()).toBeVisible();
  await picture(page, 'card-zh');
  await card.getByRole('button', { name: '看生活圈' }).click();
  await expect(panel(page).locator('.bands button')).toHaveCount(3);
});

test('an empty database says how to load data', async ({ page }, info) => {
  const server = await start(['serve', '--database', info.outputPath('empty.gpkg')]);
  try {
    await page.goto(`${server.url}/?test`);
    await expect(page.getByRole('heading', { name: '还没有数据' })).toBeVisible();
    await expect(page.getByText('wangge import osm')).toBeVisible();
    await page.waitForTimeout(500);
    await page.screenshot({ path: 'e2e/shots/empty-zh.png' });
  } finally {
    await server.stop();
  }
});
