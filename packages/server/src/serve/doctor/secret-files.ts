import { stat } from 'node:fs/promises';
import type { Environment } from '../../config/environment.js';
import type { SettingDeclaration } from '../../config/setting.js';
import { SETTINGS } from '../../config/settings.js';
import type { Finding } from './finding.js';

/** Files with secrets that others may read. */
export async function secretFileFindings(environment: Environment): Promise<readonly Finding[]> {
  const declarations: readonly SettingDeclaration<unknown>[] = Object.values(SETTINGS);
  const names = declarations
    .filter(({ secret }) => secret === true)
    .flatMap(({ env }) => env.map((name) => `${name}_FILE`));
  const findings: Finding[] = [];
  for (const name of names) {
    const path = environment[name];
    const mode =
      path &&
      (await stat(path).then(
        (found) => found.mode,
        () => undefined,
      ));
    if (typeof mode !== 'number' || (mode & 0o004) === 0 || process.platform === 'win32') continue;
    findings.push({
      rule: 'readable-secret',
      level: 'warning',
      what: `Everybody on this machine may read ${path} (${name})`,
      mend: `chmod o-r ${path}`,
    });
  }
  return findings;
}
