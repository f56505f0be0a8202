import { membersOf, type Type } from '../language/types.ts';

/** Why a value of the type names nothing: it may be absent, or is no text and no number; `undefined`: it does. */
export function whyNoKey(type: Type): 'absent' | 'unlike' | undefined {
  const kinds = membersOf(type).map(({ kind }) => kind);
  if (kinds.every((kind) => kind === 'string' || kind === 'number' || kind === 'never')) return undefined;
  return kinds.includes('absent') ? 'absent' : 'unlike';
}
