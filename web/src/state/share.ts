/** The link to what is seen, put where the reader can paste it from. */
import { page } from './page.svelte';

export async function share(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    page.say(page.w.circle.shared);
  } catch {
    page.say(location.href);
  }
}
