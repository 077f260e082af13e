import { act, asRole, deed, fitsFingers, openBoard, ownGrid, report, row, rows, sheet } from './board';
import { base, drawn, expect, type Page, picture, settled, test } from './map';
import { enter, faultless, password, watch, who } from './people';

let faults: string[] = [];
test.beforeEach(({ page }) => {
  faults = watch(page);
});
test.afterEach(() => {
  expect(faults).toEqual([]);
});

/** Words that no other run has used. */
const fresh = (what: string): string => `${what}${Date.now().toString(36)}`;
const list = (page: Page) => page.locator('#queue');

/** How long the page and the server need for anything at all just now: tests share a machine with others. */
async function roundTrip(page: Page): Promise<number> {
  const before = Date.now();
  await page.evaluate(() => fetch('api/issues/board').then((answer) => answer.json()));
  return Date.now() - before;
}

test('a report stands on the board within a second, and is driven to its end', async ({ page }) => {
  test.slow();
  const grid = await ownGrid();
  await openBoard(page);
  await settled(page);
  const text = fresh('邻里争吵');
  const slow = await roundTrip(page);
  const reporter = { name: '赵女士', phone: '13800000000' };
  const made = await report(grid, { category: 'suggestion', description: text, reporter });
  const sent = Date.now();
  await expect(page.locator('[aria-live]').filter({ hasText: `新上报 ${made.number}` })).toBeAttached();
  expect(Date.now() - sent).toBeLessThan(1000 + 5 * slow);
  await expect(page).toHaveTitle(/^（1）/);
  await page.keyboard.press('n');
  await page
    .getByRole('button', { name: new RegExp(made.number) })
    .first()
    .click();
  await expect(page).toHaveTitle(/^[^（]/);
  await expect(sheet(page).getByRole('heading', { name: '意见建议' })).toBeVisible();
  await expect(sheet(page)).toContainText(text);
  await expect(sheet(page)).toContainText('赵女士 · 13800000000');
  await act(page, '立案').click();
  await page.getByRole('button', { name: '确定立案' }).click();
  await expect(sheet(page).locator('.flags')).toContainText('已立案');
  await page.keyboard.press('d');
  await sheet(page)
    .getByRole('combobox', { name: '交给谁' })
    .selectOption({ label: `${grid.name} · worker` });
  await page.getByRole('button', { name: '确定派遣' }).click();
  await expect(sheet(page).locator('.flags')).toContainText('已派遣');
  await expect(sheet(page)).toContainText('处置');
  await picture(page, 'board-case-zh');
  const worker = await asRole('worker');
  await deed(worker, made.number, { action: 'start' });
  await expect(sheet(page).locator('.flags')).toContainText('处置中');
  await deed(worker, made.number, { action: 'finish', note: '双方已和解' });
  await expect(sheet(page).locator('.flags')).toContainText('待核查');
  await worker.dispose();
  await act(page, '核查通过').click();
  await page.getByRole('button', { name: '确定核查通过' }).click();
  await act(page, '结案').click();
  await page.getByRole('button', { name: '确定结案' }).click();
  await expect(sheet(page).locator('.flags')).toContainText('已结案');
  await expect(sheet(page).locator('.flags')).toContainText('就地解决');
  await expect(row(page, made.number)).toHaveCount(0);
  const told = await sheet(page).locator('.timeline ol > li > p:first-child b').allInnerTexts();
  expect(told).toEqual(['结案', '核查通过', '处置完成', '到场处置', '派遣', '立案', '上报']);
  await page.keyboard.press('Escape');
  await expect(sheet(page)).toHaveCount(0);
});

test('what an action needs is asked for; put off and resumed, the clock says so', async ({ page }) => {
  const grid = await ownGrid();
  const made = await report(grid, { description: fresh('纠纷'), lon: grid.lon + 0.0004 });
  const desk = await asRole('dispatcher');
  await deed(desk, made.number, { action: 'accept' });
  await deed(desk, made.number, { action: 'dispatch' });
  await openBoard(page, `&issue=${made.number}`);
  await act(page, '挂账').click();
  await page.getByRole('button', { name: '确定挂账' }).click();
  await expect(sheet(page)).toContainText('请填写理由');
  await page.getByLabel('理由').fill('等待产权人回来');
  await page.keyboard.press('Control+Enter');
  await expect(sheet(page)).toContainText('挂账，停表');
  await expect(sheet(page)).toContainText('等待产权人回来');
  await act(page, '恢复').click();
  await page.getByRole('button', { name: '确定恢复' }).click();
  await expect(sheet(page).locator('.flags')).not.toContainText('挂账');
  await desk.dispose();
});

