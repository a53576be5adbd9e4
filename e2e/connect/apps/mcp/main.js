import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import { Authly, protectedResource } from './auth.js';
import { serve } from './serve.js';

/** The client, and of the MCP server what it says about who may come in. */
const serverUrl = `${process.env.APP_URL}/mcp`;
let login;
const provider = new Authly((address) => {
  login = address.href;
});

serve({
  '/.well-known/oauth-protected-resource/mcp': () => protectedResource(serverUrl),
  async '/login'() {
    await auth(provider, { serverUrl });
    return login;
  },
  async '/callback'(url) {
    await auth(provider, { serverUrl, authorizationCode: url.searchParams.get('code') });
    return '/me';
  },
  '/me': () => JSON.parse(Buffer.from(provider.tokens().id_token.split('.')[1], 'base64url')),
  async '/refresh'() {
    const before = provider.tokens().access_token;
    await auth(provider, { serverUrl });
    const { access_token, id_token } = provider.tokens();
    if (access_token === before) throw new Error('the token is the same as before');
    return JSON.parse(Buffer.from(id_token.split('.')[1], 'base64url'));
  },
  '/': () => ({ signed: 'out' }),
});
