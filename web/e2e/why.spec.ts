import type { Explanation, LonLat, Place, Streets } from '../src/api/types';
import { api, clickGround, drawn, expect, open, type Page, picture, pixel, settled, test } from './map';

async function middle(): Promise<[number, number]> {
  const place = await api<Place>('/place');
  if (!place.centre) throw new Error('the place has no centre');
  return place.centre;
}

const explained = (at: LonLat, to: LonLat, more = 'minutes=15') =>
  api<Explanation>(`/life-circle/explain?lon=${at[0]}&lat=${at[1]}&to=${to.join(',')}&${more}`);

/** A place that can be walked to, but not in time, and that a new path would bring in. */
async function outside(at: LonLat): Promise<{ to: [number, number]; answer: Explanation }> {
  for (let turn = 0; turn < 400; turn++) {
    const far = 0.004 + 0.00003 * turn;
    const to: [number, number] = [
      Number((at[0] + far * 1.15 * Math.cos(turn * 0.7)).toFixed(6)),
      Number((at[1] + far * Math.sin(turn * 0.7)).toFixed(6)),
    ];
    const answer = await explained(at, to);
    const kinds = answer.remedies.map((r) => r.kind);
    if (!answer.inside && answer.walk_s !== null && kinds.includes('link')) return { to, answer };
  }
  throw new Error('every place is inside');
}

const hash = (page: Page) => new URLSearchParams(new URL(page.url()).hash.slice(1));
const panel = (page: Page) => page.getByRole('complementary');
const card = (page: Page, name = '为什么到不了') => page.getByRole('region', { name });

test('a right click outside the circle says why, draws the way and the path that would help', async ({
  page,
}) => {
  const at = await middle();
  const { to, answer } = await outside(at);
  await open(page, `#at=${at.join(',')}&map=14.5/${at[1]}/${at[0]}`);
  const { x, y } = await pixel(page, to[0], to[1]);
  await page.mouse.click(x, y, { button: 'right' });
  await expect(card(page)).toContainText('不在 15 分钟圈内');
  await expect(card(page).locator('.reasons li')).not.toHaveCount(0);
  await expect(card(page).locator('.remedies li').first()).toBeVisible();
  await settled(page);
  expect((await drawn(page, 'page-route-line')).length).toBeGreaterThan(0);
  const why = (hash(page).get('why') ?? '').split(',').map(Number) as [number, number];
  expect(Math.abs(why[0] - to[0])).toBeLessThan(1e-4);
  // The same place by its link, and in English.
  await open(page, `#at=${at.join(',')}&why=${to.join(',')}&lang=en`);
  await expect(card(page, 'Why not reached')).toContainText('Outside the 15 min circle');
  await expect(card(page, 'Why not reached').locator('.reasons li')).toHaveCount(answer.reasons.length);
  await expect(card(page, 'Why not reached').locator('.remedies li')).toHaveCount(answer.remedies.length);
  await settled(page);
  expect((await drawn(page, 'page-link-line')).length).toBeGreaterThan(0);
  await picture(page, 'why-en');
  await page.getByRole('button', { name: '中文' }).click();
  await expect(card(page)).toBeVisible();
  await picture(page, 'why-zh');
  await card(page).getByRole('button', { name: '关闭说明' }).click();
  await expect(card(page)).toHaveCount(0);
  expect(await drawn(page, 'page-link-line')).toEqual([]);
  expect(hash(page).get('why')).toBeNull();
});

test('the button makes the next click a question; Escape takes it back', async ({ page }) => {
  const at = await middle();
  const { to } = await outside(at);
  await open(page, `#at=${at.join(',')}&map=14.5/${at[1]}/${at[0]}`);
  const button = panel(page).getByRole('button', { name: '为什么到不了某处？' });
  await button.click();
  await expect(page.getByText('请在地图上点要去的地方')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('请在地图上点要去的地方')).toHaveCount(0);
  await button.click();
  await clickGround(page, to[0], to[1]);
  await expect(card(page)).toBeVisible();
  expect(hash(page).get('at')).toBe(at.map((v) => v.toFixed(6)).join(','));
});