test('the place put right is routed anew, and it is told why', async ({ page }) => {
  const grid = await ownGrid();
  const made = await report(grid, { description: fresh('纠纷'), lat: grid.lat + 0.0005 });
  await openBoard(page, `&issue=${made.number}`);
  await act(page, '更正位置或类别').click();
  await page.getByRole('button', { name: '重新分派' }).click();
  await expect(sheet(page)).toContainText('位置和类别都没有变。');
  await sheet(page).getByRole('combobox', { name: '类别' }).selectOption({ label: '信访事项' });
  await page.getByRole('button', { name: '重新分派' }).click();
  await expect(page.locator('.toast')).toContainText('已重新分派');
  await expect(sheet(page).getByRole('heading', { name: '信访事项' })).toBeVisible();
  await expect(sheet(page).locator('.timeline li').first()).toContainText('改派');
  await expect(sheet(page).locator('.timeline li').first()).toContainText('按规则“敏感事项由社区承办”');
});

test('a repetition nearby is offered for joining', async ({ page }) => {
  const grid = await ownGrid();
  const at = { lon: grid.lon - 0.0009 };
  const first = await report(grid, { description: fresh('争执'), ...at });
  const second = await report(grid, { description: fresh('争执'), ...at });
  await openBoard(page, `&issue=${second.number}`);
  await page.getByRole('button', { name: `并入此案 ${first.number}` }).click();
  await page
    .getByRole('group', { name: new RegExp(first.number) })
    .getByRole('button', { name: '确定' })
    .click();
  await expect(sheet(page).locator('.flags')).toContainText('已作废');
  await sheet(page)
    .getByRole('button', { name: `已并入 ${first.number} 号` })
    .click();
  await expect(sheet(page).locator('h2')).toContainText(first.number);
});

