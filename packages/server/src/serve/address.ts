import { createServer } from 'node:net';
import { StartError } from './start-error.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Finds out whether the address can be listened on, before anything slow is started, and what port 0 stands for: the issuer
 * has to be known before the first request.
 */
export async function claimAddress(address: Address): Promise<Address> {
  const probe = createServer();
  try {
    const port = await new Promise<number>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ ...address, exclusive: true }, () => {
        const bound = probe.address();
        resolve(typeof bound === 'object' && bound !== null ? bound.port : address.port);
      });
    });
    return { host: address.host, port };
  } catch (error) {
    throw listenError(error, address);
  } finally {
    await new Promise<void>((resolve) => probe.close(() => resolve()));
  }
}

/** What went wrong, why, and what to do about it. */
export function listenError(error: unknown, { host, port }: Address): StartError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const what = `Authly cannot listen on ${host} port ${port}.`;
  const cause = { cause: error };
  switch (code) {
    case 'EADDRINUSE':
      return new StartError(
        what,
        'Another program listens there; perhaps Authly is running already.',
        `Stop it, or choose another port: authly serve --port ${port + 1}`,
        cause,
      );
    case 'EACCES':
      return new StartError(
        what,
        'This account may not use that port.',
        'Choose a port above 1023, for example: authly serve --port 8000',
        cause,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(
        what,
        `${host} is not an address of this machine.`,
        'Choose one that is: --host 127.0.0.1 for this machine alone, --host 0.0.0.0 for every network.',
        cause,
      );
    default:
      return new StartError(what, String(error), 'Check --host and --port.', cause);
  }
}

/** The issuer of a server for trying out, when none was set. */
export function defaultIssuer({ host, port }: Address): string {
  // By the name that people type and that a browser lets a passkey be bound to; an address is neither.
  const isHere = ['0.0.0.0', '::', '', '127.0.0.1', '::1'].includes(host);
  const name = isHere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
