import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const CACHE = fileURLToPath(new URL('../../bin/compile-cache.cjs', import.meta.url));

describe('the compiled form of the command', () => {
  let folder: string;
  let home: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'authly-compiled-'));
    home = join(folder, 'home');
    mkdirSync(home);
    const pieces: Readonly<Record<string, string>> = {
      'one-ABCDEFG1.cjs':
        "const two = require('./two-ABCDEFG2.cjs'); exports.sum = () => two.add(1); exports.two = two;",
      'two-ABCDEFG2.cjs': "const { sep } = require('node:path'); exports.sep = sep; exports.add = (n) => n + 1;",
    };
    for (const [name, text] of Object.entries(pieces)) writeFileSync(join(folder, name), text);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function run(text = 'one.sum(), one.two === require("./two-ABCDEFG2.cjs")'): string {
    const script = `require(${JSON.stringify(CACHE)}).keepCompiled({ AUTHLY_HOME: ${JSON.stringify(home)} }, process.cwd());
      const one = require('./one-ABCDEFG1.cjs'); console.log(${text});`;
    writeFileSync(join(folder, 'entry.js'), script);
    return execFileSync(process.execPath, ['entry.js'], { cwd: folder, encoding: 'utf8', env: {} }).trim();
  }
  const kept = () => join(home, 'cache', readdirSync(join(home, 'cache'))[0] ?? '');

  test('is kept for its owner alone, and every piece is loaded once', () => {
    expect(run()).toBe('2 true');
    expect(statSync(kept()).mode & 0o777).toBe(0o600);
    const before = statSync(kept()).mtimeMs;
    expect(run()).toBe('2 true');
    expect(statSync(kept()).mtimeMs).toBe(before);
  });

  test('still imports modules when it was kept', () => {
    writeFileSync(join(folder, 'late.mjs'), 'export const late = 42;');
    const importing = "exports.later = () => import('./late.mjs').then(({ late }) => console.log(late));";
    writeFileSync(join(folder, 'two-ABCDEFG2.cjs'), `exports.add = (n) => n + 1; ${importing}`);
    for (let time = 0; time < 3; time += 1)
      expect(run('one.sum(), one.two.later() instanceof Promise')).toBe('2 true\n42');
  });

  test('that is damaged, or that others could have written, is made anew', () => {
    run();
    const whole = readFileSync(kept());
    for (const damaged of [Buffer.from('x'), whole.subarray(0, 200), Buffer.from(whole).fill(7, 120)]) {
      writeFileSync(kept(), damaged);
      expect(run()).toBe('2 true');
      expect(readFileSync(kept()).length).toBeGreaterThan(200);
    }
    writeFileSync(kept(), 'planted by somebody');
    chmodSync(kept(), 0o666);
    expect(run()).toBe('2 true');
    expect(statSync(kept()).mode & 0o777).toBe(0o600);
  });

  test('leaves what imports to Node, which alone can', () => {
    writeFileSync(
      join(folder, 'two-ABCDEFG2.cjs'),
      "exports.add = (n) => n + 1; exports.late = () => import('node:os');",
    );
    for (let runs = 2; runs > 0; runs -= 1)
      expect(run('one.sum()); one.two.late().then((os) => console.log(typeof os.EOL)')).toBe('2\nstring');
  });

  test('of a piece that is gone is left behind', () => {
    run();
    rmSync(join(folder, 'two-ABCDEFG2.cjs'));
    writeFileSync(join(folder, 'two-HIJKLMN3.cjs'), 'exports.add = (n) => n + 2;');
    writeFileSync(join(folder, 'one-ABCDEFG1.cjs'), "exports.sum = () => require('./two-HIJKLMN3.cjs').add(1);");
    expect(run('one.sum()')).toBe('3');
    expect(readFileSync(kept(), 'latin1').split('\n')[1]).not.toContain('ABCDEFG2');
  });

  test('is kept nowhere where nobody has logged in', () => {
    rmSync(home, { recursive: true });
    expect(run()).toBe('2 true');
    expect(existsSync(home)).toBe(false);
  });
});