test('the keyboard alone moves, opens, selects and acts on many, a result a line', async ({ page }) => {
  const grid = await ownGrid();
  const tag = fresh('批');
  for (let i = 1; i <= 3; i++) await report(grid, { description: `${tag} ${i}`, lon: grid.lon + i * 0.001 });
  await openBoard(page);
  await page.keyboard.press('/');
  await page.keyboard.type(tag);
  await expect(list(page)).toHaveAttribute('aria-rowcount', '3');
  await expect(row(page, tag)).toHaveCount(3);
  await page.keyboard.press('Escape');
  await expect(list(page)).toBeFocused();
  await expect(list(page)).toHaveAttribute('aria-activedescendant', 'case-row-0');
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('k');
  await expect(list(page)).toHaveAttribute('aria-activedescendant', 'case-row-1');
  await page.keyboard.press('Enter');
  await expect(sheet(page)).toContainText(tag);
  await page.keyboard.press('Escape');
  await expect(sheet(page)).toHaveCount(0);
  await expect(list(page)).toBeFocused();
  for (const key of ['Home', 'x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
  await expect(page.getByText('已选 3 件')).toBeVisible();
  await page.keyboard.press('a');
  await expect(page.getByRole('dialog', { name: '立案（3 件）' })).toBeVisible();
  await page.getByRole('button', { name: '对 3 件立案' }).click();
  await expect(page.getByRole('dialog')).toContainText('3 件完成，0 件未成');
  await page.keyboard.press('Escape');
  await expect(rows(page).first()).toContainText('已立案');
  for (const key of ['Home', 'x', 'j', 'x']) await page.keyboard.press(key);
  await page.keyboard.press('a');
  await page.getByRole('button', { name: '对 2 件立案' }).click();
  await expect(page.getByRole('dialog')).toContainText('0 件完成，2 件未成');
  await page.keyboard.press('Escape');
  await expect(page.getByText('已选 2 件')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('已选 2 件')).toHaveCount(0);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: '键盘快捷键' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('filters stand in the link and hold for list and map; counters are filters', async ({ page }) => {
  await openBoard(page);
  const total = list(page);
  const all = Number(await total.getAttribute('aria-rowcount'));
  expect(all).toBeGreaterThan(0);
  const late = page.getByRole('group', { name: '按情况筛选' }).getByRole('button', { name: '超期' });
  await late.click();
  await expect(late).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(/f\.late=missed/);
  await expect(total).toHaveAttribute('aria-busy', 'false');
  const some = Number(await total.getAttribute('aria-rowcount'));
  expect(some).toBeLessThan(all);
  expect(await late.innerText()).toContain(String(some));
  await page.reload();
  await expect(late).toHaveAttribute('aria-pressed', 'true');
  await expect(total).toHaveAttribute('aria-rowcount', String(some));
  await late.click();
  await expect(total).toHaveAttribute('aria-rowcount', String(all));
  await page.keyboard.press('f');
  await page.getByLabel('来源').selectOption({ label: '网格员上报' });
  await expect(page).toHaveURL(/f\.source=worker/);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '去掉条件：网格员上报' }).click();
  await expect(page).not.toHaveURL(/f\.source/);
});

test('the map shows the cases of the list, and a case there opens beside it', async ({ page }) => {
  const grid = await ownGrid();
  const text = fresh('地图上');
  const made = await report(grid, { description: text, lon: grid.lon - 0.0005, lat: grid.lat - 0.0005 });
  await openBoard(page, `&map=18/${grid.lat - 0.0005}/${grid.lon - 0.0005}&f.q=${encodeURIComponent(text)}`);
  await expect
    .poll(async () => (await drawn(page, 'page-crowd-case')).map((f) => f.properties.number))
    .toEqual([made.number]);
  const at = await page.evaluate(
    ([lon, lat]) => {
      const p = window.__wangge?.map.project([lon as number, lat as number]);
      return { x: p?.x ?? 0, y: p?.y ?? 0 };
    },
    [grid.lon - 0.0005, grid.lat - 0.0005],
  );
  await page.mouse.click(at.x, at.y);
  await expect(sheet(page)).toContainText(text);
  await expect(row(page, made.number)).toHaveClass(/open/);
  await page.getByRole('button', { name: '热力图' }).click();
  await expect(page.getByRole('button', { name: '热力图' })).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(async () => (await drawn(page, 'page-crowd-case')).length).toBe(0);
});

test('workload: cases of one worker, and an absence with a stand-in', async ({ page }) => {
  await openBoard(page);
  await page.getByRole('button', { name: '人员负荷' }).click();
  const side = sheet(page);
  await side
    .getByRole('button', { name: /的请假/ })
    .first()
    .click();
  await side.getByRole('button', { name: '保存' }).click();
  await expect(side.getByText('代班人：不指定（按负荷另选）')).toBeVisible();
  await expect(side.getByText('不在岗')).toBeVisible();
  await side.getByRole('button', { name: /取消请假/ }).click();
  await side.getByRole('group').getByRole('button', { name: '确定' }).click();
  await expect(side.getByText('没有登记的请假。')).toBeVisible();
  await side
    .getByTitle(/只看.*的案件/)
    .first()
    .click();
  await expect(page).toHaveURL(/f\.assignee=./);
});

test('a lost connection is told, and what happened meanwhile is there when it is back', async ({ page }) => {
  const grid = await ownGrid();
  let way: 'through' | 'short' | 'cut' = 'short';
  // What is open stays open, whatever is cut: the first stream ends by itself, and is taken up again.
  const short = { contentType: 'text/event-stream', body: 'retry: 500\n\n' };
  await page.route('**/api/issues/stream', (route) => {
    if (way === 'through') return route.continue();
    return way === 'cut' ? route.abort() : route.fulfill(short);
  });
  await openBoard(page);
  await expect(page.getByText('实时', { exact: true })).toBeVisible();
  way = 'cut';
  await expect(page.getByText('连接中断，正在重试…')).toBeVisible();
  const text = fresh('断网时');
  await report(grid, { description: text, lat: grid.lat - 0.0009 });
  way = 'through';
  await expect(page.getByText('实时', { exact: true })).toBeVisible();
  await page.getByLabel('搜索编号、描述、地址').fill(text);
  await expect(row(page, text)).toHaveCount(1);
});

test('of a hundred thousand cases only those are fetched that are looked at', async ({ page }) => {
  const asked: number[] = [];
  await page.route(/\/api\/issues\?/, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const [offset, limit] = [Number(query.get('offset')), Number(query.get('limit'))];
    asked.push(offset);
    const issues = Array.from({ length: limit }, (_, i) => ({
      ...{ category: 'sticker', state: 'dispatched', suspended: false, restricted: false, triage: 'no' },
      ...{ lon: 116, lat: 29.4, address: null, level: 'grid', owner: null, assignee: 'worker', grid: null },
      ...{
        community: null,
        source: 'resident',
        due_at: null,
        promised_at: null,
        warned: false,
        missed: false,
      },
      ...{
        photos: 0,
        events: 1,
        reported_at: '2026-11-22T08:00:00+08:00',
        updated_at: '2026-11-22T08:00:00+08:00',
      },
      number: `n-${offset + i}`,
      description: `第 ${offset + i} 件`,
    }));
    await route.fulfill({ json: { issues, total: 100_000 } });
  });
  await openBoard(page);
  await expect(list(page)).toHaveAttribute('aria-rowcount', '100000');
  expect(await rows(page).count()).toBeLessThan(40);
  await list(page).focus();
  await page.keyboard.press('End');
  await expect(row(page, '第 99999 件')).toBeVisible();
  expect(Math.max(...asked)).toBe(99_950);
  expect(new Set(asked).size).toBeLessThan(5);
  for (let i = 0; i < 30; i++) await page.keyboard.press('k');
  await expect(page.locator('#case-row-99969')).toBeInViewport();
});

test('who is no dispatcher does not come in', async ({ page }) => {
  await enter(page, 'worker', password('worker'));
  await page.goto(`${base()}/?test#room=board`);
  await expect(page.getByText('你没有打开此页的权限。')).toBeVisible();
  await expect(page.locator('.board')).toHaveCount(0);
  await who(page).click();
  await expect(page.getByRole('menuitem', { name: '指挥看板' })).toHaveCount(0);
});

for (const lang of ['zh', 'en'])
  test(`a screen reader finds no fault with the board (${lang})`, async ({ page }) => {
    await openBoard(page, `&lang=${lang}`);
    await picture(page, `board-${lang}`);
    await faultless(page);
    await list(page).focus();
    await page.keyboard.press('Enter');
    await expect(sheet(page).locator('.timeline li').first()).toBeVisible();
    await faultless(page);
    await page.keyboard.press('c');
    await faultless(page);
    for (const key of ['Escape', 'Escape', 'f']) await page.keyboard.press(key);
    await faultless(page);
    for (const key of ['f', 'w']) await page.keyboard.press(key);
    await expect(sheet(page).locator('ul > li').first()).toBeVisible();
    await faultless(page);
    await picture(page, `board-workers-${lang}`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('x');
    await page.keyboard.press('e');
    await faultless(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await faultless(page);
  });

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  for (const lang of ['zh', 'en'])
    test(`the list comes first, the map behind a tab, and all is big enough (${lang})`, async ({ page }) => {
      await openBoard(page, `&lang=${lang}`);
      await expect(rows(page).first()).toBeVisible();
      await fitsFingers(page, '.board');
      await picture(page, `board-phone-${lang}`);
      await page.locator('#pane-map').click();
      await expect(page.locator('.legend')).toBeVisible();
      await expect(list(page)).toHaveCount(0);
      await fitsFingers(page, '.board');
      await picture(page, `board-phone-map-${lang}`);
      await page.locator('#pane-workers').click();
      await fitsFingers(page, '.board');
      await page.locator('#pane-list').click();
      await rows(page).first().click();
      await expect(sheet(page).locator('.timeline li').first()).toBeVisible();
      await fitsFingers(page, '.board');
      await picture(page, `board-phone-case-${lang}`);
      await faultless(page);
    });
});
