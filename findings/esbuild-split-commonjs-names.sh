#!/usr/bin/env bash
# esbuild 0.28.2, `--splitting --format=esm --platform=node`.
# Valid input: `const { add } = await import('a CommonJS package')`, the package assigning `exports.add` one by one.
# Expected: what Node gives, the function. Seen: the chunk exports `default` only, so the name is undefined.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm pkg set type=module >/dev/null
npm install --no-audit --no-fund --silent esbuild@0.28.2
mkdir -p node_modules/adder
echo '{"name":"adder","version":"1.0.0","main":"index.js"}' >node_modules/adder/package.json
echo 'exports.add = (left, right) => left + right;' >node_modules/adder/index.js
cat >main.js <<'JS'
const { add } = await import('adder');
console.log(typeof add);
JS
node_modules/.bin/esbuild main.js --bundle --splitting --format=esm --platform=node --outdir=out --log-level=error
by_node=$(node main.js); by_bundle=$(node out/main.js)
echo "Node: $by_node; the bundle: $by_bundle"
[ "$by_node" = function ] && [ "$by_bundle" = undefined ] || { echo "this has changed" >&2; exit 1; }
