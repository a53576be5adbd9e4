/**
 * Checks the import rule of ARCHITECTURE.md, and that the checker still sees: it plants one violation of each kind, in a copy
 * of nothing but the planted file, and fails unless every one is reported. The same for the ban on clocks and chance in rules.
 */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const server = 'packages/server/src';

/** [file to plant, its text, the rule that must object] */
const PLANTED = [
  [`${server}/protocol/planted-storage.ts`, "import '../storage/postgres/sql.js';\n", 'rules-know-no-outside'],
  [`${server}/identity/planted-http.ts`, "import '../http/answer.js';\n", 'rules-know-no-outside'],
  [`${server}/model/planted-port.ts`, "import '../ports/clock.js';\n", 'model-knows-only-words'],
  [`${server}/ports/planted-protocol.ts`, "import '../protocol/error.js';\n", 'ports-are-interfaces'],
  [`${server}/http/planted-storage.ts`, "import '../storage/postgres/sql.js';\n", 'only-compose-meets-implementations'],
  [`${server}/storage/planted-rule.ts`, "import '../protocol/error.js';\n", 'implementations-know-ports-only'],
  ['packages/oauth/src/planted-node.ts', "import 'node:fs';\n", 'oauth-imports-nothing'],
  [
    'packages/db-proxy/src/planted-server.ts',
    "import '../../server/src/index.js';\n",
    'db-proxy-imports-nothing-of-ours',
  ],
  [
    'packages/cli/src/planted-database.ts',
    "import '../../server/src/storage/postgres/sql.js';\n",
    'cli-speaks-the-api-only',
  ],
];

const PLANTED_LINT = [
  `${server}/protocol/planted-clock.ts`,
  'export const now = (): number => Date.now() + Math.random();\n',
];

function cruise() {
  const run = spawnSync(
    join(root, 'node_modules/.bin/depcruise'),
    [
      'packages/oauth/src',
      'packages/admin-api/src',
      'packages/client/src',
      'packages/server/src',
      'packages/cli/src',
      'packages/db-proxy/src',
      '--output-type',
      'json',
    ],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  if (!run.stdout) throw new Error(`the dependency checker said nothing: ${run.stderr}`);
  return JSON.parse(run.stdout).summary;
}

const problems = [];
const files = [...PLANTED.map(([file]) => file), PLANTED_LINT[0]];
try {
  for (const [file, text] of [...PLANTED, PLANTED_LINT]) writeFileSync(join(root, file), text);
  const { violations, totalCruised } = cruise();
  if (totalCruised < 100) problems.push(`the checker looked at ${totalCruised} modules only: it does not see the code`);
  for (const [file, , rule] of PLANTED) {
    if (!violations.some((found) => found.from === file && found.rule.name === rule))
      problems.push(`planted in ${file}: ${rule} did not object`);
  }
  for (const found of violations.filter(({ from }) => !files.includes(from))) {
    problems.push(
      `${found.rule.name}: ${found.from} → ${(found.cycle ?? []).map((step) => step.name ?? step).join(' → ') || found.to}`,
    );
  }
  const lint = spawnSync(join(root, 'node_modules/.bin/oxlint'), [PLANTED_LINT[0]], { cwd: root, encoding: 'utf8' });
  for (const banned of ['Take the time from context.clock', 'Take chance from context.random']) {
    if (!`${lint.stdout}${lint.stderr}`.includes(banned))
      problems.push(`planted in ${PLANTED_LINT[0]}: the linter did not say "${banned}"`);
  }
} finally {
  for (const file of files) rmSync(join(root, file), { force: true });
}

if (problems.length > 0) {
  console.error(`The import rule is broken:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  process.exit(1);
}
console.log(`import rule: ${PLANTED.length} planted violations and the planted clock were seen, nothing else`);
