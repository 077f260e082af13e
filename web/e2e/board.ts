/** What the tests of the board do beside the page: report, work, ask. */
import { type APIRequestContext, request } from '@playwright/test';
import type { SearchHit } from '../src/api/types';
import { api, base, expect, type Page } from './map';
import { enter, password, type Role } from './people';

export interface Made {
  number: string;
  key: string;
  state: string;
  assignee: string | null;
}

/** The area of the demo's worker, and so inside that of its dispatcher. */
export async function ownGrid(): Promise<SearchHit> {
  const worker = await asRole('worker');
  const { user } = await (await worker.get('/api/session')).json();
  const code = user.grants[0].area.code as string;
  await worker.dispose();
  const { results } = await api<{ results: SearchHit[] }>(`/search?q=${code}`);
  const grid = results.find((hit) => hit.code === code);
  if (!grid) throw new Error(`there is no grid ${code}`);
  return grid;
}

/** Somebody who asks the server without a page. */
export async function asRole(role: Role | null): Promise<APIRequestContext> {
  const context = await request.newContext({
    baseURL: base(),
    extraHTTPHeaders: { 'sec-fetch-site': 'same-origin' },
  });
  if (role === null) return context;
  const answer = await context.post('/api/session', { data: { name: role, password: password(role) } });
  expect(answer.status()).toBe(200);
  return context;
}

/** A report by a resident. Not twice at the same spot, or it would be offered as a repetition. */
export async function report(at: SearchHit, what: Record<string, unknown>): Promise<Made> {
  const resident = await asRole(null);
  const answer = await resident.post('/api/issues', {
    data: { lon: at.lon, lat: at.lat, category: 'dispute', ...what },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  const made = (await answer.json()) as Made;
  await resident.dispose();
  return made;
}

export async function deed(
  by: APIRequestContext,
  number: string,
  data: Record<string, unknown>,
): Promise<void> {
  const answer = await by.post(`/api/issues/${number}/events`, { data });
  expect(answer.status(), await answer.text()).toBe(200);
}

export const rows = (page: Page) => page.locator('#queue [role="row"]');
export const row = (page: Page, text: string) => rows(page).filter({ hasText: text });
export const sheet = (page: Page) => page.locator('.side');
export const act = (page: Page, name: string) =>
  sheet(page).getByRole('region', { name: '可做的事' }).getByRole('button', { name, exact: true });

export async function openBoard(page: Page, fragment = ''): Promise<void> {
  await enter(page, 'dispatcher', password('dispatcher'));
  await page.goto(`${base()}/?test#room=board${fragment}`);
  await expect(page.locator('#queue')).toHaveAttribute('aria-busy', 'false');
}

/** Everything that is pressed is big enough for a finger, and nothing sticks out. */
export async function fitsFingers(page: Page, within: string): Promise<void> {
  const found = await page.evaluate((root) => {
    const wide = Math.max(document.documentElement.scrollWidth - innerWidth, 0);
    const small = [
      ...document.querySelectorAll<HTMLElement>(
        `${root} :is(button, select, summary, label.check, .pick label)`,
      ),
    ]
      .filter((e) => e.offsetParent !== null && !e.closest('.maplibregl-map'))
      .map((e) => ({
        text: e.innerText.slice(0, 20) || e.getAttribute('aria-label'),
        box: e.getBoundingClientRect(),
      }))
      .filter(({ box }) => box.height > 0 && (box.height < 43.5 || box.width < 43.5))
      .map(({ text, box }) => `${text} ${Math.round(box.width)}x${Math.round(box.height)}`);
    return { wide, small };
  }, within);
  expect(found).toEqual({ wide: 0, small: [] });
}
