import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { removeFolder } from '../../../packages/server/test/support/remove-folder.js';

const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };

export const hasNginx = await promisify(execFile)('nginx', ['-v'], { env }).then(
  () => true,
  () => false,
);

export interface LoadBalancer {
  readonly url: string;
  /** From now on these are asked, as after a change of the configuration and `nginx -s reload`. */
  leadTo(servers: readonly number[]): Promise<void>;
  stop(): Promise<void>;
}

/** nginx, which gives each request to the next server: nobody stays with one. Each caller has a connection of its own for each request. */
export async function startLoadBalancer(port: number, servers: readonly number[]): Promise<LoadBalancer> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-balancer-'));
  // Its workers run under an account of their own where this is root.
  await chmod(folder, 0o755);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (each) => `${each}_temp_path ${join(folder, each)};`,
  );
  const configure = (ports: readonly number[]): Promise<void> => {
    const upstream = ports.map((each) => `server 127.0.0.1:${each} max_fails=1 fail_timeout=1s;`).join(' ');
    return writeFile(
      join(folder, 'nginx.conf'),
      `daemon off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'log')} notice; events { worker_connections 1024; }
       http { access_log off; keepalive_timeout 0; ${temporary.join(' ')} upstream authly { ${upstream} keepalive 32; }
         server { listen 127.0.0.1:${port};
           location / { proxy_pass http://authly; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Host $http_host; } } }`,
    );
  };
  await configure(servers);
  const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf')], { stdio: 'ignore', env });
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => void (await fetch(`${url}/health/live`)), { timeout: 10_000 });
  let reloads = 0;
  return {
    url,
    async leadTo(ports) {
      await configure(ports);
      nginx.kill('SIGHUP');
      reloads += 1;
      // The old workers have finished what they were asked.
      await vi.waitFor(
        async () => {
          const log = await readFile(join(folder, 'log'), 'utf8');
          if (
            log.split('gracefully shutting down').length <= reloads ||
            log.split('exited with code 0').length <= reloads
          )
            throw new Error('nginx still works with the configuration before');
        },
        { timeout: 10_000 },
      );
    },
    async stop() {
      const ended = new Promise((done) => nginx.once('exit', done));
      nginx.kill('SIGTERM');
      await ended;
      await removeFolder(folder);
    },
  };
}
