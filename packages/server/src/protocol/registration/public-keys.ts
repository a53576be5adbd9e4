/** Members that only a private or shared key has. @spec RFC 7518 §6 */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const MOST_KEYS = 20;
/** Of the modulus, in base64url: 2048 bits are 342 characters, 8192 bits 1366. */
const SHORTEST_MODULUS = 341;
const LONGEST_MODULUS = 1366;

/** What is wrong with the keys that a client publishes, to follow the name of the field. @spec RFC 7517 §5, RFC 7591 §2 */
// @check 122, 236
export function publicKeysProblem(value: unknown): string | undefined {
  const keys: unknown = isObject(value) ? value['keys'] : undefined;
  if (!Array.isArray(keys)) return 'must be a JSON object with a list of keys';
  if (keys.length > MOST_KEYS) return `may hold at most ${MOST_KEYS} keys`;
  return keys.map(keyProblem).find((problem) => problem !== undefined);
}

function keyProblem(key: unknown): string | undefined {
  if (!isObject(key) || typeof key['kty'] !== 'string') return 'must hold keys as JSON objects with kty';
  if (Object.keys(key).length > 30 || JSON.stringify(key).length > 20_000) return 'holds a key that is too large';
  if (SECRET_MEMBERS.some((member) => member in key)) return 'must hold public keys only';
  if (key['kty'] === 'oct') return 'must hold public keys only';
  const { n } = key;
  if (key['kty'] !== 'RSA') return undefined;
  if (typeof n !== 'string' || n.length > LONGEST_MODULUS) return 'holds an RSA key that cannot be used';
  return n.length < SHORTEST_MODULUS ? 'holds an RSA key of fewer than 2048 bits' : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
