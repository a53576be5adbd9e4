import { lookalikeRedirects, nearestRedirect } from '@authly/oauth';
import { describe, expect, it } from 'vitest';

describe('the nearest registered redirect address', () => {
  it('is named with every difference: host name, port, slash, scheme, path, query', () => {
    const of = (sent: string): readonly string[] | undefined =>
      nearestRedirect(sent, ['https://other.example/x', 'http://localhost:3000/callback'])?.differences;
    expect(of('http://127.0.0.1:3000/callback')).toEqual(['The host name is 127.0.0.1, registered is localhost.']);
    expect(of('http://localhost:3000/callback/')).toEqual(['It ends with a slash; the registered one does not.']);
    expect(of('https://localhost:3000/callback')).toEqual(['The scheme is https, registered is http.']);
    expect(of('http://localhost/callback?next=1')).toEqual([
      'The port is missing, registered is 3000.',
      'The query is next=1, registered is none.',
    ]);
    expect(of('http://localhost:3000/Callback')).toEqual(['The path is /Callback, registered is /callback.']);
  });

  it('is none where none is registered', () => {
    expect(nearestRedirect('https://a.example/', [])).toBeUndefined();
  });
});

describe('registered addresses that look alike', () => {
  it('are told of in pairs, unless they are one for the server', () => {
    expect(lookalikeRedirects(['http://127.0.0.1:1/cb', 'http://localhost:1/cb', 'https://a.example/cb'])).toEqual([
      'http://127.0.0.1:1/cb and http://localhost:1/cb are two addresses',
    ]);
    expect(lookalikeRedirects(['https://a.example', 'https://a.example/'])).toHaveLength(1);
    expect(lookalikeRedirects(['http://127.0.0.1', 'http://127.0.0.1/'])).toEqual([]);
  });
});
