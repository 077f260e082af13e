/** The report that is being written. It lives as long as the page, so that a look at the map in between
 *  loses nothing; all but the photos is kept over a reload too. */

import { locate } from '../../api/client';
import {
  type Duplicate,
  duplicates,
  type IssueCategory,
  type MadeIssue,
  reportIssue,
} from '../../api/issues';
import type { Location, LonLat } from '../../api/types';
import { Act, Ask } from '../../state/ask.svelte';
import {
  bodyOf,
  categoryOf,
  type Draft,
  type DraftFault,
  type DraftStep,
  drop,
  EMPTY,
  keep,
  kept,
  lacking,
  STEPS,
  stepOf,
} from '../../state/draft';
import { kinds } from '../../state/kinds.svelte';
import type { Shrunk } from '../../state/shrink';

class Writing {
  draft = $state.raw<Draft>(EMPTY);
  photos = $state.raw<Shrunk[]>([]);
  /** What was found lacking when the step was to be left. */
  lacks = $state.raw<DraftFault[]>([]);
  made = $state.raw<{ issue: MadeIssue; joined: boolean } | null>(null);
  /** A draft of before was taken up again. */
  restored = $state(false);
  location = new Ask<Location>();
  similar = new Ask<{ duplicates: Duplicate[] }>();
  act = new Act();
  category = $derived<IssueCategory | null>(categoryOf(kinds.all, this.draft.category));

  begin(at: LonLat | null): void {
    kinds.load();
    if (this.made) this.again();
    if (this.draft !== EMPTY) return;
    const before = kept();
    this.restored = before !== null;
    if (before) this.draft = before;
    else if (at) this.draft = { ...EMPTY, at };
    if (this.draft.at) this.#look(this.draft.at);
    this.#compare();
  }

  change(part: Partial<Draft>): void {
    this.draft = { ...this.draft, ...part };
    keep(this.draft);
    if (this.lacks.length > 0) {
      const still = lacking(this.draft, this.draft.step);
      this.lacks = this.lacks.filter((f) => still.includes(f));
    }
  }

  /** `accuracy`: of a position that was measured; a place that was pointed at has none. */
  place(at: LonLat, accuracy: number | null = null): void {
    this.change({ at, accuracy, join: null });
    this.#look(at);
    this.#compare();
  }

  choose(category: string | null): void {
    this.change({ category, unit: null, join: null });
    this.#compare();
  }

  #look(at: LonLat): void {
    this.location.run((signal) => locate(at, signal));
  }

  #compare(): void {
    const { at, category } = this.draft;
    if (at && category) this.similar.run((signal) => duplicates(at, category, signal));
    else this.similar.clear();
  }

  /** To another step; forward only when nothing is lacking. */
  go(step: DraftStep): boolean {
    const forward = STEPS.indexOf(step) > STEPS.indexOf(this.draft.step);
    this.lacks = forward ? lacking(this.draft, this.draft.step) : [];
    if (this.lacks.length === 0) this.change({ step });
    return this.lacks.length === 0;
  }

  async send(): Promise<boolean> {
    const wrong = STEPS.find((step) => lacking(this.draft, step).length > 0);
    if (wrong) {
      this.change({ step: wrong });
      this.lacks = lacking(this.draft, wrong);
      return false;
    }
    const body = bodyOf(
      this.draft,
      this.category,
      this.photos.map((p) => p.base64),
    );
    if (!body) return false;
    const answer = await this.act.run(() => reportIssue(body));
    if (answer) {
      this.made = { issue: answer.value, joined: body.join !== undefined };
      this.draft = EMPTY;
      this.photos = [];
      drop();
      return true;
    }
    const failure = this.act.failure;
    const first = failure?.kind === 'refused' ? failure.fields[0] : undefined;
    if (first) this.change({ step: stepOf(first.field) });
    return false;
  }

  again(): void {
    this.made = null;
    this.draft = EMPTY;
    this.photos = [];
    this.restored = false;
    this.act.failure = null;
    this.location.clear();
    this.similar.clear();
    drop();
  }
}

export const writing = new Writing();
