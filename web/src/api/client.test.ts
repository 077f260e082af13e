import { afterEach, describe, expect, it, vi } from 'vitest';
import { logOut, session } from './accounts';
import { failureOf, lifeCircle, url, whenUnknown } from './client';

afterEach(() => vi.unstubAllGlobals());

describe('an answer that is a problem', () => {
  it('tells how far the network is when the point lies outside it', () => {
    const body = { type: 'https://example.org/problems/outside-network', status: 422, distance_m: 240.4 };
    expect(failureOf(422, body)).toEqual({ kind: 'outside-network', distance: 240.4 });
  });

  it('names the fields that are at fault', () => {
    const body = { title: 'Bad request', errors: [{ field: 'lon', detail: 'must be -180 to 180' }] };
    expect(failureOf(400, body)).toEqual({
      kind: 'refused',
      detail: 'lon: must be -180 to 180',
      fields: [{ field: 'lon', detail: 'must be -180 to 180' }],
    });
  });

  it('tells a wrong password from a session that has ended', () => {
    expect(failureOf(401, { type: 'https://example.org/problems/wrong-credentials' })).toEqual({
      kind: 'wrong-credentials',
    });
    expect(failureOf(401, { type: 'https://example.org/problems/not-logged-in' })).toEqual({
      kind: 'not-logged-in',
    });
  });

  it('tells how long to wait', () => {
    expect(failureOf(429, {}, 17)).toEqual({ kind: 'throttled', seconds: 17 });
    expect(failureOf(429, null)).toEqual({ kind: 'throttled', seconds: 1 });
  });

  it('does not repeat what a broken server says', () => {
    expect(failureOf(500, { detail: 'stack trace' })).toEqual({ kind: 'server' });
    expect(failureOf(503, null)).toEqual({ kind: 'server' });
  });
});

describe('a question', () => {
  it('keeps commas readable and leaves out what is not asked', () => {
    expect(url('/life-circle', { minutes: '5,10,15', service: undefined })).toBe(
      '/api/life-circle?minutes=5,10,15',
    );
  });

  it('says that the server is unreachable instead of throwing', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no route')));
    const q = {
      at: [1, 2] as const,
      measure: 'minutes' as const,
      bands: [5],
      profile: 'adult',
      direction: 'from' as const,
    };
    expect(await lifeCircle(q)).toEqual({ ok: false, failure: { kind: 'offline' } });
  });

  it('takes a page that is not JSON for a broken server', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>', { status: 200 })));
    const q = {
      at: [1, 2] as const,
      measure: 'minutes' as const,
      bands: [5],
      profile: 'adult',
      direction: 'from' as const,
    };
    expect(await lifeCircle(q)).toEqual({ ok: false, failure: { kind: 'server' } });
  });

  it('reads an answer that has no body', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 204 })));
    expect(await logOut()).toEqual({ ok: true, value: null });
  });

  it('tells the page when the server does not know the caller any more', async () => {
    let told = 0;
    whenUnknown(() => told++);
    const answer = new Response('{"type":"x/not-logged-in"}', { status: 401 });
    vi.stubGlobal('fetch', () => Promise.resolve(answer));
    expect(await session()).toEqual({ ok: false, failure: { kind: 'not-logged-in' } });
    expect(told).toBe(1);
  });
});
