// Tokens that several neurons have in common. Models cut text differently, so case and outer spaces do not count.

/** What two tokens must share to count as the same; '' for tokens of nothing but spaces, which count as nothing. */
export const tokenKey = (token) => token.trim().toLowerCase();

/** Map from key to the numbers of the neurons that have it, for keys of two or more. lists: tokens of each neuron. */
export function overlap(lists) {
  const owners = new Map();
  lists.forEach((tokens, n) => {
    for (const key of new Set(tokens.map(tokenKey))) if (key) owners.set(key, [...(owners.get(key) ?? []), n]);
  });
  return new Map([...owners].filter(([, numbers]) => numbers.length > 1));
}
