'use strict';
/**
 * The compiled form of the command is kept between runs: compiling it took longer than most commands run. Node does that by itself from 22.1
 * on; before that this file does, in the folder `cache` beside the logins, where there is one. Compiled code is run as it is, so a file that
 * somebody else could have written is not looked at.
 */
const {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { createHash } = require('node:crypto');
const { basename, join } = require('node:path');
const { createRequire, wrap } = require('node:module');
const { Script } = require('node:vm');

/** Only a name with the hash of its content says that the content is still the same. */
const PIECE = /-[A-Z0-9]{8}\.cjs$/;
const IMPORT = /(?<![.\w])import\(/;

exports.keepCompiled = function keepCompiled(env, pieces) {
  const home = env.AUTHLY_HOME || (env.HOME && join(env.HOME, '.authly'));
  if (!home || env.NODE_DISABLE_COMPILE_CACHE || !process.getuid) return;
  if (statSync(home, { throwIfNoEntry: false })?.uid !== process.getuid()) return;
  const file = join(home, 'cache', `${process.version}-${process.arch}`);
  const known = readKnown(file);
  const scripts = new Map();
  let isNew = false;
  const compilePlainly = require.extensions['.cjs'] ?? require.extensions['.js'];
  const loaded = new Map();

  // A piece asks for its neighbours by their file names: nothing has to be looked for.
  function loadPiece(path, module, read) {
    const before = loaded.get(path);
    if (before !== undefined) return before.exports;
    const text = read ?? readFileSync(path, 'utf8');
    // Compiled code that was kept has forgotten how to import a module: Node compiles such a piece itself.
    if (IMPORT.test(text)) return require(path);
    loaded.set(path, module);
    const name = basename(path);
    const cachedData = known.get(name);
    const script = new Script(wrap(text), { filename: path, cachedData });
    isNew ||= cachedData === undefined || script.cachedDataRejected === true;
    scripts.set(name, script);
    const folder = join(path, '..');
    const from = createRequire(path);
    const load = (id) =>
      PIECE.test(id) && id.startsWith('./') ? loadPiece(join(folder, id), { exports: {} }) : from(id);
    script.runInThisContext().call(module.exports, module.exports, load, module, path, folder);
    return module.exports;
  }
  require.extensions['.cjs'] = (module, path) => {
    const text = PIECE.test(path) ? readFileSync(path, 'utf8') : undefined;
    if (text !== undefined && !IMPORT.test(text)) module.exports = loadPiece(path, module, text);
    else compilePlainly(module, path);
  };
  // Late, so that it holds what was compiled on the way as well. Pieces of an older build are left behind.
  process.once('exit', () => {
    if (!isNew) return;
    const present = [...known].filter(([name]) => existsSync(join(pieces, name)));
    write(file, new Map([...present, ...[...scripts].map(([name, script]) => [name, script.createCachedData()])]));
  });
};

/** A line with the digest of all that follows, one of JSON with names and lengths, then the compiled pieces. V8 itself would run what is damaged. */
function readKnown(file) {
  const known = new Map();
  let open;
  try {
    open = openSync(file, 'r');
    const { uid, mode } = fstatSync(open);
    if (uid !== process.getuid() || (mode & 0o022) !== 0) return known;
    const bytes = readFileSync(open);
    const start = bytes.indexOf(10) + 1;
    if (bytes.toString('latin1', 0, start - 1) !== digestOf(bytes.subarray(start))) return known;
    const end = bytes.indexOf(10, start);
    let at = end + 1;
    for (const [name, length] of JSON.parse(bytes.toString('utf8', start, end))) {
      known.set(name, bytes.subarray(at, at + length));
      at += length;
    }
  } catch {
    // Missing or damaged: it is made anew.
    known.clear();
  } finally {
    if (open !== undefined) closeSync(open);
  }
  return known;
}

function write(file, pieces) {
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    const head = JSON.stringify([...pieces].map(([name, bytes]) => [name, bytes.length]));
    const temporary = `${file}.${process.pid}`;
    const content = Buffer.concat([Buffer.from(`${head}\n`), ...pieces.values()]);
    writeFileSync(temporary, Buffer.concat([Buffer.from(`${digestOf(content)}\n`), content]), {
      flag: 'wx',
      mode: 0o600,
    });
    renameSync(temporary, file);
  } catch {
    // A command that has done its work does not fail for the next one's speed.
  }
}

function digestOf(bytes) {
  return createHash('sha256').update(bytes).digest('base64url');
}
