import type { Request } from '../codec/requests.js';
import type { Protocol } from '../codec/values.js';

/** HELLO [2|3 [AUTH user token] [SETNAME name]] */
export interface Hello {
  readonly protocol: Protocol;
  readonly login: { readonly user: string; readonly token: string } | undefined;
  readonly name: string | undefined;
}

/** What a client wishes, or the error; which never repeats what was said: a token could stand anywhere. */
export function readHello(request: Request, current: Protocol): Hello | string {
  let protocol = current;
  let login: Hello['login'];
  let name: string | undefined;
  if (request.count > 1) {
    const version = request.text(1);
    if (version !== '2' && version !== '3') return 'NOPROTO unsupported protocol version';
    protocol = version === '2' ? 2 : 3;
  }
  for (let index = 2; index < request.count; ) {
    const option = request.text(index).toLowerCase();
    if (option === 'auth' && index + 2 < request.count) {
      login = { user: request.word(index + 1).toString(), token: request.word(index + 2).toString() };
      index += 3;
    } else if (option === 'setname' && index + 1 < request.count && /^[!-~]{0,256}$/.test(request.text(index + 1))) {
      name = request.text(index + 1);
      index += 2;
    } else return 'ERR Syntax error in HELLO: it takes a version, AUTH with a user and a token, and SETNAME';
  }
  return { protocol, login, name };
}
