import { readFileSync } from 'node:fs';
import type { Coverage, Scenario, Siting, UncoveredList } from '../src/api/planning';
import { asRole, fitsFingers } from './board';
import { base, clickGround, drawn, expect, type Page, picture, settled, test } from './map';
import { enter, faultless, password, watch } from './people';

let faults: string[] = [];
test.beforeEach(({ page }) => {
  faults = watch(page);
});
test.afterEach(() => {
  expect(faults).toEqual([]);
});

async function openPlanning(page: Page, fragment = ''): Promise<void> {
  await enter(page, 'planner', password('planner'));
  await page.goto(`${base()}/?test#room=planning${fragment}`);
  await expect(page.locator('.planning .panel')).toBeVisible();
}

/** What the server tells the planner. */
async function told<T>(path: string): Promise<T> {
  const planner = await asRole('planner');
  const answer = await planner.get(`/api/planning/${path}`);
  expect(answer.status(), await answer.text()).toBe(200);
  const value = (await answer.json()) as T;
  await planner.dispose();
  return value;
}

const panel = (page: Page) => page.getByRole('tabpanel');
const part = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });
const band = (page: Page, name: RegExp) =>
  panel(page).getByRole('group', { name: '范围' }).getByRole('button', { name });
const percent = (share: number | null | undefined) => `${((share ?? 0) * 100).toFixed(1)}%`;

async function find(page: Page, button: string): Promise<void> {
  await panel(page).getByRole('button', { name: button }).click();
  await expect(panel(page).getByRole('region', { name: '建议' })).toBeVisible();
}

test('coverage says what the server counted, on the map and in figures', async ({ page }) => {
  const all = await told<Coverage>('coverage?category=station&minutes=5,10,15&by=community');
  await openPlanning(page, '&f.by=community');
  for (const [i, name] of ['5 分钟', '10 分钟', '15 分钟'].entries())
    await expect(band(page, new RegExp(`^${name}`))).toContainText(percent(all.whole.covered[i]?.share));
  const table = panel(page).getByRole('table', { name: '各社区的覆盖' });
  await expect(table.locator('tbody tr')).toHaveCount(all.rows.length);
  const homes = await drawn(page, 'room-building');
  expect(homes.length).toBeGreaterThan(100);
  expect(new Set(homes.map((h) => h.properties.band)).size).toBeGreaterThan(2);
  expect((await drawn(page, 'room-area')).some((a) => typeof a.properties.share === 'number')).toBe(true);
  await picture(page, 'planning-coverage-zh');
  // Sorted by who lacks it; a heading turns it round; a row shows its area.
  const column = async (n: number) =>
    (await table.locator(`tbody td:nth-of-type(${n})`).allInnerTexts()).map((t) =>
      Number(t.replace(',', '')),
    );
  const lacking = await column(2);
  expect(lacking).toEqual([...lacking].sort((a, b) => b - a));
  await table.getByRole('button', { name: '按户数排序' }).click();
  const households = await column(1);
  expect(households).toEqual([...households].sort((a, b) => b - a));
  const view = page.url();
  await table.locator('tbody button').first().click();
  await expect(page).not.toHaveURL(view);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    panel(page).getByRole('button', { name: '下载 CSV' }).click(),
  ]);
  expect(readFileSync(await file.path(), 'utf8').split('\n').length).toBeGreaterThan(all.rows.length);
  // A narrower band has other figures, and the link keeps it.
  await band(page, /^10 分钟/).click();
  await expect(page).toHaveURL(/f\.band=10/);
  await page.reload();
  const lacks = all.whole.households - (all.whole.covered[1]?.households ?? 0);
  await expect(panel(page)).toContainText(`${lacks.toLocaleString('zh-CN')} 户够不着`);
});

test('a gap is found, and why it is one; who depends on one place; and when nobody is open', async ({
  page,
}) => {
  const gaps = await told<UncoveredList>('coverage/buildings?category=station&minutes=5,10,15&limit=50');
  await openPlanning(page);
  await panel(page).getByRole('button', { name: '未覆盖楼栋' }).click();
  await expect(panel(page)).toContainText(gaps.total.buildings.toLocaleString('zh-CN'));
  await panel(page)
    .getByRole('button', { name: /^为什么/ })
    .first()
    .click();
  await expect(panel(page).getByRole('region', { name: '为什么到不了' })).toContainText('不在 15 分钟圈内');
  await picture(page, 'planning-gap-zh');
  await panel(page).getByRole('button', { name: '分时段' }).click();
  await expect(panel(page).locator('svg g')).not.toHaveCount(0);
  await expect(panel(page)).toContainText(/最少 \d\d:\d\d/);
  await panel(page).getByRole('button', { name: '脆弱点' }).click();
  await expect(
    panel(page).getByRole('table', { name: '只靠一处的住户' }).locator('tbody tr'),
  ).not.toHaveCount(0);
});

