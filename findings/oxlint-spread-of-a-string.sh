#!/usr/bin/env bash
# oxlint 1.89.0, unicorn/no-useless-spread.
# Valid input: `[...text.slice(-4)]` where text is a string: the list of its last letters.
# Expected: no report, as a slice of a string is a string. Seen: "Using the spread operator here creates a new array unnecessarily" (an error with --deny-warnings).
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent oxlint@1.89.0
cat >letters.ts <<'TS'
export function lastLetters(text: string): string[] {
  return [...text.slice(-4)];
}
TS
seen=$(node_modules/.bin/oxlint --format=unix letters.ts || true); echo "$seen"
grep -q 'no-useless-spread' <<<"$seen" || { echo "this has changed" >&2; exit 1; }
