import { faultless, fits, linkOf, type Made, PICTURE, panel, person, report, workersGrid } from './issues';
import { api, base, clickGround, drawn, expect, open, type Page, picture, test } from './map';
import { watch } from './people';

let faults: string[] = [];
test.beforeEach(({ page }) => {
  faults = watch(page);
});
test.afterEach(() => {
  expect(faults).toEqual([]);
});

const press = (page: Page, name: string | RegExp) => panel(page).getByRole('button', { name }).click();
const issueOf = (made: Pick<Made, 'number' | 'key'>) =>
  api<Record<string, unknown> & { photos: unknown[]; steps: unknown[] }>(
    `/issues/${made.number}?key=${made.key}`,
  );
const linkIn = (text: string | null): Pick<Made, 'number' | 'key'> => {
  const q = new URLSearchParams((text ?? '').split('#')[1]);
  return { number: q.get('issue') ?? '', key: q.get('key') ?? '' };
};

/** To the second step, by a tap on the map. */
async function pointAt(page: Page, at: [number, number]): Promise<void> {
  await page.getByRole('button', { name: '上报问题' }).click();
  await clickGround(page, at[0], at[1]);
  await expect(panel(page).locator('.place b')).toContainText('›');
}

async function describe(page: Page, text: string): Promise<void> {
  await press(page, /公用设施/);
  await press(page, '井盖缺损');
  await panel(page).getByLabel('发生了什么').fill(text);
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('a resident reports in three steps, follows, and rates when it is done', async ({ page }) => {
    const { inside } = await workersGrid();
    await open(page, `#map=16.5/${inside[1]}/${inside[0]}`);
    await pointAt(page, inside);
    await faultless(page);
    await fits(page);
    await picture(page, 'report-1-zh');
    await press(page, '下一步');
    await faultless(page);
    await press(page, '下一步');
    await expect(page.getByText('请选一类问题')).toBeVisible();
    await describe(page, '井盖缺了一半，晚上看不清');
    await panel(page).getByLabel('数量（选填）').fill('2');
    await panel(page).locator('input[type=file]').setInputFiles(PICTURE);
    await expect(panel(page).getByAltText('第 1 张照片')).toBeVisible();
    await faultless(page);
    await fits(page);
    await picture(page, 'report-2-zh');
    await press(page, '下一步');
    await panel(page).getByLabel('姓名（选填）').fill('王女士');
    await panel(page).getByLabel('电话（选填）').fill('13800000000');
    await faultless(page);
    await picture(page, 'report-3-zh');
    await panel(page).getByRole('button', { name: '上报', exact: true }).click();
    await expect(page.getByText('已收到')).toBeVisible();
    await faultless(page);
    await fits(page);
    await picture(page, 'report-4-zh');
    const made = linkIn(await panel(page).locator('code').textContent());
    const kept = await issueOf(made);
    expect(kept).toMatchObject({ category: 'manhole', quantity: 2, unit: 'place', state: 'dispatched' });
    expect(kept.photos).toHaveLength(1);

    await press(page, '查看进展');
    await expect(page.getByRole('heading', { name: '井盖缺损' })).toBeVisible();
    expect(page.url()).toContain(`#issue=${made.number}&key=${made.key}`.slice(1));
    await expect(panel(page).getByText(/承诺 .* 前答复/)).toBeVisible();
    await expect(panel(page).locator('ol li').last()).toContainText('您的上报已收到');
    await faultless(page);
    await fits(page);
    await picture(page, 'follow-open-zh');
    await press(page, '补充情况');
    await panel(page).getByLabel('补充说明').fill('今天更深了');
    await press(page, '发送');
    await expect(panel(page).locator('ol li').first()).toContainText('今天更深了');

    const [worker, dispatcher] = [await person('worker'), await person('dispatcher')];
    const done = (who: typeof worker, action: string, more = {}) =>
      who.post(`/issues/${made.number}/events`, { action, ...more });
    await done(worker, 'start');
    const photo = await panel(page).evaluate(() => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [16, 16];
      return canvas.toDataURL('image/jpeg').split(',')[1];
    });
    await done(worker, 'finish', { photos: [photo], note: '换了新井盖' });
    await done(dispatcher, 'pass');
    await done(dispatcher, 'close');
    await page.goto('about:blank');
    await open(page, linkOf({ ...made, assignee: null, promised_at: null }));
    await expect(panel(page).getByText(/办结/)).toBeVisible();
    await panel(page).getByRole('radio', { name: /4/ }).check({ force: true });
    await picture(page, 'follow-rate-zh');
    await press(page, '提交评价');
    await expect(panel(page).getByText('你的评价：4 分')).toBeVisible();
    expect(await issueOf(made)).toMatchObject({ state: 'closed', rating: 4, outcome: 'solved' });
    // What is not solved is opened once more, with a reason.
    await press(page, '没有解决，要求重新办理');
    await press(page, '重新办理');
    await expect(panel(page).getByText('请写明原因')).toBeVisible();
    await panel(page).getByLabel('还有什么没有解决').fill('又塌了');
    await press(page, '重新办理');
    await expect(page.getByText('已要求重新办理。')).toBeVisible();
    await expect(panel(page).getByRole('button', { name: '没有解决，要求重新办理' })).toHaveCount(0);
  });

  test('in English everything fits as well', async ({ page }) => {
    const { inside } = await workersGrid();
    const made = await report(inside);
    await open(page, `${linkOf(made)}&lang=en`);
    await expect(panel(page).getByRole('heading', { name: 'Progress' })).toBeVisible();
    await faultless(page);
    await fits(page);
    await picture(page, 'follow-open-en');
    await open(page, `#room=report&at=${inside.join(',')}&lang=en`);
    await page.reload();
    await panel(page).getByRole('button', { name: 'Next' }).click();
    await panel(page)
      .getByRole('button', { name: /Sensitive/ })
      .click();
    await panel(page).getByRole('button', { name: 'Petition' }).click();
    await expect(panel(page).getByText('This is confidential')).toBeVisible();
    await fits(page);
    await picture(page, 'report-2-en');
  });
});

