import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const FOLDER = fileURLToPath(new URL('../../deploy/compose/', import.meta.url));
const run = promisify(execFile);

interface Service {
  readonly profiles?: readonly string[];
  readonly container_name?: string;
  readonly ports?: readonly (string | number)[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly (string | { readonly source: string })[];
  readonly depends_on?: Readonly<Record<string, unknown>> | readonly string[];
  readonly read_only?: boolean;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

async function read(name: string): Promise<ComposeFile> {
  return parse(await readFile(join(FOLDER, name), 'utf8'), { merge: true }) as ComposeFile;
}

describe.each(['standalone.yml', 'production.yml'])('deploy/compose/%s', (name) => {
  it('names services, secrets and files that exist', async () => {
    const { services, secrets = {} } = await read(name);
    for (const service of Object.values(services)) {
      const needed = service.depends_on ?? [];
      for (const other of Array.isArray(needed) ? needed : Object.keys(needed)) expect(services).toHaveProperty(other);
      for (const secret of service.secrets ?? [])
        expect(Object.keys(secrets)).toContain(typeof secret === 'string' ? secret : secret.source);
      for (const volume of service.volumes ?? []) {
        const [from = ''] = volume.split(':');
        if (from.startsWith('.')) expect(existsSync(join(dirname(join(FOLDER, name)), from)), from).toBe(true);
      }
    }
  });

  it('is what docker compose understands (needs docker compose)', async (test) => {
    const command = await findCompose();
    if (command === undefined) return test.skip('there is no docker compose on this machine');
    const [program = '', ...words] = command;
    const profiles = ['tools', 'monitoring', 'authz'].flatMap((profile) => ['--profile', profile]);
    const env = { ...process.env, AUTHLY_ISSUER: 'https://login.example.com' };
    const { stdout } = await run(program, [...words, ...profiles, '-f', join(FOLDER, name), 'config', '--services'], {
      env,
    });
    expect(stdout.trim().split('\n').sort()).toEqual(Object.keys((await read(name)).services).sort());
  });
});

describe('standalone.yml', () => {
  it.each([
    ['authly-standalone', '8000', undefined],
    ['authly-standalone', '5432', undefined],
    ['authly-standalone', '6379', undefined],
    ['pgadmin', '5050', 'tools'],
    ['redis-commander', '8081', 'tools'],
    ['prometheus', '9090', 'monitoring'],
    ['grafana', '3000', 'monitoring'],
    ['postgres-exporter', '9187', 'monitoring'],
    ['redis-exporter', '9121', 'monitoring'],
  ])('%s is at port %s of this machine and no other, in the profile %s', async (name, port, profile) => {
    const service = (await read('standalone.yml')).services[name];
    expect(service?.profiles).toEqual(profile === undefined ? undefined : [profile]);
    expect(service?.ports?.some((each) => String(each).startsWith(`127.0.0.1:${port}:`))).toBe(true);
    expect(service?.container_name).toBe(name === 'authly-standalone' ? name : `authly-${name}`);
  });

  it('has the proxies of the profile authz in the network of the server, at ports 5433 and 6380', async () => {
    const { services } = await read('standalone.yml');
    for (const [name, port] of [
      ['pg-proxy', '5433'],
      ['redis-proxy', '6380'],
    ] as const) {
      expect(services[name]).toMatchObject({
        profiles: ['authz'],
        container_name: `authly-${name}`,
        network_mode: 'service:authly-standalone',
        command: expect.arrayContaining(['/usr/lib/authly/proxy', port]),
      });
      expect(services['authly-standalone']?.ports).toContain(`127.0.0.1:${port}:${port}`);
    }
  });

  it('has the documented logins', async () => {
    const { services } = await read('standalone.yml');
    expect(services['pgadmin']?.environment).toMatchObject({
      PGADMIN_DEFAULT_EMAIL: 'admin@authly.localhost',
      PGADMIN_DEFAULT_PASSWORD: 'admin',
    });
    expect(services['redis-commander']?.environment).toMatchObject({ HTTP_USER: 'admin', HTTP_PASSWORD: 'admin' });
    expect(services['grafana']?.environment).toMatchObject({
      GF_SECURITY_ADMIN_USER: 'admin',
      GF_SECURITY_ADMIN_PASSWORD: 'admin',
    });
  });
});

describe('production.yml', () => {
  it('publishes nginx alone, and has no secret in an environment', async () => {
    const { services } = await read('production.yml');
    for (const [name, service] of Object.entries(services)) {
      if (name !== 'nginx') expect(service.ports, name).toBeUndefined();
      for (const variable of Object.keys(service.environment ?? {}))
        if (/PASSWORD|SECRET|DATABASE_URL/.test(variable)) expect(variable).toMatch(/_FILE$/);
    }
    expect([services['authly-1']?.read_only, services['authly-2']?.read_only]).toEqual([true, true]);
  });
});

async function findCompose(): Promise<readonly string[] | undefined> {
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    const [program = '', ...words] = command;
    const version = await run(program, [...words, 'version', '--short']).then(
      ({ stdout }) => stdout,
      () => '',
    );
    // The first version knew another format.
    if (/^v?[2-9]\./.test(version.trim())) return command;
  }
  return undefined;
}
