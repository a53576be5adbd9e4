import { ProtocolFault } from './frames.js';

export type FirstPacket =
  | { readonly kind: 'tls' }
  | { readonly kind: 'gss' }
  | { readonly kind: 'cancel' /** In hexadecimal: 8 bytes, or 36 since version 3.2. */; readonly key: string }
  | {
      readonly kind: 'start-up';
      readonly minor: number;
      readonly parameters: ReadonlyMap<string, string>;
      /** Protocol options that nobody here knows. */
      readonly options: readonly string[];
    };

const LONGEST = 10_000;
const TLS = 80_877_103;
const GSS = 80_877_104;
const CANCEL = 80_877_102;

/** The packet before which nothing is known of the sender; `undefined` until all of it has come. */
export function readFirstPacket(bytes: Buffer): { readonly packet: FirstPacket; readonly length: number } | undefined {
  if (bytes.length < 4) return undefined;
  const length = bytes.readInt32BE(0);
  if (length < 8 || length > LONGEST) throw new ProtocolFault('a start-up packet of a length that is not accepted');
  if (bytes.length < length) return undefined;
  return { packet: readPacket(bytes.subarray(4, length)), length };
}

function readPacket(body: Buffer): FirstPacket {
  const code = body.readInt32BE(0);
  if (code === TLS && body.length === 4) return { kind: 'tls' };
  if (code === GSS && body.length === 4) return { kind: 'gss' };
  if (code === CANCEL && (body.length === 12 || body.length === 40))
    return { kind: 'cancel', key: body.toString('hex', 4) };
  if (code >> 16 !== 3) throw new ProtocolFault('a version of the protocol that is not served');
  return { kind: 'start-up', minor: code & 0xffff, ...readParameters(body.subarray(4)) };
}

function readParameters(body: Buffer): { parameters: Map<string, string>; options: string[] } {
  const words = body.toString('utf8').split('\0');
  // Each word ends with a zero, and one more ends the list.
  if (words.length < 2 || words.at(-1) !== '' || words.at(-2) !== '' || words.length % 2 !== 0)
    throw new ProtocolFault('a start-up packet that does not end');
  const parameters = new Map<string, string>();
  const options: string[] = [];
  for (let at = 0; at < words.length - 2; at += 2) {
    const name = words[at] ?? '';
    const value = words[at + 1] ?? '';
    if (name === '') throw new ProtocolFault('a start-up packet that goes on after its end');
    if (name.startsWith('_pq_.')) options.push(name);
    else if (parameters.has(name.toLowerCase())) throw new ProtocolFault('a start-up packet that says one thing twice');
    else parameters.set(name.toLowerCase(), value);
  }
  return { parameters, options };
}
