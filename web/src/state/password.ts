/** Passwords that nobody chose, and what is wrong with one that somebody did. Pure. */

const SHORTEST = 10;
const LONGEST = 200;

/** Letters and digits that do not look alike: 32, so that a random byte chooses evenly. */
const CHARACTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

/** 20 characters of 32, hence 100 bits, in groups that can be read out. Wants 20 random bytes. */
export function generated(random: Uint8Array): string {
  const all = [...random.slice(0, 20)].map((byte) => CHARACTERS[byte % CHARACTERS.length]).join('');
  return (all.match(/.{5}/g) ?? []).join('-');
}

export type Weakness = 'short' | 'long' | 'name' | 'same';

const plain = (text: string): string => text.trim().normalize('NFKC').toLowerCase();

/** The rules of the server, told before it is asked; it has the last word. */
export function weakness(password: string, name: string): Weakness | null {
  const characters = [...password];
  if (characters.length < SHORTEST) return 'short';
  if (characters.length > LONGEST) return 'long';
  if (plain(password) === plain(name)) return 'name';
  return characters.every((c) => c === characters[0]) ? 'same' : null;
}
