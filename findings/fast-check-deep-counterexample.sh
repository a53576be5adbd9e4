#!/usr/bin/env bash
# fast-check 4.10.2.
# Valid input: a property that fails for a value holding lists nested 5,000 deep (which JSON.parse reads).
# Expected: the property's own error with its counterexample. Seen: RangeError "Maximum call stack size exceeded" while it is printed.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm pkg set type=module >/dev/null
npm install --no-audit --no-fund --silent fast-check@4.10.2
cat >main.js <<'JS'
import fc from 'fast-check';
const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000));
try {
  fc.assert(fc.property(fc.constant(deep), () => false));
} catch (error) {
  console.log(`${error.name}: ${String(error.message).split('\n')[0]}`);
}
JS
seen=$(node main.js); echo "$seen"
[ "$seen" = 'RangeError: Maximum call stack size exceeded' ] || { echo "this has changed" >&2; exit 1; }
