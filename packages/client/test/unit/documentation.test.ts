import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

/** Every example in the comments of this package, in its README and in the guides is checked by the compiler. */

const root = join(import.meta.dirname, '../../../..');
const source = join(root, 'packages/client/src');
const entries = ['index', 'cli', 'flows', 'jwt', 'testing'] as const;

interface Example {
  /** `packages/client/src/secret.ts:10` */
  readonly place: string;
  readonly code: string;
}

/** What a reader would be misled by: the check must see it. */
const mistaken: Example = { place: 'a mistake:1', code: "await connect({ issuer, clientID: 'my-app' });" };
const documents = ['packages/client/README.md', ...guides()];
const examples: readonly Example[] = [...sources().flatMap(commentsOf), ...documents.flatMap(blocksOf)];

/** What stands in examples for things that every reader has: made elsewhere, of these types. */
const given = `
declare const issuer: string, audience: string, clientId: string, home: string, callbackUrl: string;
declare const token: string, accessToken: string, refreshToken: string;
declare const error: unknown;
declare const headers: Headers, answer: Response;
declare const askHidden: () => Promise<string>;
declare const createServer: typeof import('node:http').createServer;
declare const client: import('@authly/client').AuthClient;
declare const credential: import('@authly/client').Credential;
declare const authenticator: import('@authly/client/cli').CLIAuthenticator;
declare const connection: import('@authly/client/flows').Connection;
declare const request: import('@authly/client/flows').AuthorizationRequest;
declare const device: import('@authly/client/flows').DeviceAuthorization;
declare const verifier: import('@authly/client/jwt').TokenVerifier;
declare const runExternalCommand: typeof import('${source}/credentials/external-command.js').runExternalCommand;
`;

describe('the examples', () => {
  let program: ts.Program;
  beforeAll(() => {
    program = compile();
  }, 60_000);

  it('are found: one for each function and class that can be called', () => {
    const checker = program.getTypeChecker();
    const bare = entries
      .flatMap((entry) => exportsOf(program, entry))
      .filter((symbol) => needsExample(symbol, checker));
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  it('are read as the compiler reads them: a mistake is found', () => {
    expect(mistakesIn(program, mistaken).join()).toContain('clientID');
  });

  // @rule 3.12
  it.each(examples.map((example) => [example.place, example] as const))('at %s compile', (_place, example) => {
    expect(mistakesIn(program, example)).toEqual([]);
  });
});

function mistakesIn(program: ts.Program, { place }: Example): readonly string[] {
  const file = program.getSourceFile(virtualPath(place));
  if (!file) throw new Error(`${place} was not compiled`);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

function compile(): ts.Program {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ['source'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const files = new Map(
    [...examples, mistaken].map((example) => [virtualPath(example.place), `${example.code}\nexport {};\n`]),
  );
  const names = join(source, '../names.d.ts');
  files.set(names, given + exportedNames());
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (path) => files.get(path) ?? read(path);
  host.fileExists = (path) => files.has(path) || existsSync(path);
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (path, how) => {
    const text = files.get(path);
    return text === undefined ? parse(path, how) : ts.createSourceFile(path, text, how);
  };
  const all = [...files.keys(), ...entries.map((entry) => join(source, `${entry}.ts`))];
  return ts.createProgram({ rootNames: all, options, host });
}

/** Examples need not say where what they show comes from: every public name is there, and their own imports go before. */
function exportedNames(): string {
  const module = (entry: string) => `@authly/client${entry === 'index' ? '' : `/${entry}`}`;
  const named = new Set<string>();
  return entries
    .flatMap((entry) =>
      [...readFileSync(join(source, `${entry}.ts`), 'utf8').matchAll(/^export \{ ([^}]+) \} from/gms)]
        .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))
        .filter((name) => name !== '' && !named.has(name) && named.add(name))
        .map((name) => `declare const ${name}: typeof import('${module(entry)}').${name};`),
    )
    .join('\n');
}

function exportsOf(program: ts.Program, entry: string): readonly ts.Symbol[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(join(source, `${entry}.ts`));
  const symbol = file && checker.getSymbolAtLocation(file);
  return (symbol ? checker.getExportsOfModule(symbol) : []).map((one) =>
    one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one,
  );
}

/** Errors are thrown, not called: the example of the first one is for all of them. */
function needsExample(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const isCode = symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class);
  if (!isCode || symbol.name.endsWith('Error')) return false;
  return !symbol.getJsDocTags(checker).some(({ name }) => name === 'example');
}

function sources(): readonly string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('packages/client/src', name))
    .sort();
}

function commentsOf(path: string): readonly Example[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(/^ *\* @example\n *\* ```ts\n([\s\S]*?)\n *\* ```$/gm)].map((found) => ({
    place: `${path}:${lineOf(text, found.index)}`,
    code: (found[1] ?? '').replaceAll(/^ *\* ?/gm, ''),
  }));
}

/** Blocks that are files of a guide are run as a whole, and not compiled here: e2e/docs. */
function blocksOf(path: string): readonly Example[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(/(<!-- file [^\n]*-->\n+)?^```(ts|js)\n([\s\S]*?)\n```$/gm)]
    .filter(([, asFile]) => asFile === undefined)
    .map((found) => ({
      place: `${path}:${lineOf(text, found.index)}`,
      code: found[3] ?? '',
    }));
}

function guides(): readonly string[] {
  return readdirSync(join(root, 'docs/guide'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs/guide', name))
    .filter((path) => readFileSync(join(root, path), 'utf8').includes('@authly/client'))
    .sort();
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** Beside the package, so that its name and its dependencies are found from there. */
function virtualPath(place: string): string {
  return join(source, '..', `example-${place.replaceAll(/[^\w]/g, '-')}.ts`);
}