test('from a gap to places, a scenario, and the map of tomorrow', async ({ page }) => {
  test.slow();
  await openPlanning(page);
  await part(page, '选址').click();
  await panel(page).getByLabel('新增处数').fill('2');
  await panel(page).getByLabel('新增处数').blur();
  await find(page, '开始计算');
  const proposal = panel(page).getByRole('region', { name: '建议' });
  await expect(proposal).toContainText('已证明');
  const id = /f\.run=([^&]+)/.exec(page.url())?.[1];
  const run = await told<{ result: Siting }>(`runs/${id}`);
  const after = run.result.reached_after.at(-1) as number;
  await expect(proposal).toContainText(`覆盖 ${after.toLocaleString('zh-CN')} 户`);
  expect((await drawn(page, 'page-cases')).map((c) => c.properties.label).sort()).toEqual(['1', '2']);
  expect((await drawn(page, 'room-sites')).length).toBeGreaterThan(10);
  await picture(page, 'planning-siting-zh');
  // What one more would add is drawn anew for fewer picks.
  await proposal.getByRole('slider').fill('0');
  await expect(proposal).toContainText('放置之前');
  // The link leads back to the answer.
  await page.reload();
  await expect(proposal).toContainText('已证明');
  await proposal.getByRole('button', { name: '把这些位置做成方案' }).click();
  const scenario = panel(page).getByRole('region', { name: '新增 2 处驿站' });
  await expect(scenario).toBeVisible();
  const compared = panel(page).getByRole('region', { name: '与现状比较' });
  const gained = after - run.result.before;
  await expect(compared.locator('.gained')).toContainText(`+${gained.toLocaleString('zh-CN')}`);
  await expect(page.getByRole('slider', { name: '对比分界线' })).toBeVisible();
  await picture(page, 'planning-split-zh');
  const line = page.getByRole('slider', { name: '对比分界线' });
  await line.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(line).toHaveAttribute('aria-valuenow', '45');
  await panel(page).getByRole('button', { name: '只看变化' }).click();
  await expect
    .poll(async () => (await drawn(page, 'room-building')).some((b) => b.properties.change === 'gained'))
    .toBe(true);
  await picture(page, 'planning-changes-zh');
  // Adopted, it is the map of today.
  const before = await told<Coverage>('coverage?category=station&minutes=15&by=whole');
  await panel(page).getByRole('button', { name: '采纳' }).click();
  await expect(panel(page)).toContainText('写入正式数据：新增设施 2 项？');
  await panel(page).getByRole('button', { name: '确定' }).click();
  await expect(panel(page).locator('.tag.on')).toHaveText('已采纳');
  const now = await told<Coverage>('coverage?category=station&minutes=15&by=whole');
  expect(now.facilities).toBe(before.facilities + 2);
  expect(now.whole.covered[0]?.households).toBe((before.whole.covered[0]?.households ?? 0) + gained);
  await part(page, '覆盖').click();
  await expect(band(page, /^15 分钟/)).toContainText(percent(now.whole.covered[0]?.share));
});

test('a scenario is drawn on the map: a place, a closing, a gate', async ({ page }) => {
  test.slow();
  await openPlanning(page, '&f.part=whatif&map=15.5/29.448/116.045');
  await settled(page);
  await panel(page).getByRole('button', { name: '新建方案' }).click();
  await panel(page).getByLabel('名称').fill('试一试');
  const measures = panel(page).getByRole('list', { name: '措施' }).locator('li');
  await panel(page).getByRole('button', { name: '新增设施' }).click();
  await clickGround(page, 116.0475, 29.4465);
  await expect(measures).toHaveCount(1);
  await panel(page).getByRole('button', { name: '撤销设施' }).click();
  await clickGround(page, 116.0464, 29.4494);
  await expect(measures).toHaveCount(2);
  await panel(page).getByRole('button', { name: '开门' }).click();
  await clickGround(page, 116.0455, 29.4475);
  await clickGround(page, 116.0459, 29.4475);
  await panel(page).getByRole('button', { name: '完成' }).click();
  await expect(measures).toHaveCount(3);
  await picture(page, 'planning-draw-zh');
  await panel(page).getByRole('button', { name: '保存并比较' }).click();
  await expect(panel(page).getByRole('region', { name: '试一试' })).toBeVisible();
  await expect(panel(page).getByRole('region', { name: '与现状比较' }).locator('.lost')).toBeVisible();
  const id = /f\.scenario=([^&]+)/.exec(page.url())?.[1];
  const kept = await told<Scenario>(`scenarios/${id}`);
  expect(kept.measures.map((m) => m.do)).toEqual(['add', 'close', 'add']);
  // It is changed, and at last thrown away.
  await panel(page).getByRole('button', { name: '修改' }).click();
  await panel(page).getByRole('button', { name: /^删去/ }).nth(2).click();
  await panel(page).getByRole('button', { name: '保存并比较' }).click();
  await expect(measures).toHaveCount(2);
  await panel(page).getByRole('button', { name: '删除方案' }).click();
  await panel(page).getByRole('button', { name: '确定' }).click();
  await expect(panel(page).getByRole('button', { name: '新建方案' })).toBeVisible();
});

