import type { Place } from '../src/api/types';
import { api, clickGround, drawn, expect, open, picture, settled, test } from './map';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test('on a phone a tap draws the circle above the sheet, and the sheet opens and closes', async ({
  page,
}) => {
  const { centre } = await api<Place>('/place');
  if (!centre) throw new Error('the place has no centre');
  await open(page, `#map=15/${centre[1]}/${centre[0]}`);
  await picture(page, 'phone-first-zh');
  await clickGround(page, centre[0], centre[1]);
  const panel = page.getByRole('complementary');
  await expect(panel.locator('.bands button')).toHaveCount(3);
  await settled(page);
  expect((await drawn(page, 'page-circle-fill')).length).toBeGreaterThan(0);
  await picture(page, 'phone-circle-zh');
  const handle = page.getByRole('button', { name: '展开或收起面板' });
  const height = async () => (await panel.boundingBox())?.height ?? 0;
  const half = await height();
  await handle.click();
  await expect.poll(height).toBeGreaterThan(half + 100);
  await picture(page, 'phone-full-zh');
  await handle.click();
  await expect.poll(height).toBeLessThan(half - 100);
  await picture(page, 'phone-peek-zh');
});

test('on a phone nothing is wider than the screen and everything is big enough for a finger', async ({
  page,
}) => {
  const { centre } = await api<Place>('/place');
  await open(page, `#at=${centre?.join(',')}&tab=nearest&lang=en`);
  await expect(page.getByRole('complementary').locator('ol > li').first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('#panel header *, #panel .tabs *')]
      .filter((e) => e.getBoundingClientRect().right > innerWidth)
      .map((e) => e.outerHTML.slice(0, 80)),
  );
  expect(cut).toEqual([]);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('#app button, #app select')]
      .filter((b) => b.offsetParent !== null && !b.closest('.maplibregl-map'))
      .map((b) => ({
        text: b.innerText.slice(0, 20) || b.getAttribute('aria-label'),
        box: b.getBoundingClientRect(),
      }))
      .filter(({ box }) => box.height > 0 && (box.height < 43.5 || box.width < 43.5))
      .map(({ text, box }) => `${text} ${Math.round(box.width)}x${Math.round(box.height)}`),
  );
  expect(small).toEqual([]);
  await picture(page, 'phone-nearest-en');
});
