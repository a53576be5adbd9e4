// The API of the company that rents out virtual machines: plain node:http behind a guard.
import { createServer } from 'node:http';
import { Secret } from '@authly/client';
import { createResourceGuard, createTokenVerifier } from '@authly/client/jwt';

const { ISSUER: issuer, AUDIENCE: audience, PORT: port = '8080', API_CLIENT_ID: clientId } = process.env;

const verifier = createTokenVerifier({
  issuer,
  audience,
  // Access tokens are checked by their signature; API keys are no tokens, and the server is asked about them.
  introspection: clientId ? 'fallback' : 'never',
  clientId,
  clientSecret: clientId ? Secret.env('API_CLIENT_SECRET') : undefined,
});
const guard = createResourceGuard({ verifier });

const routes = {
  'GET /whoami': guard.node((_request, response, token) =>
    json(response, { subject: token.subject, scopes: token.scopes }),
  ),
  'GET /vms': guard.node((_request, response) => json(response, { vms }), { scopes: ['vms:read'] }),
  'POST /deployments': guard.node(deploy, { scopes: ['vms:write'] }),
};

const vms = [
  { name: 'web-1', region: 'us-east-1' },
  { name: 'web-2', region: 'eu-west-1' },
];

async function deploy(request, response, token) {
  const { service, version, region } = JSON.parse(await text(request));
  json(response, { deployed: service, version, region, by: token.clientId }, 201);
}

async function text(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

function json(response, data, status = 200) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(data));
}

const server = createServer((request, response) => {
  const route = routes[`${request.method} ${request.url?.split('?')[0]}`];
  if (!route) return json(response, { error: 'not_found' }, 404);
  return route(request, response).catch(() => json(response, { error: 'server_error' }, 500));
});
server.listen(Number(port), '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
});
