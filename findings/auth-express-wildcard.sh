#!/usr/bin/env bash
# @auth/express 0.12.3 with express 5.3.0, which its peer dependency `^4.18.2 || ^5.0.0` names.
# Valid input: `app.use('/auth/*splat', ExpressAuth(…))`, which is Express 5's spelling of the documented `/auth/*`.
# Expected: the pages of Auth.js at /auth, as with Express 4. Seen: 400 UnknownAction at every one of them, since the library cuts `req.params[0]`,
# which named wildcards do not fill, off the address, and so takes the whole address for its base. Without a wildcard it works.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm pkg set type=module >/dev/null
npm install --no-audit --no-fund --silent @auth/express@0.12.3 express@5.3.0
cat >main.js <<'JS'
import { ExpressAuth } from '@auth/express';
import express from 'express';
console.error = () => undefined;
for (const place of ['/auth', '/auth/*splat']) {
  const app = express();
  app.use(place, ExpressAuth({ trustHost: true, secret: 'a secret of this script', providers: [] }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/auth/csrf`);
  console.log(`${place}: ${answer.status}`);
  server.close();
  server.closeAllConnections();
}
JS
seen=$(node main.js); echo "$seen"
[ "$seen" = $'/auth: 200\n/auth/*splat: 400' ] || { echo "this has changed" >&2; exit 1; }
