import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Images, built and run by whatever the machine has for that. `deploy/verify` names it in AUTHLY_CONTAINER (docker, podman, or a script with the same
 * words) and builds the images first; without it the tests of images are skipped, by name.
 */

export const engine = process.env['AUTHLY_CONTAINER'];

export const IMAGES = { server: 'authly:verify', standalone: 'authly-standalone:verify' } as const;

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Container {
  readonly name: string;
  /** Runs a command inside; `input` is its standard input. */
  exec(words: readonly string[], input?: string): Promise<Result>;
  /** Waits until its own health check says yes. */
  becomesHealthy(): Promise<void>;
  /** What it printed so far. */
  logs(): Promise<string>;
  /** As `docker stop` does; answers how many seconds that took. */
  stop(): Promise<number>;
  remove(): Promise<void>;
}

/** Runs the engine with these words and waits. */
export async function callEngine(words: readonly string[], input?: string): Promise<Result> {
  const [command = '', ...first] = (engine ?? '').split(' ');
  const work = promisify(execFile)(command, [...first, ...words], { maxBuffer: 64_000_000, timeout: 200_000 });
  work.child.stdin?.end(input ?? '');
  return work.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code?: number; stdout?: string; stderr?: string }) => ({
      code: typeof error.code === 'number' ? error.code : -1,
      stdout: error.stdout ?? '',
      stderr: error.stderr ?? String(error),
    }),
  );
}

let serial = 0;

/** Starts a container in the network of this machine, so that nothing has to be published. */
export async function startContainer(
  image: string,
  options: {
    readonly environment: Readonly<Record<string, string>>;
    readonly flags?: readonly string[];
    readonly command?: readonly string[];
    readonly volume?: string;
  },
): Promise<Container> {
  serial += 1;
  const name = `authly-verify-${process.pid}-${serial}`;
  const environment = Object.entries(options.environment).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const volume = options.volume === undefined ? [] : ['-v', `${options.volume}:/data`];
  const network = /(^|\/)(docker|podman)( |$)/.test(engine ?? '') ? ['--network=host'] : [];
  const flags = [...network, ...environment, ...volume, ...(options.flags ?? [])];
  const started = await callEngine(['run', '-d', '--name', name, ...flags, image, ...(options.command ?? [])]);
  if (started.code !== 0) throw new Error(`The container does not start: ${started.stderr}`);
  const container: Container = {
    name,
    async becomesHealthy() {
      const until = Date.now() + 120_000;
      while ((await container.exec(['authly', 'healthcheck'])).code !== 0) {
        const isRunning = (await inspect(name, '{{.State.Running}}')) === 'true';
        if (isRunning && Date.now() < until) continue;
        throw new Error(`The container is not healthy:\n${await container.logs()}`);
      }
    },
    exec: (words, input) => callEngine(['exec', ...(input === undefined ? [] : ['-i']), name, ...words], input),
    async logs() {
      const { stdout, stderr } = await callEngine(['logs', name]);
      return stdout + stderr;
    },
    async stop() {
      const startedAt = performance.now();
      const { code, stderr } = await callEngine(['stop', '-t', '60', name]);
      if (code !== 0) throw new Error(stderr);
      return (performance.now() - startedAt) / 1000;
    },
    async remove() {
      await callEngine(['rm', '-f', name]);
    },
  };
  return container;
}

async function inspect(name: string, format: string): Promise<string> {
  return (await callEngine(['inspect', '--format', format, name])).stdout.trim();
}

/** The exit code of a container that has ended. */
export async function exitCodeOf(container: Container): Promise<number> {
  return Number(await inspect(container.name, '{{.State.ExitCode}}'));
}

/** In bytes. */
export async function sizeOf(image: string): Promise<number> {
  return Number(await inspect(image, '{{.Size}}'));
}
