import { rm } from 'node:fs/promises';
import { vi } from 'vitest';

/**
 * Removes a folder in which a process that was told to end may still write: a file that comes while the folder is
 * being emptied is what the next try removes. Node's own `maxRetries` only repeats the last step, which would fail again.
 */
export async function removeFolder(path: string): Promise<void> {
  await vi.waitFor(() => rm(path, { recursive: true, force: true }), { timeout: 30_000, interval: 100 });
}