test('missing links are found, shown, and tried', async ({ page }) => {
  test.slow();
  await openPlanning(page, '&f.part=links');
  await panel(page).getByRole('button', { name: '查找断点' }).click();
  const first = panel(page).getByRole('listitem').first();
  await expect(first).toContainText('惠及');
  await first.getByRole('button').first().click();
  await settled(page);
  expect((await drawn(page, 'page-shapes-line')).length).toBeGreaterThan(0);
  await picture(page, 'planning-links-zh');
  // The link leads back to the answer, whatever was looked at in between.
  await part(page, '选址').click();
  await expect(first).toBeHidden();
  await part(page, '断点').click();
  await expect(first).toContainText('惠及');
  await page.reload();
  await expect(first).toContainText('惠及');
  await first.getByRole('button', { name: '把第 1 条做成方案' }).click();
  await expect(panel(page).getByRole('region', { name: '与现状比较' }).locator('.gained')).toContainText('+');
});

test('the report of a community fits on paper, with its map', async ({ page }, info) => {
  test.slow();
  const score = await told<{ area: { name: string }; households: number }>('score?area=community/1');
  await openPlanning(page, '&f.part=score&f.area=community/1');
  await panel(page).getByRole('button', { name: '社区报告' }).click();
  const report = page.getByRole('dialog', { name: `${score.area.name}十五分钟生活圈报告` });
  await expect(report.getByRole('img', { name: '每栋楼步行到最近的驿站' })).toBeVisible();
  await expect(report).toContainText(`${score.households.toLocaleString('zh-CN')} 户`);
  await expect(report).toContainText('不可作为实际依据');
  await faultless(page);
  await picture(page, 'planning-report-zh');
  await page.pdf({ path: info.outputPath('report.pdf'), preferCSSPageSize: true, printBackground: true });
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('button', { name: '打印' })).toBeHidden();
  await expect(page.locator('.rail')).toBeHidden();
  await page.setViewportSize({ width: 1032, height: 720 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1032);
  await page.screenshot({ path: 'e2e/shots/planning-report-print-zh.png', fullPage: true });
  await page.emulateMedia({ media: 'screen' });
  await page.keyboard.press('Escape');
  await expect(report).toHaveCount(0);
});

test('only planners are let in, and the parts are reached by the keyboard', async ({ page }) => {
  await enter(page, 'dispatcher', password('dispatcher'));
  await page.goto(`${base()}/?test#room=planning`);
  await expect(page.getByRole('status').filter({ hasText: '没有打开此页的权限' })).toBeVisible();
  await expect(page.locator('.planning')).toHaveCount(0);
  // Another fragment alone would not load the page anew.
  await page.goto('about:blank');
  await openPlanning(page);
  await part(page, '覆盖').focus();
  await page.keyboard.press('ArrowDown');
  await expect(part(page, '评分')).toBeFocused();
  await expect(part(page, '评分')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(part(page, '网格规模')).toBeFocused();
});

const PARTS = ['coverage', 'score&f.area=community/1', 'siting', 'whatif', 'links', 'parking', 'size'];

for (const lang of ['zh', 'en'])
  test(`a screen reader finds no fault with any part (${lang})`, async ({ page }) => {
    test.slow();
    for (const p of PARTS) {
      await page.goto('about:blank');
      await openPlanning(page, `&f.part=${p}&lang=${lang}`);
      await settled(page);
      await expect(page.locator('.planning .body [role="status"]:has-text("…")')).toHaveCount(0);
      await faultless(page);
      await picture(page, `planning-${p.replace(/&.*/, '')}-${lang}`);
    }
  });

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  for (const lang of ['zh', 'en'])
    test(`every part fits, under a map (${lang})`, async ({ page }) => {
      test.slow();
      for (const p of PARTS) {
        await page.goto('about:blank');
        await openPlanning(page, `&f.part=${p}&lang=${lang}`);
        await settled(page);
        await expect(page.locator('.planning .body [role="status"]:has-text("…")')).toHaveCount(0);
        await fitsFingers(page, '.planning');
        await faultless(page);
        await picture(page, `planning-phone-${p.replace(/&.*/, '')}-${lang}`);
      }
    });
});
