import AxeBuilder from '@axe-core/playwright';
import type { Place } from '../src/api/types';
import { api, expect, open, test } from './map';

for (const tab of ['circle', 'nearest', 'layers'])
  test(`a screen reader finds no fault with the tab "${tab}"`, async ({ page }) => {
    const { centre } = await api<Place>('/place');
    await open(page, `#at=${centre?.join(',')}&tab=${tab}`);
    await page.waitForTimeout(500);
    const { violations } = await new AxeBuilder({ page }).exclude('.maplibregl-control-container').analyze();
    expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual(
      [],
    );
  });

test('the life circle can be asked for with the keyboard alone', async ({ page }) => {
  await open(page);
  await page.locator('canvas').focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(600);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary').locator('.bands button')).toHaveCount(3);
});
