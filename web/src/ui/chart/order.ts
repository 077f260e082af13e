/** Tables that sort by any column. Pure. */

export interface Column<T> {
  id: string;
  label: string;
  hint?: string | undefined;
  /** What it is sorted by; `null`: there is nothing to tell. */
  value: (row: T) => number | string | null;
  text: (row: T) => string;
  /** What stands small below it. */
  small?: (row: T) => string;
}

export interface Order {
  by: string;
  down: boolean;
}

/** Rows without a value come last, whichever way; those that are level keep the order of the first column. */
export function ordered<T>(rows: T[], columns: Column<T>[], order: Order): T[] {
  const first = columns[0];
  const by = columns.find((c) => c.id === order.by) ?? first;
  if (!by || !first) return rows;
  const sign = order.down ? -1 : 1;
  const against = (x: number | string | null, y: number | string | null, turn: number): number => {
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    if (typeof x === 'number' && typeof y === 'number') return turn * (x - y);
    return turn * String(x).localeCompare(String(y), 'zh-Hans-CN', { numeric: true });
  };
  return [...rows].sort(
    (a, b) => against(by.value(a), by.value(b), sign) || against(first.value(a), first.value(b), 1),
  );
}

/** The order after a heading was pressed: figures from the largest, names from the first. */
export const pressed = <T>(order: Order, column: Column<T>, first: boolean): Order => ({
  by: column.id,
  down: order.by === column.id ? !order.down : !first,
});
