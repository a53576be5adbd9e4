/** What the change of JWT_SECRET_KEY asks for: nothing stays sealed with a key that is about to be forgotten. */
import type { SecretBox } from '../ports/crypto/secret-box.js';
import type { SealedKind, SealedRows } from '../ports/store/sealed-rows.js';

/** The database holds secrets that none of the given master keys opens. */
export class ForeignSecretsError extends Error {
  constructor(what: string) {
    super(
      `${what} in this database cannot be opened: it was sealed with another JWT_SECRET_KEY. Start with that one, or ` +
        'name it in JWT_SECRET_KEY_PREVIOUS beside the new one.',
    );
    this.name = 'ForeignSecretsError';
  }
}

const NAMES: Readonly<Record<SealedKind, string>> = {
  'signing-key': 'a signing key',
  'totp-app': 'the secret of an authenticator app',
  'lasting-key': "the installation's own key",
};
const KINDS = Object.keys(NAMES) as SealedKind[];
const BATCH = 200;

/** @throws ForeignSecretsError where something lies in the database that can never be opened */
export async function refuseForeignSecrets(rows: SealedRows, box: SecretBox): Promise<void> {
  const foreign = await rows.findForeign(box.knownPrefixes);
  if (foreign !== undefined) throw new ForeignSecretsError(NAMES[foreign]);
}

/** Seals anew what another key than the present one sealed, and says how many that were. Several nodes may do it at once. */
export async function sealAnew(rows: SealedRows, box: SecretBox): Promise<number> {
  let count = 0;
  for (const kind of KINDS) {
    for (;;) {
      const behind = await rows.listBehind(kind, box.prefix, BATCH);
      for (const row of behind) {
        const context = `${kind}:${row.id}`;
        const plain = box.open(row.sealed, context);
        if (plain === undefined) throw new ForeignSecretsError(NAMES[kind]);
        await rows.replace(kind, row, box.seal(plain, context));
      }
      count += behind.length;
      if (behind.length < BATCH) break;
    }
  }
  return count;
}

/** The key of the installation that outlives every change of the settings. */
export async function lastingKey(
  rows: SealedRows,
  name: string,
  { box, fresh }: { readonly box: SecretBox; readonly fresh: Buffer },
): Promise<Buffer> {
  const context = `lasting-key:${name}`;
  const key = box.open(await rows.lastingKey(name, box.seal(fresh, context)), context);
  if (key === undefined) throw new ForeignSecretsError(NAMES['lasting-key']);
  return key;
}
