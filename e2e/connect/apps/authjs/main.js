import { createServer } from 'node:http';
import { NextRequest } from 'next/server.js';
import { handlers } from './auth.ts';
import { startPage } from './authjs.js';

/** What Next.js does with the handlers of `app/api/auth/[...nextauth]/route.ts`, without the rest of Next.js. */
async function handle(address, { method, headers }, body) {
  const request = new NextRequest(address, { method, headers, ...(method === 'POST' ? { body, duplex: 'half' } : {}) });
  return handlers[method](request);
}

createServer(async (request, response) => {
  const url = new URL(request.url, process.env.APP_URL);
  if (url.pathname === '/login') return response.setHeader('content-type', 'text/html').end(startPage('/api/auth'));
  const isMe = url.pathname === '/me';
  if (!isMe && !url.pathname.startsWith('/api/auth/')) return response.end('{"signed":"out"}');
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const address = isMe ? `${process.env.APP_URL}/api/auth/session` : url.href;
  const answer = await handle(address, request, Buffer.concat(chunks));
  if (isMe) return response.end(JSON.stringify((await answer.json())?.user));
  const cookies = answer.headers.getSetCookie();
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'set-cookie': cookies });
  return response.end(Buffer.from(await answer.arrayBuffer()));
}).listen(Number(process.env.PORT), process.env.HOST);
