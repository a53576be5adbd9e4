import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CompressedScript } from '../http/web.js';
import { PACKAGE_ROOT } from '../platform/package-root.js';

/** The build puts it beside the server: tools/bundle/api-reference.mjs. */
const FILE = new URL('dist/bundle/api-reference.js.gz', PACKAGE_ROOT);

let script: Promise<CompressedScript> | undefined;

/** Scalar, which draws /docs. It is read when somebody first opens that page. */
export function readApiReference(): Promise<CompressedScript> {
  script ??= readFile(FILE).then((gzip) => ({
    gzip,
    version: createHash('sha256').update(gzip).digest('hex').slice(0, 12),
  }));
  return script;
}
