import { describe, expect, it } from 'vitest';
import type { Run } from '../../api/planning';
import type { Failure, Result } from '../../api/types';
import { type Line, Running } from './running.svelte';

const at = (state: Run<string>['state'], done = 0): Result<Run<string>> => ({
  ok: true,
  value: {
    id: 'r',
    kind: 'siting',
    state,
    done,
    of: 3,
    result: state === 'done' ? 'found' : null,
    problem: null,
  },
});
const failed = (failure: Failure): Result<Run<string>> => ({ ok: false, failure });

/** A server that gives these answers one by one. */
function server(...answers: Result<Run<string>>[]) {
  const heard: string[] = [];
  const line: Line = {
    run: async (id, wait) => {
      heard.push(`${id} ${wait}`);
      return (answers.shift() ?? at('running')) as Result<Run<never>>;
    },
    cancel: async (id) => {
      heard.push(`cancel ${id}`);
      return { ok: true, value: null };
    },
    pause: async () => {},
  };
  return { heard, line };
}
const settled = () => new Promise((done) => setTimeout(done, 0));

describe('long work', () => {
  it('is followed until it is done', async () => {
    const { heard, line } = server(at('running', 1), at('running', 2), at('done', 3));
    const running = new Running<string>('siting', line);
    expect(await running.start(async () => at('running'))).toBe('r');
    expect(running.busy).toBe(true);
    await settled();
    expect(running.result).toBe('found');
    expect(running.busy).toBe(false);
    expect(heard).toEqual(['r 5', 'r 5', 'r 5']);
  });

  it('is taken up again from a link, and says when it is gone', async () => {
    const { heard, line } = server(failed({ kind: 'not-found' }));
    const running = new Running<string>('siting', line);
    await running.resume('old');
    expect(heard).toEqual(['old 0']);
    expect(running.failure).toEqual({ kind: 'not-found' });
    expect(running.busy).toBe(false);
  });

  it('is not taken for the answer to another question', async () => {
    const { heard, line } = server(at('done'));
    const running = new Running<string>('missing-links', line);
    await running.resume('r');
    expect(heard).toEqual(['r 0']);
    expect([running.result, running.run, running.busy]).toEqual([null, null, false]);
    expect(running.failure).toEqual({ kind: 'not-found' });
  });

  it('outlives a break of the line, but not a long one', async () => {
    const away = failed({ kind: 'offline' });
    const brief = new Running<string>('siting', server(away, away, at('done')).line);
    await brief.resume('r');
    expect([brief.result, brief.failure]).toEqual(['found', null]);
    const long = new Running<string>('siting', server(away, away, away, away, away).line);
    await long.resume('r');
    expect(long.failure).toEqual({ kind: 'offline' });
  });

  it('can be stopped, and tells what would not begin', async () => {
    const { heard, line } = server();
    const running = new Running<string>('siting', line);
    await running.start(async () => at('running'));
    await running.cancel();
    expect(heard).toContain('cancel r');
    expect(running.busy).toBe(false);
    await running.start(async () => failed({ kind: 'refused', detail: 'places', fields: [] }));
    expect(running.failure?.kind).toBe('refused');
  });

  it('left behind by newer work is not waited for', async () => {
    const { heard, line } = server(at('done'));
    const running = new Running<string>('siting', line);
    let begun: (r: Result<Run<string>>) => void = () => {};
    const first = running.start(() => new Promise((done) => (begun = done)));
    await running.start(async () => at('done'));
    begun(at('running'));
    expect(await first).toBeNull();
    expect(heard).toContain('cancel r');
  });
});
