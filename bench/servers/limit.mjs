/** The limit: node:http, a form body, one ES256 signature, nothing else. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { reportTo } from './report.mjs';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const header = Buffer.from('{"alg":"ES256","typ":"at+jwt"}').toString('base64url');

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const claims = {
      sub: 'client',
      scope: form.get('scope'),
      jti: randomBytes(16).toString('base64url'),
      exp: Math.floor(Date.now() / 1000) + 3600,
    };
    const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString(
      'base64url',
    );
    response.setHeader('content-type', 'application/json');
    response.setHeader('cache-control', 'no-store');
    response.end(JSON.stringify({ access_token: `${input}.${signature}`, token_type: 'Bearer', expires_in: 3600 }));
  });
});
server.listen(0, '127.0.0.1', () =>
  reportTo(process, { url: `http://127.0.0.1:${server.address().port}`, tokenPath: '/token' }),
);
