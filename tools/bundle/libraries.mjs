/** The packages that programs import, file by file as `tsc` writes them, so that both leave the same `dist`. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

await Promise.all(
  ['oauth', 'admin-api', 'client'].map(async (name) => {
    const source = fileURLToPath(new URL(`../../packages/${name}/src/`, import.meta.url));
    const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts'));
    await build({
      entryPoints: files.map((file) => join(source, file)),
      outdir: fileURLToPath(new URL(`../../packages/${name}/dist/`, import.meta.url)),
      outbase: source,
      format: 'esm',
      platform: 'neutral',
      target: 'es2023',
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
      logLevel: 'warning',
    });
  }),
);
