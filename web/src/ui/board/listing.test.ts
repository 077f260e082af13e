import { describe, expect, it } from 'vitest';
import type { Result } from '../../api/types';
import { Listing, PAGE, type Part } from './listing.svelte';

interface Item {
  number: string;
  text: string;
}
type Answer = Result<Part<Item>>;

/** A server that answers when it is told to. */
function server(all: () => Item[]) {
  const asked: { offset: number; answer: () => void }[] = [];
  const fetch = (offset: number, limit: number): Promise<Answer> =>
    new Promise((done) => {
      const answer = () =>
        done({ ok: true, value: { issues: all().slice(offset, offset + limit), total: all().length } });
      asked.push({ offset, answer });
    });
  return { asked, fetch };
}

const items = (n: number, text = 'a'): Item[] =>
  Array.from({ length: n }, (_, i) => ({ number: `${i}`, text }));
const settle = () => new Promise((done) => setTimeout(done));

describe('a long list', () => {
  it('asks only for the pages that are looked at, each once', async () => {
    const { asked, fetch } = server(() => items(1000));
    const list = new Listing<Item>();
    list.ask(fetch);
    asked[0]?.answer();
    await settle();
    list.want(0, 10);
    list.want(320, 340);
    list.want(321, 341);
    expect(asked.map((a) => a.offset)).toEqual([0, 300]);
    asked[1]?.answer();
    await settle();
    expect(list.total).toBe(1000);
    expect(list.row(333)?.number).toBe('333');
    expect(list.row(600)).toBeUndefined();
    expect(list.indexOf('333')).toBe(333);
  });

  it('shows what it had until the page has come anew', async () => {
    let text = 'a';
    const { asked, fetch } = server(() => items(PAGE, text));
    const list = new Listing<Item>();
    list.ask(fetch);
    asked[0]?.answer();
    await settle();
    list.want(0, 9);
    text = 'b';
    list.stale();
    expect(list.row(3)?.text).toBe('a');
    asked[1]?.answer();
    await settle();
    expect(list.row(3)?.text).toBe('b');
  });

  it('asks again when something changed while an answer was on its way', async () => {
    const { asked, fetch } = server(() => items(PAGE));
    const list = new Listing<Item>();
    list.ask(fetch);
    list.stale();
    expect(asked.length).toBe(2);
    asked[1]?.answer();
    asked[0]?.answer();
    await settle();
    expect(asked.length).toBe(2);
    expect(list.fresh).toBe(false);
  });

  it('takes no answer to a question that is not asked any more', async () => {
    const one = server(() => items(10, 'one'));
    const two = server(() => items(20, 'two'));
    const list = new Listing<Item>();
    list.ask(one.fetch);
    list.ask(two.fetch);
    two.asked[0]?.answer();
    one.asked[0]?.answer();
    await settle();
    expect([list.total, list.row(0)?.text]).toEqual([20, 'two']);
  });

  it('puts in place what came by another way', async () => {
    const { asked, fetch } = server(() => items(10));
    const list = new Listing<Item>();
    list.ask(fetch);
    asked[0]?.answer();
    await settle();
    list.patch({ number: '4', text: 'new' });
    list.remove('2');
    expect(list.loaded.map((i) => i.number)).toEqual(['0', '1', '3', '4', '5', '6', '7', '8', '9']);
    expect(list.row(3)?.text).toBe('new');
  });

  it('forgets pages beyond an end that came nearer', async () => {
    let n = 120;
    const { asked, fetch } = server(() => items(n));
    const list = new Listing<Item>();
    list.ask(fetch);
    asked[0]?.answer();
    await settle();
    list.want(110, 119);
    asked[1]?.answer();
    await settle();
    n = 40;
    list.want(0, 9);
    list.stale();
    asked[2]?.answer();
    await settle();
    expect(list.total).toBe(40);
    expect(list.row(110)).toBeUndefined();
  });

  it('tells why it has nothing to show', async () => {
    const list = new Listing<Item>();
    list.ask(async () => ({ ok: false, failure: { kind: 'offline' } }));
    await settle();
    expect(list.failure).toEqual({ kind: 'offline' });
  });
});
