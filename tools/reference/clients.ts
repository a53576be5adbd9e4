import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRESETS } from '../../packages/admin-api/src/index.ts';
import { PRESET_NAMES } from '../../packages/admin-api/src/client.ts';
import { lockedVersion } from '../../e2e/connect/support/locked-version.ts';
import type { Result } from '../../e2e/connect/support/results.ts';

/** What e2e/connect saw of the software of others, at the versions that its lock files name still. */
function readResults(folder: string): readonly Result[] {
  const told = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as readonly Result[];
  for (const one of told) {
    const locked = lockedVersion(folder, one);
    if (locked !== one.version)
      throw new Error(
        `e2e/connect/results.json tells of ${one.library} ${one.version}, its lock file of ${locked}. Run the tests there with CONNECT_RECORD=1.`,
      );
  }
  return told;
}

/** The table of what was connected, and what there is no test of. */
export function files({ root }: { readonly root: string }): Record<string, string> {
  const told = readResults(join(root, 'e2e/connect'));
  const works = told.filter((one) => one.default).length;
  const others = PRESET_NAMES.filter((name) => !told.some(({ preset }) => preset === name));
  const lines = [
    '# Software that was connected',
    '',
    'Generated from what `e2e/connect` saw, by `npm run docs`.',
    '',
    'Each line is a program around the software, told exactly what `authly admin client create --preset NAME` prints. Somebody signs in through',
    'Chromium, and the software says name and e-mail address of that person. "In its default" means without any setting that the software itself',
    `has a default for. ${works} of ${told.length} work like that; the others need what is named, which the preset prints.`,
    '',
    '| software | version | preset | in its default | what is set | refresh | logout |',
    '|---|---|---|---|---|---|---|',
    ...told.map(
      ({ library, version, preset, default: isDefault, set, refresh, logout }) =>
        `| ${library} | ${version} | [${preset}](../guide/connect/${preset}.md) | ${isDefault ? 'yes' : 'no'} | ${set ?? ''} | ${refresh ? 'yes' : ''} | ${logout ? 'yes' : ''} |`,
    ),
    '',
    '"refresh" and "logout" stand where the software does these itself and the test does them too.',
    ...(others.length === 0
      ? []
      : [
          '',
          '## Without a test',
          '',
          'These presets are not run by the tests.',
          '',
          '| software | preset | how far it was tried |',
          '|---|---|---|',
          ...others.map(
            (name) =>
              `| ${PRESETS[name].title} | [${name}](../guide/connect/${name}.md) | ${PRESETS[name].tried ?? 'written from its documentation'} |`,
          ),
        ]),
  ];
  return { 'docs/reference/clients.md': `${lines.join('\n')}\n` };
}
