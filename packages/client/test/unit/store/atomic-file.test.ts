import type * as FileSystem from 'node:fs';
import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

let writePrivateFile: (path: string, text: string) => void;

/** How often the operating system still refuses to rename: the only part of it that stands in for Windows here. */
const busy = vi.hoisted(() => ({ times: 0, renames: 0 }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof FileSystem>();
  return {
    ...fs,
    renameSync: (from: string, to: string) => {
      busy.renames += 1;
      if (busy.renames > busy.times) return fs.renameSync(from, to);
      throw Object.assign(new Error('busy'), { code: 'EPERM' });
    },
  };
});
// Files before this one have loaded the module with the real file system, and those after it want that again.
beforeAll(async () => {
  vi.resetModules();
  ({ writePrivateFile } = await import('../../../src/store/atomic-file.js'));
});
afterAll(() => {
  vi.doUnmock('node:fs');
  vi.resetModules();
});

const platform = process.platform;
afterEach(() => Object.defineProperty(process, 'platform', { value: platform }));

async function write(
  onPlatform: NodeJS.Platform,
  times: number,
): Promise<{ path: string; files(): Promise<string[]> }> {
  const directory = await mkdtemp(join(tmpdir(), 'authly-atomic-'));
  const path = join(directory, 'tokens.json');
  Object.assign(busy, { times, renames: 0 });
  Object.defineProperty(process, 'platform', { value: onPlatform });
  writePrivateFile(path, 'text');
  return { path, files: () => readdir(directory) };
}

describe('a rename that the operating system refuses', () => {
  // @rule 2.16
  it('is tried again on Windows, where a scanner may hold the file for some milliseconds', async () => {
    const { path, files } = await write('win32', 9);
    expect(await readFile(path, 'utf8')).toBe('text');
    expect([busy.renames, await files()]).toEqual([10, ['tokens.json']]);
  });

  // @rule 2.16
  it('is a failure after ten tries, and elsewhere at once; the old file stays and no other', async () => {
    await expect(write('win32', 10)).rejects.toMatchObject({ code: 'storage_denied' });
    expect(busy.renames).toBe(10);
    await expect(write('linux', 1)).rejects.toMatchObject({ code: 'storage_denied' });
    expect(busy.renames).toBe(1);
  });
});
