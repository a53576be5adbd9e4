import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** The page and the manual page about every command, from the tree that the parser reads. */
export async function files({ root }: { root: string }): Promise<Record<string, string>> {
  const { wholeTree, manPage, markdownReference } = await commandModule(root);
  const tree = await wholeTree();
  return {
    'docs/reference/cli.md': markdownReference(tree),
    'packages/cli/man/authly.1': manPage(tree),
  };
}

// Bundled apart: the command knows the server only as something to load later, and it must not be loaded to describe it.
async function commandModule(root: string): Promise<typeof import('../../packages/cli/src/index.ts')> {
  const outfile = join(root, 'node_modules/.cache/authly-reference/command.mjs');
  await build({
    entryPoints: [join(root, 'packages/cli/src/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['source'],
    external: ['@authly/server', 'commander', 'smol-toml', 'cli-table3', 'picocolors'],
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}
