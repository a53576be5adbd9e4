/** Nominal types for strings that must not be mixed up. Only the function that checks or makes one may brand it. */
declare const brand: unique symbol;

/** A string that carries the name of what it identifies. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** The public identifier of a client. @spec RFC 6749 §2.2 */
export type ClientId = Branded<string, 'ClientId'>;
/** The identifier of a person: a UUID, stable and never reassigned. */
export type UserId = Branded<string, 'UserId'>;
/** The public identifier of a browser session, the `sid` claim. */
export type SessionId = Branded<string, 'SessionId'>;
/** The identifier of one authorization of one login: the family that every token of it belongs to. */
export type GrantId = Branded<string, 'GrantId'>;
/** The SHA-256 of a generated secret, in base64url; the only form in which secrets are stored. */
export type TokenHash = Branded<string, 'TokenHash'>;
/** A redirect address that has been compared with the registered ones. Only `trustRedirect` makes it. */
export type TrustedRedirect = Branded<string, 'TrustedRedirect'>;
