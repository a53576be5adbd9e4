import type { Request } from '../codec/requests.js';

/** Which words of a command are names of keys, or why that cannot be said. */
export type KeyPlaces = (request: Request) => readonly number[] | string;

export const NO_KEYS: KeyPlaces = () => [];

/** From `first` to `last` (counted from the end if negative), each `step`th. */
export function range(first: number, last: number, step = 1): KeyPlaces {
  return (request) => {
    const end = last < 0 ? request.count + last : Math.min(last, request.count - 1);
    const places: number[] = [];
    for (let index = first; index <= end; index += step) places.push(index);
    return places;
  };
}

/** The number of keys stands at `count`, the keys behind it; `target` is one more key. */
export function counted(count: number, target?: number): KeyPlaces {
  return (request) => {
    const text = request.text(count);
    const keys = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 0;
    if (keys === 0 || count + keys >= request.count)
      return 'ERR the number of keys is not the number of keys that follow';
    const places = target === undefined ? [] : [target];
    for (let index = count + 1; index <= count + keys; index += 1) places.push(index);
    return places;
  };
}

const SYNTAX = 'ERR syntax error';

interface Option {
  /** How many words belong to it. */
  readonly words: number;
  /** Whether the first of them is a key. */
  readonly isKey?: true;
  /** Why a word may not be what it is. */
  readonly problemOf?: (word: string) => string | undefined;
}

/** Reads options as the server does: word by word. An unknown one could hide a key. */
function readOptions(
  request: Request,
  from: number,
  options: Readonly<Record<string, Option>>,
): readonly number[] | string {
  const places: number[] = [];
  for (let index = from; index < request.count; ) {
    const name = request.text(index).toLowerCase();
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined || index + option.words >= request.count) return SYNTAX;
    const problem = option.problemOf?.(request.text(index + 1));
    if (problem !== undefined) return problem;
    if (option.isKey) places.push(index + 1);
    index += 1 + option.words;
  }
  return places;
}

const OTHER_KEYS = 'NOPERM SORT may not read other keys: BY takes a pattern without *, GET only #';

/** SORT and SORT_RO: BY and GET name patterns of other keys, so only what names none is taken. */
export const SORT_KEYS: KeyPlaces = (request) => {
  const stored = readOptions(request, 2, {
    asc: { words: 0 },
    desc: { words: 0 },
    alpha: { words: 0 },
    limit: { words: 2 },
    by: { words: 1, problemOf: (word) => (word.includes('*') ? OTHER_KEYS : undefined) },
    get: { words: 1, problemOf: (word) => (word === '#' ? undefined : OTHER_KEYS) },
    store: { words: 1, isKey: true },
  });
  return typeof stored === 'string' ? stored : [1, ...stored];
};

/** GEORADIUS and GEORADIUSBYMEMBER, whose fixed words end before `options`. */
export function geoRadiusKeys(options: number): KeyPlaces {
  return (request) => {
    const stored = readOptions(request, options, {
      withcoord: { words: 0 },
      withdist: { words: 0 },
      withhash: { words: 0 },
      asc: { words: 0 },
      desc: { words: 0 },
      any: { words: 0 },
      count: { words: 1 },
      store: { words: 1, isKey: true },
      storedist: { words: 1, isKey: true },
    });
    return typeof stored === 'string' ? stored : [1, ...stored];
  };
}

/** COPY source target [REPLACE]: another database is another place, which the prefix is not the fence of. */
export const COPY_KEYS: KeyPlaces = (request) => {
  const rest = readOptions(request, 3, { replace: { words: 0 } });
  return typeof rest === 'string' ? 'ERR COPY takes a source, a target and REPLACE' : [1, 2];
};

/** XREAD and XREADGROUP: the keys are the first half of what follows STREAMS. */
export const STREAM_KEYS: KeyPlaces = (request) => {
  for (let index = 1; index < request.count; ) {
    const name = request.text(index).toLowerCase();
    if (name === 'streams') {
      const rest = request.count - index - 1;
      if (rest === 0 || rest % 2 === 1) return 'ERR each stream needs an id, $ or >';
      return Array.from({ length: rest / 2 }, (_, offset) => index + 1 + offset);
    }
    const words = Object.hasOwn(STREAM_OPTIONS, name) ? STREAM_OPTIONS[name] : undefined;
    if (words === undefined) return SYNTAX;
    index += 1 + words;
  }
  return SYNTAX;
};

const STREAM_OPTIONS: Readonly<Record<string, number>> = { count: 1, block: 1, noack: 0, claim: 1, group: 2 };
