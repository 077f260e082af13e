import { describe, expect, it } from 'vitest';
import { type Column, ordered, pressed } from './order';

interface Row {
  name: string;
  share: number | null;
}
const name: Column<Row> = { id: 'name', label: 'Name', value: (r) => r.name, text: (r) => r.name };
const share: Column<Row> = { id: 'share', label: 'Share', value: (r) => r.share, text: (r) => `${r.share}` };
const rows: Row[] = [
  { name: '网格10', share: 0.5 },
  { name: '网格2', share: null },
  { name: '网格1', share: 0.5 },
  { name: '网格3', share: 0.9 },
];
const names = (by: string, down: boolean) =>
  ordered(rows, [name, share], { by, down }).map((r) => r.name.slice(2));

describe('a table', () => {
  it('sorts by figures, level rows by name as people count, and what has none last', () => {
    expect(names('share', true)).toEqual(['3', '1', '10', '2']);
    expect(names('share', false)).toEqual(['1', '10', '3', '2']);
    expect(names('name', true)).toEqual(['10', '3', '2', '1']);
  });

  it('turns round when a heading is pressed again', () => {
    const once = pressed({ by: 'name', down: false }, share, false);
    expect(once).toEqual({ by: 'share', down: true });
    expect(pressed(once, share, false).down).toBe(false);
    expect(pressed(once, name, true)).toEqual({ by: 'name', down: false });
  });
});
