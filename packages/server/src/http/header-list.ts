import type { Answer } from './answer.js';

type Headers = Answer['headers'];

/**
 * The headers of answers as one list of names and values, as `writeHead` takes it: what an answer says of its own counts,
 * then what its route adds, then what is common to all; an empty value means that there shall be none.
 */
export function headerList(
  common: Headers,
): (answer: Pick<Answer, 'headers'>, extra: Headers) => (string | string[])[] {
  const everywhere = Object.entries(common).map(([name, value]) => [name, own(value)] as const);

  return ({ headers }, extra) => {
    const list: (string | string[])[] = [];
    for (const [name, value] of everywhere) if (!(name in headers) && !(name in extra)) list.push(name, value);
    for (const name in extra) if (!(name in headers)) push(list, name, extra[name]);
    for (const name in headers) push(list, name, headers[name]);
    return list;
  };
}

function push(list: (string | string[])[], name: string, value: Headers[string] | undefined): void {
  if (value !== undefined && value !== '') list.push(name, own(value));
}

/** Node wants lists that it might change. */
function own(value: Headers[string]): string | string[] {
  return typeof value === 'string' ? value : [...value];
}
