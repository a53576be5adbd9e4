/** Compares what came out with what a document shows, where a document can only show one day's tokens and times. */

/** The first thing that the document shows and that did not come out; `undefined` when all of it did. */
export function firstDifference(shown: string, actual: string): string | undefined {
  const json = parsed(shown);
  return json === undefined ? missingLine(shown, actual) : differentMember(json, parsed(actual), '$');
}

function missingLine(shown: string, actual: string): string | undefined {
  const lines = actual.split('\n').map(plain);
  let from = 0;
  for (const line of shown.split('\n')) {
    const wanted = plain(line);
    if (wanted === '' || wanted === '…') continue;
    const pieces = wanted.split('…').map((piece) => piece.trim());
    const found = lines.findIndex((text, index) => index >= from && holdsInOrder(text, pieces));
    if (found < 0) return line;
    from = found + 1;
  }
  return undefined;
}

function holdsInOrder(text: string, pieces: readonly string[]): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}

function differentMember(shown: unknown, actual: unknown, path: string): string | undefined {
  if (typeof shown !== typeof actual || Array.isArray(shown) !== Array.isArray(actual)) return path;
  if (typeof shown === 'string') return missingLine(shown, String(actual)) === undefined ? undefined : path;
  if (typeof shown === 'boolean') return shown === actual ? undefined : path;
  if (typeof shown !== 'object' || shown === null) return undefined;
  for (const [name, value] of Object.entries(shown)) {
    const difference = differentMember(value, (actual as Record<string, unknown>)[name], `${path}.${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Without what differs from day to day: times, tokens, identifiers, the lines of a table, terminal control. */
function plain(line: string): string {
  return line
    .replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replaceAll(/[│┌┐└┘├┤┬┴┼─]/g, ' ')
    .replaceAll(/\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?/g, 'DATE')
    .replaceAll(/\b\d{2}:\d{2}:\d{2}\b/g, 'TIME')
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'ID')
    .replaceAll(/\b(authly_pat_|client_|cs_|authly_rt_)[\w-]{16,}/g, '$1…')
    .replaceAll(/\b[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}\b/g, 'CODE')
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'HASH')
    .replaceAll(/(?<![\w/-])[\w-]{22}(?![\w-])|(?<![\w/-])[\w-]{43}(?![\w-])/g, 'RANDOM')
    .replaceAll(/eyJ[\w.-]{16,}/g, 'eyJ…')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
