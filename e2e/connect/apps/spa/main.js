import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const page = `<!doctype html><title>A page</title><script type="module">${readFileSync('page.bundle.js', 'utf8')}</script><body></body>`;
createServer((_request, response) => response.setHeader('content-type', 'text/html').end(page)).listen(
  Number(process.env.PORT),
  process.env.HOST,
);
