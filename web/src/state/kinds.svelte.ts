/** What can be reported: asked once, used by every room that speaks of cases. */
import { type IssueCategories, issueCategories } from '../api/issues';
import { Ask } from './ask.svelte';

class Kinds {
  ask = new Ask<IssueCategories>();
  all = $derived(this.ask.value);

  /** Asks unless it is known or under way. */
  load(): void {
    if (this.ask.value === null && !this.ask.busy) this.ask.run(issueCategories);
  }
}

export const kinds = new Kinds();
