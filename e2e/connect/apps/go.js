import { readFileSync } from 'node:fs';

/** Where install has put the programs of Go, and the caches that it filled. */
export const BIN = new URL('../../.go/bin/', import.meta.url).pathname;
const [GOCACHE, GOMODCACHE] = readFileSync(new URL('../../.go/installed', import.meta.url), 'utf8').trim().split('\n');
export const environment = { ...process.env, GOCACHE, GOMODCACHE, GOFLAGS: '-mod=mod', GOPROXY: 'off' };
