/** What a test file leaves in the directory for temporary files goes with it. */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { removeFolder } from './remove-folder.js';

// A short name: the paths of sockets have little room.
const before = tmpdir();
const scratch = mkdtempSync(join(before, 'at-'));
// Other accounts run some of the processes that tests start.
chmodSync(scratch, 0o755);
process.env.TMPDIR = scratch;

afterAll(async () => {
  process.env.TMPDIR = before;
  await removeFolder(scratch);
});
