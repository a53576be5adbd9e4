#!/usr/bin/env bash
# Node.js 20.20.2 (npm: node 20.20.2), vm.Script with `cachedData` and `importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER`.
# Valid input: a script that says `import('node:path')`, compiled first without a cache, and by the next process from the cache that the first one wrote.
# Expected: the import works both times, since the same option stands beside both. Seen: from the cache it is refused with "A dynamic import callback
# was not specified", and `cachedDataRejected` is false.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent --foreground-scripts node@20.20.2
cat >main.js <<'JS'
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const vm = require('node:vm');
const code = "(() => import('node:path').then(() => 'imported', (error) => error.message))";
const cachedData = existsSync('cache') ? readFileSync('cache') : undefined;
const script = new vm.Script(code, { filename: 'main.js', cachedData, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
script.runInThisContext()().then((seen) => {
  console.log(`${cachedData ? `from the cache (rejected: ${script.cachedDataRejected})` : 'without a cache'}: ${seen}`);
  writeFileSync('cache', script.createCachedData());
});
JS
run() { node_modules/.bin/node --no-warnings main.js; }
seen=$(run; run); echo "$seen"
[ "$seen" = $'without a cache: imported\nfrom the cache (rejected: false): A dynamic import callback was not specified.' ] || { echo "this has changed" >&2; exit 1; }