test('with the keyboard alone a place in the middle of the map is asked about', async ({ page }) => {
  const at = await middle();
  const { to } = await outside(at);
  await open(page, `#at=${at.join(',')}&map=15/${to[1]}/${to[0]}`);
  await panel(page).getByRole('button', { name: '为什么到不了某处？' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('canvas').focus();
  await page.keyboard.press('Enter');
  await expect(card(page)).toContainText(/圈内/);
});

test('what is missing can be asked about', async ({ page }) => {
  const at = await middle();
  await open(page, `#at=${at.join(',')}`);
  // In five minutes something is always missing.
  await panel(page).locator('.bands button').first().click();
  const chip = panel(page).locator('.lacking button').first();
  await chip.click();
  await expect(card(page).or(page.getByText('本地数据中没有')).first()).toBeVisible();
});

test('by metres the bands are those of the standard, and the link remembers', async ({ page }) => {
  const at = await middle();
  await open(page, `#at=${at.join(',')}`);
  await panel(page).getByRole('button', { name: '距离', exact: true }).click();
  await expect(panel(page).locator('.bands .minutes').first()).toHaveText('300 米');
  expect(hash(page).get('by')).toBe('metres');
  await expect
    .poll(async () => new Set((await drawn(page, 'page-circle-fill')).map((f) => f.properties.band)))
    .toEqual(new Set([300, 500, 1000]));
  await page.reload();
  await settled(page);
  await expect(panel(page).locator('.bands .minutes').last()).toHaveText('1000 米');
  await picture(page, 'metres-zh');
});

test('the streets themselves can be shown instead of the area', async ({ page }) => {
  const at = await middle();
  const streets = await api<Streets>(`/life-circle?lon=${at[0]}&lat=${at[1]}&minutes=5,10,15&format=edges`);
  await open(page, `#at=${at.join(',')}`);
  await panel(page).getByRole('button', { name: '街道', exact: true }).click();
  await expect.poll(async () => (await drawn(page, 'page-streets-line')).length).toBeGreaterThan(50);
  expect(await drawn(page, 'page-circle-fill')).toEqual([]);
  const shown = await drawn(page, 'page-streets-line');
  expect(shown.every((f) => Number(f.properties.to_s) <= 900 && Number(f.properties.share) <= 1)).toBe(true);
  expect(streets.features.length).toBeGreaterThan(50);
  expect(hash(page).get('show')).toBe('streets');
  await picture(page, 'streets-zh');
  await panel(page).getByRole('button', { name: '范围', exact: true }).click();
  await expect.poll(async () => (await drawn(page, 'page-circle-fill')).length).toBeGreaterThan(0);
  expect(await drawn(page, 'page-streets-line')).toEqual([]);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  for (const lang of ['zh', 'en'])
    test(`the explanation fits the sheet (${lang})`, async ({ page }) => {
      const at = await middle();
      const { to } = await outside(at);
      await open(page, `#at=${at.join(',')}&why=${to.join(',')}&lang=${lang}`);
      const name = lang === 'zh' ? '为什么到不了' : 'Why not reached';
      await expect(card(page, name).locator('.remedies li').first()).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('#app button')]
          .filter((b) => b.offsetParent !== null && !b.closest('.maplibregl-map'))
          .map((b) => ({ text: b.innerText.slice(0, 20), box: b.getBoundingClientRect() }))
          .filter(({ box }) => box.height > 0 && (box.height < 43.5 || box.width < 43.5))
          .map(({ text, box }) => `${text} ${Math.round(box.width)}x${Math.round(box.height)}`),
      );
      expect(small).toEqual([]);
      await picture(page, `phone-why-${lang}`);
    });

  test('a long press asks why', async ({ page }) => {
    const at = await middle();
    const { to } = await outside(at);
    await open(page, `#at=${at.join(',')}&map=13.5/${at[1]}/${at[0]}`);
    const { x, y } = await pixel(page, to[0], to[1]);
    const touch = await page.context().newCDPSession(page);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
    await page.waitForTimeout(900);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect(card(page)).toBeVisible();
    expect(hash(page).get('at')).toBe(at.map((v) => v.toFixed(6)).join(','));
  });
});
