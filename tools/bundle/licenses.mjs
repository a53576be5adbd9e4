/** The licences of what went into a bundle: they ask to travel along. */
import { readdir, readFile } from 'node:fs/promises';

const modules = new URL('../../node_modules/', import.meta.url);

/** The texts, for the input paths of esbuild's metafile. */
export async function licenses(inputs) {
  const packages = new Set(inputs.flatMap((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []));
  const texts = await Promise.all([...packages].sort().map(license));
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

async function license(name) {
  const folder = new URL(`${name}/`, modules);
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const { license: kind } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'));
  return `${name} (${kind})\n\n${file ? await readFile(new URL(file, folder), 'utf8') : ''}`;
}
