import { readFileSync } from 'node:fs';
import { base, drawn, expect, open, type Page, picture, test } from './map';
import { enter, faultless, fits, go, logIn, password, room, watch, who } from './people';

let faults: string[] = [];
test.beforeEach(({ page }) => {
  faults = watch(page);
});
test.afterEach(() => {
  expect(faults).toEqual([]);
});

const rows = (page: Page) => room(page, '操作审计').locator('tbody tr');
const field = (page: Page, name: string) => page.getByRole('dialog').getByLabel(name, { exact: true });
const choice = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('combobox', { name, exact: true });
const button = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true });
/** A name that no other run has used. */
const fresh = (what: string): string => `${what}-${Date.now().toString(36)}`;

test('an administrator logs in, looks after the account, users and the audit, and leaves', async ({
  page,
}) => {
  await open(page);
  await logIn(page, 'admin', password('admin'));
  await expect(who(page)).toBeFocused();
  await go(page, '我的账户');
  await expect(room(page, '我的账户').getByText('管理员 · 全部区域')).toBeVisible();
  await expect(room(page, '我的账户').getByText('当前设备')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(room(page, '我的账户')).toHaveCount(0);
  await expect(who(page)).toBeFocused();
  await go(page, '用户与授权');
  for (const name of ['admin', 'planner', 'dispatcher', 'worker'])
    await expect(room(page, '用户与授权').locator(`[id="user-${name}"]`)).toBeVisible();
  await page.keyboard.press('Escape');
  await go(page, '操作审计');
  await expect(rows(page).first()).toContainText('登录');
  await page.keyboard.press('Escape');
  await go(page, '退出登录');
  await expect(who(page)).toHaveText('登录');
  await expect(page.getByText('已退出，现在以居民身份浏览。')).toBeVisible();
  expect((await drawn(page, 'road')).length).toBeGreaterThan(20);
});

test('with the keyboard alone: login, account, users, audit, logout', async ({ page }) => {
  await open(page);
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  for (let i = 0; i < 12 && !(await who(page).evaluate((e) => e === document.activeElement)); i++)
    await press('Tab');
  await press('Enter');
  await page.keyboard.type('admin');
  await press('Tab');
  await page.keyboard.type(password('admin'));
  await press('Enter');
  await expect(who(page)).toBeFocused();
  const ring = await who(page).evaluate((e) => getComputedStyle(e).outlineStyle);
  expect(ring).toBe('solid');
  const rooms = ['我的账户', '用户与授权', '操作审计'];
  for (const name of rooms) {
    await press('Enter');
    await expect(page.getByRole('menuitem').first()).toBeFocused();
    const at = (await page.getByRole('menuitem').allInnerTexts()).indexOf(name);
    await press(...Array<string>(at).fill('ArrowDown'));
    await expect(page.getByRole('menuitem', { name })).toBeFocused();
    await press('Enter');
    await expect(room(page, name)).toBeVisible();
    // The focus goes round and round inside; the browser's own bar counts as the body.
    for (let n = 0; n < 40; n++) {
      await press('Tab');
      expect(await page.evaluate(() => document.activeElement?.closest('dialog, body')?.tagName)).toMatch(
        /DIALOG|BODY/,
      );
      expect(
        await page.evaluate(
          () =>
            document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
        ),
      ).toBe(true);
    }
    await press('Escape');
    await expect(room(page, name)).toHaveCount(0);
    await expect(who(page)).toBeFocused();
  }
  await press('ArrowUp');
  await expect(page.getByRole('menuitem', { name: '退出登录' })).toBeFocused();
  await press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(who(page)).toBeFocused();
  await press('ArrowUp', 'Enter');
  await expect(who(page)).toHaveText('登录');
  await expect(who(page)).toBeFocused();
});

test('what is wrong with a login is said, and when to try again', async ({ page }) => {
  await open(page);
  await who(page).click();
  await page.keyboard.press('Enter');
  await expect(page.getByText('请填写用户名')).toBeVisible();
  await expect(field(page, '用户名')).toBeFocused();
  await expect(field(page, '用户名')).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.type(fresh('nobody'));
  const wait = page.getByRole('dialog').locator('.alert', { hasText: /请在 \d+ 秒后再试/ });
  for (let i = 0; i < 8 && !(await wait.isVisible()); i++) {
    await field(page, '密码').fill(`wrong-${i}`);
    await page.keyboard.press('Enter');
    await expect(button(page, '登录')).toHaveText('登录');
    await expect(page.getByRole('dialog').locator('.alert')).toBeVisible();
    if (i === 0) await expect(page.getByText('用户名或密码不对。')).toBeVisible();
    await page.waitForTimeout(300);
  }
  await expect(wait).toBeVisible();
  await picture(page, 'login-throttled-zh');
  const seconds = async () =>
    Number(/\d+/.exec(await page.getByRole('dialog').locator('.alert').innerText())?.[0] ?? 0);
  const first = await seconds();
  await expect.poll(seconds).toBeLessThan(first);
  await expect(page.getByText('现在可以再试了。')).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('Escape');
  await expect(who(page)).toBeFocused();
});

test('who is not an administrator is offered the own account only; links ask for a login first', async ({
  page,
}) => {
  await open(page, '#room=account');
  await expect(room(page, '登录')).toBeVisible();
  await page.keyboard.type('worker');
  await page.keyboard.press('Tab');
  await page.keyboard.type(password('worker'));
  await page.keyboard.press('Enter');
  await expect(room(page, '我的账户').getByText('网格员 ·')).toBeVisible();
  await page.keyboard.press('Escape');
  await who(page).click();
  await expect(page.getByRole('menuitem')).toHaveText(['上报问题', '我的任务', '我的账户', '退出登录']);
  await page.goto('about:blank');
  // What is said in passing may be gone before a slow machine has drawn the map.
  await page.goto(`${base()}/#room=audit`);
  await expect(page.getByText('你没有打开此页的权限。')).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(page.url()).not.toContain('room');
});

test('a token is shown once, works, and is dead when it is revoked', async ({ page, request }) => {
  await enter(page, 'planner', password('planner'));
  await open(page, '#room=account');
  await button(page, '生成令牌').click();
  await expect(page.getByText('请填写此项')).toBeVisible();
  const name = fresh('大屏');
  await page.keyboard.type(name);
  await button(page, '生成令牌').click();
  const token = await page.getByRole('dialog').locator('code').innerText();
  expect(token).toMatch(/^wgt_\w{40,}$/);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await button(page, '复制').click();
  await expect(button(page, '已复制')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
  const asked = async () =>
    (await request.get(`${base()}/api/place`, { headers: { authorization: `Bearer ${token}` } })).status();
  expect(await asked()).toBe(200);
  await button(page, '我已保存').click();
  await expect(page.getByText(token)).toHaveCount(0);
  await button(page, `作废：${name}`).click();
  await expect(page.getByText(`确定作废“${name}”？`)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(button(page, `作废：${name}`)).toBeFocused();
  await page.keyboard.press('Enter');
  await button(page, '确定').click();
  await expect(page.getByText('令牌已作废。').first()).toBeVisible();
  await expect(button(page, `作废：${name}`)).toHaveCount(0);
  expect(await asked()).toBe(401);
});

test('a user is added, given roles, seen at work, disabled; the audit tells it all', async ({
  page,
  browser,
}) => {
  const name = fresh('li.fang');
  await enter(page, 'admin', password('admin'));
  await open(page, '#room=users');
  await button(page, '添加用户').click();
  await field(page, '用户名').fill('admin');
  await field(page, '姓名').fill('李芳');
  await choice(page, '角色').selectOption('worker');
  await button(page, '添加').click();
  await expect(page.getByText('请选择一个区域')).toBeVisible();
  await page.getByRole('dialog').getByRole('combobox').last().fill('nkz');
  await page
    .getByRole('option', { name: /南康镇/ })
    .first()
    .waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(button(page, '换一个区域')).toBeFocused();
  await button(page, '添加').click();
  await expect(page.getByText('已有同名用户')).toBeVisible();
  await expect(field(page, '用户名')).toBeFocused();
  await field(page, '用户名').fill(name);
  await page.keyboard.press('Enter');
  const secret = await page.getByRole('dialog').locator('code').innerText();
  expect(secret).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
  await button(page, '我已保存').click();
  await expect(page.getByRole('dialog').getByText('网格员 · 南康镇')).toBeVisible();

  const other = await browser.newContext({ locale: 'zh-CN' });
  const hers = await other.newPage();
  await open(hers);
  await logIn(hers, name.toUpperCase(), secret);

  await choice(page, '角色').selectOption('planner');
  await field(page, '全部区域').check();
  await button(page, '授予').click();
  await expect(button(page, '收回：规划员 · 全部区域')).toBeVisible();
  await button(page, '授予').click();
  await expect(page.getByText('请选择一个区域')).toBeVisible();
  await button(page, '收回：规划员 · 全部区域').click();
  await button(page, '确定').click();
  await expect(button(page, '收回：规划员 · 全部区域')).toHaveCount(0);
  await field(page, '姓名').fill('李芳（城郊）');
  await button(page, '保存').click();
  await expect(page.getByRole('heading', { name: '李芳（城郊）' })).toBeVisible();

  await button(page, '停用账户').click();
  await button(page, '确定').click();
  await expect(page.getByRole('dialog').getByText('已停用', { exact: true })).toBeVisible();
  // Her page finds out with the next question that needs her to be somebody.
  await go(hers, '我的账户');
  await expect(hers.getByRole('alert').getByText('登录已失效，现在以居民身份浏览。')).toBeVisible();
  await expect(who(hers)).toHaveText('登录');
  await expect(hers.getByRole('dialog')).toHaveCount(0);
  await picture(hers, 'session-ended-zh');
  expect((await drawn(hers, 'road')).length).toBeGreaterThan(20);
  await hers.getByRole('button', { name: '重新登录' }).click();
  await hers.keyboard.type(name);
  await hers.keyboard.press('Tab');
  await hers.keyboard.type(secret);
  await hers.keyboard.press('Enter');
  await expect(hers.getByText('用户名或密码不对。')).toBeVisible();
  await other.close();

  await button(page, '返回列表').click();
  await expect(page.locator(`[id="user-${name}"]`)).toBeFocused();
  await field(page, '搜索用户').fill('李芳（城');
  await expect(page.getByText('共 1 人')).toBeVisible();
  await field(page, '搜索用户').fill('没有这个人');
  await expect(page.getByText('没有符合条件的用户。')).toBeVisible();
  await page.keyboard.press('Escape');

  await go(page, '操作审计');
  await field(page, '操作人').fill('admin');
  await choice(page, '操作').selectOption('user.change');
  await button(page, '查询').click();
  await expect(rows(page).filter({ hasText: name }).first()).toContainText('修改用户');
  const renamed = rows(page).filter({ hasText: name }).last();
  await renamed.getByRole('button').click();
  await expect(page.locator('tr.change').first()).toContainText('李芳（城郊）');
  await picture(page, 'audit-change-zh');
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, '下载 CSV').click()]);
  const csv = readFileSync(await file.path(), 'utf8');
  expect(csv.split('\n')[0]).toContain('actor');
  expect(csv).toContain(name);
  expect(csv).not.toContain(secret);
  await button(page, '清除条件').click();
  await expect(rows(page).filter({ hasText: '导出审计' }).first()).toBeVisible();
});

