const LONGEST_NAME = 64;

/** Control and direction marks: what is read must be what stands there. */
const MARKS = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

/** The name that a stranger gives itself, as it may be shown; `undefined` when nothing of it is left. */
export function shownName(name: string): string | undefined {
  const plain = name.normalize('NFC').replace(MARKS, '').replaceAll(/\s+/g, ' ').trim();
  return plain === '' ? undefined : [...plain].slice(0, LONGEST_NAME).join('').trim();
}

/** Whether it looks like the name of this server, to somebody who does not look twice. */
export function looksLikeOurs(name: string): boolean {
  const look = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replaceAll(/[i1|]/g, 'l');
  return look.startsWith('authly');
}
