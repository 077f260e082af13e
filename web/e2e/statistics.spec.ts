import { readFileSync } from 'node:fs';
import type { Statistics } from '../src/api/board';
import { asRole, fitsFingers } from './board';
import { base, expect, type Page, picture, test } from './map';
import { enter, faultless, password, watch } from './people';

let faults: string[] = [];
test.beforeEach(({ page }) => {
  faults = watch(page);
});
test.afterEach(() => {
  expect(faults).toEqual([]);
});

/** The last month that is over, of which the demo has cases. */
function lastMonth(): string {
  const at = new Date();
  at.setUTCDate(0);
  return at.toISOString().slice(0, 10);
}

async function openReport(page: Page, fragment = ''): Promise<void> {
  await enter(page, 'dispatcher', password('dispatcher'));
  await page.goto(`${base()}/?test#room=statistics${fragment}`);
  await expect(page.locator('article')).toBeVisible();
}

const table = (page: Page) => page.locator('article table');

test('the monthly report says what the server counted, every rate with both its parts', async ({ page }) => {
  const date = lastMonth();
  const desk = await asRole('dispatcher');
  const told = (await (
    await desk.get(`/api/statistics?period=month&date=${date}&by=grid`)
  ).json()) as Statistics;
  await desk.dispose();
  await openReport(page, `&f.date=${date}`);
  await expect(page.locator('article h2')).toContainText('网格事件月报');
  await expect(page.locator('article header')).toContainText(told.period.first);
  await expect(table(page).locator('tbody').first().locator('tr')).toHaveCount(told.rows.length);
  const total = table(page).locator('.total');
  const closed = told.total.rates.find((rate) => rate.kind === 'closed');
  expect(closed?.denominator).toBeGreaterThan(0);
  await expect(total).toContainText(`${closed?.numerator}/${closed?.denominator}`);
  await expect(total).toContainText(`${closed?.percent?.toFixed(2)}%`);
  const overview = page.getByRole('region', { name: '本期概况' });
  for (const { now } of told.before.comparison)
    await expect(overview).toContainText(`${now.numerator}/${now.denominator}`);
  await picture(page, 'statistics-zh');
});

test('periods are turned, lines sorted, and the link keeps what is looked at', async ({ page }) => {
  await openReport(page, `&f.date=2026-03-31`);
  await page.getByRole('button', { name: '上一期' }).click();
  await expect(page).toHaveURL(/f\.date=2026-02-01/);
  await page.getByRole('button', { name: '周报' }).click();
  await expect(page.locator('article header')).toContainText('2026-01-26 – 2026-02-01');
  await page.getByRole('button', { name: '月报' }).click();
  await page.getByRole('combobox', { name: '分组' }).selectOption({ label: '小类' });
  await page.goto(page.url().replace(/f\.date=[^&]*/, `f.date=${lastMonth()}`));
  await page.reload();
  const names = table(page).locator('tbody').first().locator('th');
  await expect(names.first()).toBeVisible();
  const column = async (n: number) =>
    (await table(page).locator('tbody').first().locator(`tr td:nth-of-type(${n})`).allInnerTexts()).map(
      Number,
    );
  const reported = await column(1);
  expect(reported).toEqual([...reported].sort((a, b) => b - a));
  await table(page).getByRole('button', { name: '按结案排序' }).click();
  const closed = await column(5);
  expect(closed).toEqual([...closed].sort((a, b) => b - a));
  await expect(table(page).locator('th[aria-sort="descending"]')).toHaveText(/结案/);
  await table(page).getByRole('button', { name: '按结案排序' }).click();
  await expect(table(page).locator('th[aria-sort="ascending"]')).toHaveText(/结案/);
  const bars = page.locator('article svg');
  await page.getByLabel('图示指标').selectOption({ label: '结案率' });
  await expect(bars).toHaveAttribute('aria-label', '结案率，按小类');
});

test('the table is a file, and paper has the report alone with lines to sign on', async ({ page }, info) => {
  await openReport(page, `&f.date=${lastMonth()}`);
  await expect(table(page)).toBeVisible();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '下载 CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(`statistics-month-${lastMonth()}-grid.csv`);
  expect(readFileSync(await file.path(), 'utf8').split('\n').length).toBeGreaterThan(2);
  const pdf = await page.pdf({
    path: info.outputPath('report.pdf'),
    preferCSSPageSize: true,
    printBackground: true,
  });
  const pages = pdf.toString('latin1').match(/\/MediaBox\s*\[[^\]]*\]/g) ?? [];
  expect(pages.length).toBeGreaterThan(0);
  // A4 across, in points.
  for (const box of pages) {
    const [, , width, height] = (box.match(/[\d.]+/g) ?? []).map(Number);
    expect(Math.round(width ?? 0)).toBe(842);
    expect(Math.round(height ?? 0)).toBe(595);
  }
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByText('制表人')).toBeVisible();
  await expect(page.getByRole('button', { name: '下载 CSV' })).toBeHidden();
  await expect(page.locator('main')).toBeHidden();
  await page.setViewportSize({ width: 1032, height: 720 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(1032);
  await page.screenshot({ path: 'e2e/shots/statistics-print-zh.png', fullPage: true });
});

for (const lang of ['zh', 'en'])
  test(`a screen reader finds no fault with the statistics (${lang})`, async ({ page }) => {
    await openReport(page, `&f.date=${lastMonth()}&lang=${lang}`);
    await expect(table(page)).toBeVisible();
    await faultless(page);
    if (lang === 'en') await picture(page, 'statistics-en');
  });

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the report fits, and only the table is wider', async ({ page }) => {
    await openReport(page, `&f.date=${lastMonth()}&lang=en`);
    await expect(table(page)).toBeVisible();
    await fitsFingers(page, '.paper');
    await picture(page, 'statistics-phone-en');
  });
});
