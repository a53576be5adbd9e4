import type { Context } from '../../ports/context.js';
import { invalidMetadata, type DescribedClient } from './read-client.js';

const LARGEST_LIST = 65_536;

/** The list of a sector must name every address of the client: else anybody could say that they belong to it. @spec OpenID Connect Registration §5 */
// @check 237
export async function checkSector(
  { sectorIdentifierUri, redirectUris }: Pick<DescribedClient, 'sectorIdentifierUri' | 'redirectUris'>,
  { outbound }: Pick<Context, 'outbound'>,
): Promise<void> {
  if (sectorIdentifierUri === undefined) return;
  const listed = await outbound
    .fetchDocument(sectorIdentifierUri, { purpose: 'sector', types: ['application/json'], maxBytes: LARGEST_LIST })
    .then(readList, () => undefined);
  if (listed === undefined)
    throw invalidMetadata('sector_identifier_uri could not be read as a JSON list of addresses.');
  const missing = redirectUris.find((address) => !listed.includes(address));
  if (missing !== undefined) throw invalidMetadata('sector_identifier_uri does not list every redirect address.');
}

function readList(body: Buffer): readonly unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(body.toString('utf8'));
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}
