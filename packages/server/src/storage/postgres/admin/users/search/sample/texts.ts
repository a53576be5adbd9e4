/** Texts one after another: looking for a part is much quicker so than in thousands of texts. */
import type { Which } from './which.js';

export class Texts {
  readonly #joined: string;
  /** Where each text ends. */
  readonly #ends: readonly number[];

  constructor(texts: readonly (string | null)[]) {
    this.#joined = texts.map((text) => `${text ?? ''}${END}`).join('');
    let end = 0;
    this.#ends = texts.map((text) => {
      end += (text ?? '').length + END.length;
      return end;
    });
  }

  /** Those with a part. */
  with(part: string): Which {
    const which = new Uint8Array(this.#ends.length);
    let index = 0;
    for (let at = this.#joined.indexOf(part); at >= 0 && index < which.length; ) {
      while ((this.#ends[index] ?? Number.POSITIVE_INFINITY) <= at) index += 1;
      if (index < which.length) which[index] = 1;
      const next = this.#ends[index];
      index += 1;
      at = next === undefined ? -1 : this.#joined.indexOf(part, next);
    }
    return which;
  }
}

/** PostgreSQL keeps no text with it. */
const END = '\0';
