import { closest, distance } from 'fastest-levenshtein';

/** The known name that the written one is most likely meant to be, if one is near enough. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const plain = plainName(name);
  const same = known.find((one) => plainName(one) === plain);
  if (same !== undefined) return same;
  const near = closest(name, known);
  const changes = distance(name, near);
  // Most short names are near to one another; two letters in the wrong order are a slip at any length.
  const alike = changes < Math.max(name.length, near.length) / 2 || sortedLetters(name) === sortedLetters(near);
  return alike && changes <= Math.max(2, Math.floor(name.length / 3)) ? near : undefined;
}

function sortedLetters(name: string): string {
  return Array.from(name).toSorted().join('');
}

/** `orderId`, `order_id` and `Order-ID` are meant to be the same. */
function plainName(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}
