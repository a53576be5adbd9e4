import type { Context } from '../../context.js';

/** Whom the server takes this login for. */
export interface Caller {
  readonly username: string;
  readonly subject: string;
  /** Told to a login alone: an API key may not read the account of its owner. */
  readonly email: string | null;
  readonly isAdmin: boolean | null;
  /** The scopes of an API key, of which nothing is stored here. */
  readonly keyScopes: readonly string[] | undefined;
}

/** Asks the server whom it takes this login for, with what each kind of credential may ask. */
export async function askCaller({ api, session }: Pick<Context, 'api' | 'session'>): Promise<Caller> {
  const { method } = await session.state();
  const [key] = method === 'api_key' ? (await api.listOwnApiKeys()).data : [];
  if (key)
    return {
      username: key.owner.name,
      subject: key.owner.id,
      email: null,
      isAdmin: null,
      keyScopes: key.scopes,
    };
  const { data: account } = await api.getMyAccount();
  const { username, id, email, is_admin: isAdmin } = account;
  return { username, subject: id, email, isAdmin, keyScopes: undefined };
}
