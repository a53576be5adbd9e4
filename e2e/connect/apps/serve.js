import { createServer } from 'node:http';

/**
 * A small web server around a library: each path has a function that answers another address to go to, or an object to show. The library's own
 * errors are shown as they are.
 */
export function serve(pages) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, process.env.APP_URL);
    const page = pages[url.pathname];
    if (!page) return response.writeHead(404).end('no such page');
    try {
      const answer = await page(url, request, response);
      if (response.headersSent) return undefined;
      if (typeof answer === 'string') return response.writeHead(302, { location: answer }).end();
      if (answer === undefined) return response.writeHead(401).end('nobody is signed in');
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } catch (error) {
      console.error(error);
      return response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error?.stack ?? error));
    }
  });
  server.listen(Number(process.env.PORT), process.env.HOST);
}
