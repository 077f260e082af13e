/** The keys of the board. Single letters can be switched off, and are not for whoever is writing. */
import type { Action } from '../../api/board';
import type { Board } from './board.svelte';

/** Which letter asks for which action; the first that the server allows. */
const LETTERS: Record<string, Action[]> = {
  a: ['accept'],
  d: ['dispatch'],
  r: ['reassign'],
  e: ['escalate'],
  s: ['resume', 'suspend'],
  p: ['pass'],
  c: ['close'],
  m: ['comment'],
};
/** Letters that are for many cases at once, too. */
const FOR_MANY = 'adesc';

export const lettersOn = (): boolean => localStorage.getItem('board.keys') !== 'off';

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  (target as HTMLInputElement).type !== 'checkbox';

export function pressed(e: KeyboardEvent, board: Board): void {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (document.querySelector('dialog[open]')) return;
  if ((e.target as HTMLElement).id === 'board-search' && (e.key === 'Escape' || e.key === 'Enter'))
    return found(e);
  if (e.key === 'Escape') return escape(e, board);
  if (writes(e.target)) return;
  const target = e.target as HTMLElement;
  const free = target === document.body || target.closest('[role="grid"]') !== null;
  const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
  if (free && e.key in moves) return go(e, board, board.cursor + (moves[e.key] ?? 0));
  if (free && e.key === 'Home') return go(e, board, 0);
  if (free && e.key === 'End') return go(e, board, Number.MAX_SAFE_INTEGER);
  if (free && e.key === 'Enter') return open(e, board);
  if (free && e.key === ' ') return select(e, board);
  if (e.key.length === 1 && lettersOn()) letter(e, board);
}

function go(e: KeyboardEvent, board: Board, to: number): void {
  e.preventDefault();
  board.move(to);
  if (board.open && board.current) board.show(board.current.number);
}

function open(e: KeyboardEvent, board: Board): void {
  const row = board.current;
  if (!row) return;
  e.preventDefault();
  board.show(row.number);
}

function select(e: KeyboardEvent, board: Board): void {
  const row = board.current;
  if (!row) return;
  e.preventDefault();
  board.choose(row.number, !board.chosen.has(row.number));
}

/** From the search to what was found; what was typed stays, which a browser would clear. */
function found(e: KeyboardEvent): void {
  e.preventDefault();
  document.getElementById('queue')?.focus();
}

/** One thing at a time: what lies on top goes first. */
function escape(e: KeyboardEvent, board: Board): void {
  const steps: [boolean, () => void][] = [
    [
      board.correction?.picking === true,
      () => (board.correction = board.correction && { ...board.correction, picking: false }),
    ],
    [board.correction !== null, () => (board.correction = null)],
    [board.panel !== null, () => (board.panel = null)],
    [board.doing !== null, () => (board.doing = null)],
    [board.open !== null, () => board.show(null)],
    [board.chosen.size > 0, () => board.chooseAll([], false)],
  ];
  const step = steps.find(([is]) => is);
  if (!step) return;
  e.preventDefault();
  step[1]();
  if (board.open === null) document.getElementById('queue')?.focus();
}

function letter(e: KeyboardEvent, board: Board): void {
  const key = e.key.toLowerCase();
  if (e.key === '?') return panel(e, board, 'help');
  if (key === 'j') return go(e, board, board.cursor + 1);
  if (key === 'k') return go(e, board, board.cursor - 1);
  if (key === 'o') return open(e, board);
  if (key === 'x') return select(e, board);
  if (key === 'f') return panel(e, board, 'filters');
  if (key === 'w') return panel(e, board, 'workers');
  if (key === 'n') return panel(e, board, 'news');
  if (key === '/') {
    e.preventDefault();
    document.getElementById('board-search')?.focus();
    return;
  }
  if (key === 'h') {
    board.heat = !board.heat;
    return;
  }
  const wanted = LETTERS[key];
  if (wanted) deed(e, board, key, wanted);
}

function panel(e: KeyboardEvent, board: Board, which: 'help' | 'filters' | 'workers' | 'news'): void {
  e.preventDefault();
  board.panel = board.panel === which ? null : which;
}

/** Opens the form of an action: for all that are chosen, or for the open case. */
async function deed(e: KeyboardEvent, board: Board, key: string, wanted: Action[]): Promise<void> {
  e.preventDefault();
  if (board.chosen.size > 0 && FOR_MANY.includes(key)) {
    board.doing = { action: wanted.at(-1) as Action, many: true };
    return;
  }
  const number = board.open ?? board.current?.number;
  if (!number) return;
  if (board.open !== number) board.show(number);
  if (board.detail.value?.number !== number) await board.read(number, true);
  const allowed = board.detail.value?.staff?.actions.map((a) => a.action) ?? [];
  const action = wanted.find((a) => allowed.includes(a));
  if (action) board.doing = { action, many: false };
  else board.said = board.b.open.noActions;
}
