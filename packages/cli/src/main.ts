import { run } from './run.js';

/** The process around a run: streams, signals, exit code. */

// Whoever reads may stop reading: `authly admin client list | head -1` is not an error.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode ?? 0);
  });

void run({
  words: process.argv.slice(2),
  streams: {
    // To open it takes a while, and most commands never read.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
  },
  env: process.env,
  clock: { now: () => new Date() },
}).then((code) => {
  // Not process.exit: what is still on its way into a pipe would be lost.
  process.exitCode = code;
  return code;
});