test('another device is logged out; a new password does it for all', async ({ page, browser }) => {
  const name = fresh('wang');
  const [first, second] = ['0123-first-word', '0123-second-word'];
  await enter(page, 'admin', password('admin'));
  const made = await page.request.post(`${base()}/api/users`, {
    data: { name, password: first, grants: [] },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  expect(made.status()).toBe(201);
  await page.context().clearCookies();
  const other = await browser.newContext();
  const elsewhere = await other.newPage();
  const known = async () =>
    (await (await elsewhere.request.get(`${base()}/api/session`)).json()).user?.name ?? null;
  await enter(elsewhere, name, first);
  await open(page);
  await logIn(page, name, first);
  await go(page, '我的账户');
  await expect(page.getByText('没有任何角色')).toBeVisible();
  await room(page, '我的账户')
    .getByRole('button', { name: /^退出此设备/ })
    .click();
  expect(await known()).toBe(name);
  await button(page, '确定').click();
  await expect(page.getByText('该设备已退出登录。').first()).toBeVisible();
  expect(await known()).toBeNull();
  await enter(elsewhere, name, first);

  await field(page, '当前密码').fill('wrong-password');
  await field(page, '新密码').fill('short');
  await field(page, '再输入一次新密码').fill('other');
  await page.keyboard.press('Enter');
  await expect(page.getByText('少于 10 个字符', { exact: true })).toBeVisible();
  await expect(page.getByText('两次输入不一致')).toBeVisible();
  await field(page, '新密码').fill(second);
  await field(page, '再输入一次新密码').fill(second);
  await page.keyboard.press('Enter');
  await expect(page.getByText('当前密码不对')).toBeVisible();
  await expect(field(page, '当前密码')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(first);
  await page.keyboard.press('Enter');
  await expect(page.getByText('密码已修改，其他设备上的登录已失效。').first()).toBeVisible();
  expect(await known()).toBeNull();
  await enter(elsewhere, name, second);
  await other.close();
});

test('a session that ends elsewhere is noticed without a question, by the stream of changes', async ({
  page,
}) => {
  await enter(page, 'worker', password('worker'));
  await open(page);
  await expect(who(page)).toHaveAttribute('aria-haspopup', 'menu');
  const { cookies } = await page.context().storageState();
  const cookie = cookies.find((c) => c.name === 'wangge_session')?.value;
  const gone = await fetch(`${base()}/api/session`, {
    method: 'DELETE',
    headers: { cookie: `wangge_session=${cookie}`, 'sec-fetch-site': 'same-origin' },
  });
  expect(gone.status).toBe(204);
  // The server ends a member's stream after a minute at the latest.
  await expect(page.getByText('登录已失效，现在以居民身份浏览。')).toBeVisible({ timeout: 75_000 });
  expect((await drawn(page, 'road')).length).toBeGreaterThan(20);
});

test('when somebody else looks, the map and the stream of changes are asked for anew', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (r) => asked.push(new URL(r.url()).pathname));
  const count = (path: string) => asked.filter((p) => p === path).length;
  await open(page);
  expect([count('/api/style'), count('/api/changes')]).toEqual([1, 1]);
  await logIn(page, 'dispatcher', password('dispatcher'));
  await expect.poll(() => [count('/api/style'), count('/api/changes')]).toEqual([2, 2]);
  await go(page, '退出登录');
  await expect.poll(() => [count('/api/style'), count('/api/changes')]).toEqual([3, 3]);
});

for (const [size, width, height] of [
  ['desk', 1440, 900],
  ['phone', 390, 844],
] as const)
  for (const lang of ['zh', 'en'])
    test.describe(`${size}, ${lang}`, () => {
      test.use({ viewport: { width, height }, hasTouch: size === 'phone' });

      test('a screen reader finds no fault in any room, and everything fits', async ({ page }) => {
        const menu =
          lang === 'zh'
            ? ['我的账户', '用户与授权', '操作审计']
            : ['My account', 'Users and grants', 'Audit'];
        const choose = (n: number) => page.getByRole('menuitem', { name: menu[n] ?? '' }).click();
        const look = async (name: string) => {
          await picture(page, `${size}-${name}-${lang}`);
          await faultless(page);
          await fits(page);
        };
        await open(page, `#room=login&lang=${lang}`);
        await page.keyboard.press('Enter');
        await look('login');
        await enter(page, 'admin', password('admin'));
        await page.goto('about:blank');
        await open(page, `#lang=${lang}`);
        await who(page).click();
        await look('menu');
        await choose(0);
        await look('account');
        await page
          .getByRole('dialog')
          .locator('.content')
          .evaluate((e) => e.scrollTo(0, e.scrollHeight));
        await look('account-end');
        await page.keyboard.press('Escape');
        await who(page).click();
        await choose(1);
        await expect(page.locator('#user-worker')).toBeVisible();
        await look('users');
        await page.locator('#users-add').click();
        await page.getByRole('dialog').locator('select').selectOption('planner');
        await page.getByRole('dialog').locator('[type=submit]').click();
        await look('user-add');
        await page.getByRole('dialog').locator('.content button').first().click();
        await page.locator('#user-worker').click();
        await look('user');
        await page.keyboard.press('Escape');
        await who(page).click();
        await choose(2);
        await page.getByRole('dialog').locator('tbody button').first().click();
        await look('audit');
      });
    });
