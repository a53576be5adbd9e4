import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/http/incoming.js';

describe('JSON in a body', () => {
  it('may hold every character', () => {
    expect(parseJson(String.raw`{"name":"\ud83d\ude00 ü"}`)).toEqual({ name: '😀 ü' });
  });

  it.each([
    [String.raw`{"password":"half \ud800"}`],
    [String.raw`{"names":["\udc00\ud800"]}`],
    [String.raw`{"\udfff":1}`],
    ['{"open":'],
    [''],
  ])('holds no half of one, and is whole: %s', (text) => {
    expect(parseJson(text)).toBeUndefined();
  });
});
