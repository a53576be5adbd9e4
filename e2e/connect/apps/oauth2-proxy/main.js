import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { BIN } from './go.js';

/** The application behind the proxy: it believes the ID token that the proxy hands on. */
const behind = createServer((request, response) => {
  if (request.url !== '/me') return response.writeHead(302, { location: '/me' }).end();
  const [, claims] = (request.headers.authorization ?? '').split('.');
  return response.end(Buffer.from(claims, 'base64url').toString());
});
behind.listen(0, '127.0.0.1', () => {
  const proxy = spawn(
    `${BIN}oauth2-proxy`,
    [
      '--config=oauth2-proxy.cfg',
      `--http-address=${process.env.HOST}:${process.env.PORT}`,
      `--upstream=http://127.0.0.1:${behind.address().port}`,
      `--cookie-secret=${randomBytes(32).toString('base64url')}`,
      '--cookie-secure=false',
      '--skip-provider-button',
      '--pass-authorization-header',
    ],
    { stdio: 'inherit' },
  );
  proxy.on('exit', (code) => process.exit(code ?? 1));
});
