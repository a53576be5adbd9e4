#!/usr/bin/env bash
# Node.js 20, 22, 24: http.Server.close().
# Valid input: a kept-alive connection whose first request was answered; the server is told to close; the client sends its next request.
# Expected from its description ("stops accepting new connections", keeps those that exist): the request is answered, with Connection: close.
# Seen: the connection is ended in the same tick, and the request, which was on its way, is never answered. net.Server.prototype.close does what
# was expected.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
cat >main.mjs <<'JS'
import { createServer } from 'node:http';
import { connect, Server } from 'node:net';
async function secondAnswer(close) {
  const server = createServer((_request, response) => response.end('ok'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect(server.address().port, '127.0.0.1');
  let received = '';
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined).on('data', (chunk) => (received += chunk));
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  while (!received.includes('ok')) await new Promise((resolve) => setTimeout(resolve, 5));
  received = '';
  close(server);
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await ended;
  server.closeAllConnections();
  return received === '' ? 'cut' : 'answered';
}
console.log(`http close: ${await secondAnswer((server) => server.close())}`);
console.log(`net close: ${await secondAnswer((server) => Server.prototype.close.call(server))}`);
JS
seen=$(node main.mjs); node --version; echo "$seen"
[ "$seen" = $'http close: cut\nnet close: answered' ] || { echo "this has changed" >&2; exit 1; }
