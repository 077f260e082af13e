import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sessions } from '../api/accounts';
import type { Me } from '../api/types';
import { Who } from './who.svelte';

const ann: Me = { name: 'ann', display_name: null, grants: [{ id: 1, role: 'admin', area: null }] };

/** What the server answers next, and what it was asked. */
let user: Me | null;
let expires: string | null;
let refused: { status: number; type: string } | null;
let asked: string[];

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') });
  [user, expires, refused, asked] = [null, null, null, []];
  vi.stubGlobal('fetch', async (path: string, { method }: RequestInit) => {
    asked.push(`${method} ${path}`);
    if (refused)
      return new Response(JSON.stringify({ type: `/api/docs#${refused.type}` }), { status: refused.status });
    if (method === 'DELETE') return new Response(null, { status: 204 });
    return new Response(JSON.stringify({ user, expires_at: expires }));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function known(): Promise<Who> {
  const who = new Who();
  user = ann;
  expires = '2026-01-01T01:00:00Z';
  await who.refresh();
  return who;
}

describe('who uses the page', () => {
  it('is a resident as long as nobody logged in, and a 401 changes nothing then', async () => {
    const who = new Who();
    await who.refresh();
    refused = { status: 401, type: 'not-logged-in' };
    await sessions();
    expect([who.user, who.known, who.ended, who.turn]).toEqual([null, true, false, 0]);
  });

  it('is told that the session ended when the server does not know the caller any more', async () => {
    const who = await known();
    who.wanted = 'users';
    refused = { status: 401, type: 'not-logged-in' };
    await sessions();
    expect([who.user, who.ended, who.wanted, who.turn]).toEqual([null, true, null, 2]);
  });

  it('is asked for again when the session should have ended; what was used meanwhile holds on', async () => {
    const who = await known();
    expires = '2026-01-01T02:00:00Z';
    await vi.advanceTimersByTimeAsync(3_603_000);
    expect([who.user?.name, who.ended, who.turn, asked.length]).toEqual(['ann', false, 1, 2]);
    user = null;
    await vi.advanceTimersByTimeAsync(3_603_000);
    expect([who.user, who.ended, who.turn, asked.length]).toEqual([null, true, 2, 3]);
    await vi.advanceTimersByTimeAsync(9e7);
    expect(asked).toHaveLength(3);
  });

  it('is asked for when something happens, but not all the time, and not for a resident', async () => {
    const who = await known();
    who.check();
    await vi.advanceTimersByTimeAsync(6_000);
    who.check();
    who.check();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(2);
    user = null;
    await vi.advanceTimersByTimeAsync(6_000);
    who.check();
    await vi.advanceTimersByTimeAsync(6_000);
    who.check();
    expect([who.ended, asked.length]).toEqual([true, 3]);
  });

  it('stays who it is when the server does not answer', async () => {
    const who = await known();
    refused = { status: 503, type: 'no-database' };
    await who.refresh();
    expect([who.user?.name, who.ended]).toEqual(['ann', false]);
    expect((await who.logOut()).ok).toBe(false);
    expect(who.user?.name).toBe('ann');
  });

  it('leaves without being told that anything ended', async () => {
    const who = await known();
    await who.logOut();
    expect([who.user, who.ended, who.turn]).toEqual([null, false, 2]);
  });
});

describe('a room that a link leads to', () => {
  it('is entered after the login', async () => {
    const who = new Who();
    who.wanted = 'audit';
    expect(who.room).toBeNull();
    await who.refresh();
    expect(who.room).toBe('login');
    user = ann;
    await who.logIn('ann', 'secret');
    expect(who.room).toBe('audit');
  });

  it('stays shut for who may not enter, and that is said once', async () => {
    const who = new Who();
    who.wanted = 'audit';
    user = { ...ann, grants: [] };
    await who.refresh();
    let said = 0;
    who.knock(() => said++);
    who.knock(() => said++);
    expect([who.room, who.wanted, said]).toEqual([null, null, 1]);
  });
});
