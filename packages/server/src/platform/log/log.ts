import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { readableLine } from './readable-line.js';
import { redact, scrub } from './redact.js';

export interface LogOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  /** JSON lines on standard output, for machines; otherwise readable lines on standard error, beside the banner. */
  readonly json: boolean;
  /** Somewhere else, for tests. */
  readonly stream?: DestinationStream;
}

export interface ServerLog {
  readonly logger: Logger;
  /** Everything said so far is out; for the last moment before the process ends. */
  flush(): void;
}

/** The server's log. Nothing secret gets through: fields by their name, text by what secrets look like. */
export function createLog(options: LogOptions): ServerLog {
  const { stream, flush } = options.stream === undefined ? standardStream(options.json) : withoutFlush(options.stream);
  const logger = pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redact },
      // What the fields of an error are is decided by `redact`.
      serializers: { err: (error: unknown) => error },
      hooks: { streamWrite: options.json ? scrub : (line) => readableLine(scrub(line)) },
    },
    stream,
  );
  return { logger, flush };
}

function standardStream(json: boolean): { stream: DestinationStream; flush: () => void } {
  // Writing must not hold up requests; lines that are still on their way are written out at the end.
  const stream = destination({ dest: json ? 1 : 2, sync: false });
  return {
    stream,
    flush() {
      try {
        stream.flushSync();
      } catch {
        // The reader is gone, or nothing was ever written: there is no one to tell.
      }
    },
  };
}

function withoutFlush(stream: DestinationStream): { stream: DestinationStream; flush: () => void } {
  return { stream, flush: () => undefined };
}
