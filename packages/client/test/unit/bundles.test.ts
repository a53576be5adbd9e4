import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '../../src');

/** Bundles an entry of the package; returns the files that are loaded at once. */
async function loadedAtOnce(entry: string, platform: 'browser' | 'node'): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(source, entry)],
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    platform,
    format: 'esm',
    outdir: 'out',
    conditions: ['source'],
    logLevel: 'silent',
  });
  const outputs = new Map(Object.entries(metafile.outputs));
  const main = [...outputs].find(([, output]) => output.entryPoint?.endsWith(entry))?.[0] ?? '';
  const seen = new Set([main]);
  for (const name of seen) {
    for (const { path, kind } of outputs.get(name)?.imports ?? []) if (kind === 'import-statement') seen.add(path);
  }
  return [...seen].flatMap((name) => Object.keys(outputs.get(name)?.inputs ?? {}));
}

describe('the package in a bundle', () => {
  // @rule 3.11
  it.each(['jwt.ts', 'flows.ts'])('%s runs in a browser: it needs nothing of Node', async (entry) => {
    expect((await loadedAtOnce(entry, 'browser')).length).toBeGreaterThan(5);
  });

  // @rule 3.11
  it.each(['index.ts', 'cli.ts'])('%s loads nothing heavy before it is needed', async (entry) => {
    const files = await loadedAtOnce(entry, 'node');
    const heavy = files.filter((file) => /node_modules\/(@napi-rs|jose|smol-toml|uqr|undici)\//.test(file));
    expect(heavy).toEqual([]);
  });
});
