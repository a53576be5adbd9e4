import { createNodeFetch } from '../../http/node-fetch.js';
import { EXIT } from '../../errors/exit-code.js';
import { defineCommand } from '../../program/command.js';
import { text } from '../../program/option.js';

/** The server answers this at once or is not well. */
const PATIENCE_MS = 3000;

export const healthcheck = defineCommand({
  name: 'healthcheck',
  summary: 'Ask the server on this machine whether it is ready.',
  description: [
    'For container images and service managers: no shell and no curl are needed. Ends with 0 when /health/ready answers 200, and with 1 otherwise.',
  ],
  options: {
    url: text('Address of the server', {
      placeholder: 'URL',
      default: 'http://127.0.0.1 and the port of AUTHLY_PORT, or 8000',
    }),
  },
  sections: [
    {
      title: 'Examples',
      lines: ['$ authly healthcheck', '$ authly healthcheck --url http://127.0.0.1:8443'],
    },
  ],
  async run({ options }, { terminal }) {
    const url = new URL('/health/ready', options.url ?? ownAddress(process.env)).href;
    try {
      const fetch = createNodeFetch();
      const answer = await fetch(url, {
        method: 'GET',
        headers: {},
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      terminal.print((await answer.text()).slice(0, 1000));
      return answer.status === 200 ? EXIT.ok : EXIT.general;
    } catch (error) {
      terminal.tell(`${url} does not answer: ${error instanceof Error ? error.message : String(error)}`);
      // Container engines know 0 and 1; 2 is reserved.
      return EXIT.general;
    }
  },
});

/** Where `authly serve` listens with the same environment. */
function ownAddress(env: NodeJS.ProcessEnv): string {
  const port = env['AUTHLY_PORT'] || env['PORT'] || env['AUTHLY_DEFAULT_PORT'] || '8000';
  return `http://127.0.0.1:${port}`;
}
