/** What the tests do with cases: report them and act on them by the API, as people of the demo. */
import AxeBuilder from '@axe-core/playwright';
import { base, expect, type Page } from './map';
import { password, type Role } from './people';

/** A picture of one pixel. */
export const PICTURE = {
  name: 'photo.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
};

export interface Person {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const answer = await fetch(`${base()}/api${path}`, init);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

const JSON_ = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };

/** Somebody who calls the API: with a session, or (a resident) without. */
export async function person(role: Role | null): Promise<Person> {
  let cookie = {};
  if (role) {
    const answer = await fetch(`${base()}/api/session`, {
      method: 'POST',
      headers: JSON_,
      body: JSON.stringify({ name: role, password: password(role) }),
    });
    expect(answer.status).toBe(200);
    cookie = {
      cookie: answer.headers
        .getSetCookie()
        .map((c) => c.split(';')[0])
        .join('; '),
    };
  }
  return {
    get: (path) => ask(path, { headers: cookie }),
    post: (path, body) =>
      ask(path, { method: 'POST', headers: { ...JSON_, ...cookie }, body: JSON.stringify(body) }),
  };
}

type Ring = [number, number][];

/** The grid of the demo's worker: a place well inside it, and one on its border with another grid. */
export async function workersGrid(): Promise<{
  code: string;
  inside: [number, number];
  border: [number, number];
}> {
  const worker = await person('worker');
  const { user } = await worker.get<{ user: { grants: { area: { code: string } }[] } }>('/session');
  const code = user.grants[0]?.area.code ?? '';
  const items = await worker.get<{ features: { geometry: { coordinates: unknown } }[] }>(
    `/collections/grid/items?code=${code}&limit=1`,
  );
  let ring = items.features[0]?.geometry.coordinates as unknown;
  while (Array.isArray(ring) && Array.isArray((ring as unknown[][])[0]?.[0])) ring = ring[0];
  const corners = ring as Ring;
  const gridAt = async (at: [number, number]) => {
    const found = await ask<{
      areas: { layer: string; code: string }[];
      border_m: number | null;
      neighbours: unknown[];
    }>(`/locate?lon=${at[0].toFixed(6)}&lat=${at[1].toFixed(6)}`, {});
    return { code: found.areas.find((a) => a.layer === 'grid')?.code, near: found.neighbours.length };
  };
  const middle = [0, 1].map(
    (i) => corners.reduce((sum, p) => sum + (p[i] as number), 0) / corners.length,
  ) as [number, number];
  const inside = middle;
  expect((await gridAt(inside)).code).toBe(code);
  for (const corner of corners) {
    // A few metres inwards from a corner.
    const at = [0, 1].map((i) => corner[i as 0 | 1] + (middle[i as 0 | 1] - corner[i as 0 | 1]) * 0.02) as [
      number,
      number,
    ];
    const found = await gridAt(at);
    if (found.code === code && found.near > 0) return { code, inside, border: at };
  }
  throw new Error('the worker’s grid has no border with another');
}

export interface Made {
  number: string;
  key: string;
  assignee: string | null;
  promised_at: string | null;
}

/** A resident's report. */
export async function report(at: [number, number], more: Record<string, unknown> = {}): Promise<Made> {
  const body = { category: 'manhole', description: '井盖缺了一半', lon: at[0], lat: at[1], ...more };
  return (await person(null)).post<Made>('/issues', body);
}

export const linkOf = (made: Made): string => `#issue=${made.number}&key=${made.key}`;

export const panel = (page: Page) => page.getByRole('complementary');

export async function faultless(page: Page): Promise<void> {
  await page.waitForTimeout(350);
  const { violations } = await new AxeBuilder({ page }).exclude('.maplibregl-control-container').analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

/** Nothing sticks out of the panel, and everything that is pressed is big enough for a finger. */
export async function fits(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const body = document.querySelector('#panel .body');
    const wide = Math.max(document.documentElement.scrollWidth - innerWidth, 0);
    const inside = body ? Math.max(body.scrollWidth - body.clientWidth, 0) : 0;
    const small = [
      ...document.querySelectorAll<HTMLElement>(
        '#panel :is(button, input, select, textarea, summary, label:has(input), a)',
      ),
    ]
      .filter((e) => e.offsetParent !== null && !e.closest('label > input') && !e.matches('.visually-hidden'))
      .map((e) => ({
        text: e.innerText.slice(0, 20) || e.getAttribute('aria-label') || e.tagName,
        box: e.getBoundingClientRect(),
      }))
      .filter(({ box }) => box.height > 0 && (box.height < 43.5 || box.width < 43.5))
      .map(({ text, box }) => `${text} ${Math.round(box.width)}x${Math.round(box.height)}`);
    return { wide, inside, small };
  });
  expect(found).toEqual({ wide: 0, inside: 0, small: [] });
}
