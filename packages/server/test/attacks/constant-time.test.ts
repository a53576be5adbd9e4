import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { redeem } from '../support/given.js';
import { startServer } from '../support/server.js';

// @attack comparison that tells by its time (rauthy pentest 005, Kanidm 1.10, Pocket ID 1047)
it('a credential that is compared with a stored one is compared in constant time, wherever it is presented', async () => {
  const server = await startServer();
  const { hashing } = server.context;
  const compared = new Set<string>();
  const { equal, isMac } = hashing;
  Object.assign(hashing, {
    equal(left: string, right: string) {
      compared.add(left).add(right);
      return equal(left, right);
    },
    isMac(mac: string, purpose: string, value: string) {
      compared.add(mac);
      return isMac(mac, purpose, value);
    },
  });
  const [client, user] = [await server.given.client(), await server.given.user()];
  const { access_token: token } = await server.given.tokens({ user, client });

  const wrongSecret = `${client.secret.slice(0, -1)}_`;
  const basic = { authorization: `Basic ${Buffer.from(`${client.clientId}:${wrongSecret}`).toString('base64')}` };
  expect((await server.post('/api/v1/oauth/token', { grant_type: 'client_credentials' }, basic)).status).toBe(401);
  expect(compared).toContain(hashing.tokenHash(wrongSecret));

  const forged = `${token.slice(0, -4)}AAAA`;
  const bearer = { headers: { authorization: `Bearer ${forged}` } };
  expect((await fetch(`${server.url}/oidc/userinfo`, bearer)).status).toBe(401);
  expect(compared).toContain(hashing.tokenHash(forged));

  const run = await server.given.code({ user, client });
  const verifier = 'v'.repeat(43);
  expect((await redeem(server.url, client, run, { code_verifier: verifier })).status).toBe(400);
  expect(compared).toContain(hashing.sha256(verifier).toString('base64url'));

  const browser = await server.given.signedIn(user);
  const account = await browser.get('/account');
  await browser.submit(account, 'apps-form', { csrf: 'made-up' });
  expect(compared).toContain('made-up');
  await server.stop();
});

it('the source compares no secret, hash, signature or code of a message with === or !==', () => {
  const root = fileURLToPath(new URL('../../src/', import.meta.url));
  const names = String.raw`\w*(?:hash|secret|digest|mac|signature|csrf|proof|verifier)`;
  const nothing = 'undefined|null|true|false|\'|"|`|\\d';
  const comparison = new RegExp(
    String.raw`\b${names}\s*[=!]==(?!\s*(?:${nothing}))|[=!]==\s*(?:\w+\.)*${names}\b(?!\()`,
    'i',
  );
  for (const planted of ['stored.tokenHash === given', 'given !== row.secretHash', 'if (csrf === token)']) {
    expect(planted).toMatch(comparison);
  }
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const found = files.flatMap((name) =>
    readFileSync(join(root, name), 'utf8')
      .split('\n')
      .filter((line) => comparison.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  );
  expect(found.filter((line) => !PUBLIC.some((part) => line.includes(part)))).toEqual([]);
});

/** Digests of what the caller knows anyway, or of our own settings: nobody learns a secret from how long they take. */
const PUBLIC = [
  'row.request_hash === requestHash',
  'known.hash === hash',
  'anchor.hash.toLowerCase()',
  '!== proof.thumbprint',
  'proof.tokenHash !== ',
];