test('my position is drawn with its accuracy, and a drag of the pin puts it right', async ({ page }) => {
  const { inside } = await workersGrid();
  await page.context().grantPermissions(['geolocation']);
  await page.context().setGeolocation({ longitude: inside[0], latitude: inside[1], accuracy: 60 });
  await open(page, '#room=report');
  await press(page, '我的位置');
  await expect(panel(page).getByText(/定位误差约 60 米/)).toBeVisible();
  await expect.poll(async () => (await drawn(page, 'page-shapes-fill')).length).toBeGreaterThan(0);
  await picture(page, 'report-position-zh');
  const pin = await page.locator('.origin-marker').boundingBox();
  if (!pin) throw new Error('no pin');
  await page.mouse.move(pin.x + 17, pin.y + 20);
  await page.mouse.down();
  await page.mouse.move(pin.x + 57, pin.y + 40, { steps: 5 });
  await page.mouse.up();
  await expect(panel(page).getByText(/定位误差/)).toHaveCount(0);
  expect(await drawn(page, 'page-shapes-fill')).toEqual([]);
});

test('a lost network keeps the draft, also over a reload', async ({ page, context }) => {
  const { inside } = await workersGrid();
  await open(page, `#map=16.5/${inside[1]}/${inside[0]}`);
  await pointAt(page, inside);
  await press(page, '下一步');
  await describe(page, '断网也不能丢');
  await press(page, '下一步');
  await context.setOffline(true);
  const send = panel(page).getByRole('button', { name: '上报', exact: true });
  await send.click();
  await expect(panel(page).getByRole('alert')).toContainText('草稿已留在本页');
  await context.setOffline(false);
  await page.reload();
  await expect(panel(page).getByText('已恢复上次没写完的上报')).toBeVisible();
  await expect(panel(page).getByText('断网也不能丢')).toBeVisible();
  await send.click();
  await expect(page.getByText('已收到')).toBeVisible();
  await page.reload();
  await expect(panel(page).getByText('已恢复上次没写完的上报')).toHaveCount(0);
});

test('what the server does not take is said at its field', async ({ page }) => {
  const { inside } = await workersGrid();
  await open(page, `#room=report&at=${inside.join(',')}`);
  await press(page, '下一步');
  await describe(page, '看看');
  await press(page, '下一步');
  // Longer than the server takes.
  await panel(page).getByLabel('姓名（选填）').fill('长'.repeat(60));
  await panel(page).getByRole('button', { name: '上报', exact: true }).click();
  await expect(panel(page).getByLabel('姓名（选填）')).toHaveAttribute('aria-invalid', 'true');
  await expect(panel(page).getByLabel('姓名（选填）')).toBeFocused();
});

test('the same thing nearby is offered for joining', async ({ page }) => {
  const { inside } = await workersGrid();
  const first = await report(inside, { category: 'street_light', description: '路灯灭了' });
  await open(page, `#room=report&at=${inside.join(',')}`);
  await press(page, '下一步');
  await press(page, /公用设施/);
  await press(page, '路灯不亮');
  await press(page, '是同一件事');
  await panel(page).getByLabel('发生了什么').fill('这里也是黑的');
  await press(page, '下一步');
  await panel(page).getByRole('button', { name: '上报', exact: true }).click();
  await expect(page.getByText('已收到，并与同一件事合并办理。')).toBeVisible();
  const made = linkIn(await panel(page).locator('code').textContent());
  const joined = await issueOf(made);
  expect(joined.state).toBe('void');
  expect(typeof joined.joined_to).toBe('string');
  expect(first.number).not.toBe(made.number);
});

test('with the keyboard alone a report is made', async ({ page }) => {
  const { inside } = await workersGrid();
  await open(page, `#map=17/${inside[1]}/${inside[0]}&room=report`);
  await page.locator('canvas.maplibregl-canvas').focus();
  await page.keyboard.press('Enter');
  await expect(panel(page).locator('.place b')).toContainText('›');
  const to = async (name: string | RegExp, role: 'button' | 'textbox' = 'button') => {
    const wanted = panel(page).getByRole(role, { name, exact: true });
    await expect(wanted).toBeVisible();
    for (let n = 0; n < 60 && !(await wanted.evaluate((e) => e === document.activeElement)); n++)
      await page.keyboard.press('Tab');
    await expect(wanted).toBeFocused();
  };
  await to('下一步');
  await page.keyboard.press('Enter');
  await to(/停车与交通/);
  await page.keyboard.press('Enter');
  await to('停车难');
  await page.keyboard.press('Enter');
  await to('发生了什么', 'textbox');
  await page.keyboard.type('没有地方停车');
  await to('下一步');
  await page.keyboard.press('Enter');
  await to('上报');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '已收到' })).toBeFocused();
});

test('a wrong link tells nothing but that it is wrong', async ({ page }) => {
  const { inside } = await workersGrid();
  const made = await report(inside);
  const asked: string[] = [];
  page.on('request', (r) => asked.push(r.url()));
  await open(page, `#issue=${made.number}&key=AAAAAAAAAAAAAAAAAAAAAA`);
  await expect(panel(page).getByText('找不到这件上报')).toBeVisible();
  await faultless(page);
  expect(asked.every((url) => url.startsWith(base()) || /^(data|blob):/.test(url))).toBe(true);
});
