import { faultless, fits, PICTURE, panel, person, report, workersGrid } from './issues';
import { base, drawn, expect, open, type Page, picture, test } from './map';
import { enter, password, watch } from './people';

let faults: string[] = [];
test.beforeEach(({ page }) => {
  faults = watch(page);
});
test.afterEach(() => {
  expect(faults).toEqual([]);
});

const press = (page: Page, name: string | RegExp) =>
  panel(page).getByRole('button', { name, exact: true }).click();
const card = (page: Page, number: string) => panel(page).locator(`[data-number="${number}"]`);

for (const phone of [true, false])
  test.describe(phone ? 'on a phone' : 'on a desk', () => {
    if (phone) test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

    test('a worker sees a new task come in, goes there, and finishes it with a photo', async ({
      page,
      context,
    }) => {
      const { inside } = await workersGrid();
      await context.grantPermissions(['geolocation']);
      await context.setGeolocation({
        longitude: inside[0] + 0.002,
        latitude: inside[1] + 0.001,
        accuracy: 15,
      });
      await enter(page, 'worker', password('worker'));
      await open(page, '#room=work');
      await expect(panel(page).getByText(/\d+ 件待办/)).toBeVisible();
      await expect.poll(async () => (await drawn(page, 'page-shapes-line')).length).toBeGreaterThan(0);
      const made = await report(inside, {
        description: `井盖 ${Date.now()}`,
        reporter: { phone: '13800000000' },
      });
      await expect(card(page, made.number)).toBeVisible();
      await expect(page.getByText('新任务：井盖缺损').first()).toBeVisible();
      await expect(card(page, made.number)).toContainText(/步行 \d+ 分钟/);
      await faultless(page);
      if (phone) await fits(page);
      await picture(page, `work-list-${phone ? 'phone' : 'wide'}-zh`);
      await card(page, made.number).click();
      expect(page.url()).toContain(`issue=${made.number}`);
      await expect(panel(page).getByText(/还剩/).first()).toBeVisible();
      await expect.poll(async () => (await drawn(page, 'page-route-line')).length).toBeGreaterThan(0);
      await expect(panel(page).getByRole('link', { name: '拨打 13800000000' })).toHaveCount(1);
      await faultless(page);
      if (phone) await fits(page);
      await picture(page, `work-task-${phone ? 'phone' : 'wide'}-zh`);
      await press(page, '到场处置');
      await expect(page.getByText('已记录到场。').first()).toBeVisible();
      await press(page, '处置完成');
      await press(page, '处置完成');
      await expect(panel(page).getByText('请至少加一张现场照片')).toBeVisible();
      await panel(page).locator('input[type=file]').setInputFiles(PICTURE);
      await panel(page).getByLabel('怎么处理的（选填）').fill('换了新井盖');
      await faultless(page);
      await picture(page, `work-finish-${phone ? 'phone' : 'wide'}-zh`);
      await press(page, '处置完成');
      await expect(panel(page).locator('.state')).toHaveText('待核查');
      const dispatcher = await person('dispatcher');
      expect(await dispatcher.get(`/issues/${made.number}`)).toMatchObject({ state: 'done' });
      await press(page, '回到待办');
      await expect(panel(page).getByText(/\d+ 件待办/)).toBeVisible();
    });
  });

test('a case on a border is handed to the neighbour with one tap, and a return needs a reason', async ({
  page,
}) => {
  const { inside, border } = await workersGrid();
  const made = await report(border, { accuracy_m: 60, description: '边界上' });
  const other = await report(inside, { category: 'clutter', description: '不归我' });
  await enter(page, 'worker', password('worker'));
  await open(page, `#room=work&issue=${made.number}&lang=zh`);
  const hand = panel(page).getByRole('button', { name: /^转给/ });
  await expect(hand).toBeVisible();
  await picture(page, 'work-border-zh');
  await hand.click();
  await expect(page.getByText('已转出。').first()).toBeVisible();
  await expect(card(page, made.number)).toHaveCount(0);
  await card(page, other.number).click();
  await press(page, '退回');
  await press(page, '退回');
  await expect(panel(page).getByText('请写明原因')).toBeVisible();
  await panel(page).getByLabel('为什么不归我办').fill('是物业的');
  await press(page, '退回');
  await expect(page.getByText('已退回派遣员。').first()).toBeVisible();
  await expect(card(page, other.number)).toHaveCount(0);
});

test('a change made elsewhere appears on the open task by itself', async ({ page }) => {
  const { inside } = await workersGrid();
  const made = await report(inside, { category: 'clutter', description: '别处有变' });
  await enter(page, 'worker', password('worker'));
  await open(page, `#room=work&issue=${made.number}&lang=en`);
  await expect(panel(page).locator('.state')).toHaveText('Dispatched');
  await faultless(page);
  await picture(page, 'work-task-wide-en');
  await (await person('worker')).post(`/issues/${made.number}/events`, { action: 'start' });
  await expect(panel(page).locator('.state')).toHaveText('In progress');
});

test('who is no worker has no tasks; a link asks for a login first', async ({ page }) => {
  await open(page, '#room=work');
  await expect(page.getByRole('dialog', { name: '登录' })).toBeVisible();
  await page.keyboard.press('Escape');
  await enter(page, 'planner', password('planner'));
  await page.goto('about:blank');
  // The notice does not wait for the map.
  await page.goto(`${base()}/?test#room=work`);
  await expect(page.getByText('你没有打开此页的权限。')).toBeVisible();
});
