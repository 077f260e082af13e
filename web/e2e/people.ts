/** What the tests do in the rooms for people. */
import AxeBuilder from '@axe-core/playwright';
import { base, expect, type Page } from './map';

export type Role = 'worker' | 'dispatcher' | 'planner' | 'admin';

export const password = (role: Role): string =>
  (JSON.parse(process.env.WANGGE_E2E_PASSWORDS ?? '{}') as Record<string, string>)[role] ?? '';

export const room = (page: Page, name: string) => page.getByRole('dialog', { name });
export const who = (page: Page) => page.locator('#who');

/** Logs in as one does: by the button, with Enter. */
export async function logIn(page: Page, name: string, secret: string): Promise<void> {
  await who(page).click();
  await page.getByLabel('用户名').fill(name);
  await page.getByLabel('密码', { exact: true }).fill(secret);
  await page.keyboard.press('Enter');
  await expect(room(page, '登录')).toHaveCount(0);
  await expect(who(page)).toHaveAttribute('aria-haspopup', 'menu');
}

/** Gives the browser a session without the form. */
export async function enter(page: Page, name: string, secret: string): Promise<void> {
  const answer = await page.request.post(`${base()}/api/session`, {
    data: { name, password: secret },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  expect(answer.status()).toBe(200);
}

/** Through the menu. */
export async function go(page: Page, item: string): Promise<void> {
  await who(page).click();
  await page.getByRole('menuitem', { name: item }).click();
}

export async function faultless(page: Page): Promise<void> {
  // Notices fade in, and half-faded text has too little contrast.
  await page.waitForTimeout(350);
  const { violations } = await new AxeBuilder({ page }).exclude('.maplibregl-control-container').analyze();
  const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  expect(told).toEqual([]);
}

/** Nothing sticks out, and everything that is pressed is big enough for a finger. */
export async function fits(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const content = document.querySelector('dialog[open] .content');
    const wide = Math.max(document.documentElement.scrollWidth - innerWidth, 0);
    const inside = content ? Math.max(content.scrollWidth - content.clientWidth, 0) : 0;
    const small = [
      ...document.querySelectorAll<HTMLElement>('dialog[open] :is(button, input, select, label.check)'),
    ]
      .filter((e) => e.offsetParent !== null && !e.closest('.check > *') && !e.matches('.visually-hidden'))
      .map((e) => ({
        text: e.innerText.slice(0, 20) || e.getAttribute('aria-label'),
        box: e.getBoundingClientRect(),
      }))
      .filter(({ box }) => box.height > 0 && (box.height < 43.5 || box.width < 43.5))
      .map(({ text, box }) => `${text} ${Math.round(box.width)}x${Math.round(box.height)}`);
    return { wide, inside, small };
  });
  expect(found).toEqual({ wide: 0, inside: 0, small: [] });
}

/** Tells breaches of the content policy, and what the page itself throws. */
export function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (e) => faults.push(e.message));
  page.on('console', (m) => {
    if (m.type() === 'error' && /Content Security Policy|content security/i.test(m.text()))
      faults.push(m.text());
  });
  return faults;
}
