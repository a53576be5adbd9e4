/** A parameter of an endpoint: what it says, in words for the documentation. */
export type Parameter = string | { readonly says: string; readonly required: true };

/** Where applications ask, as the log and the audit log name it. */
export type AskedEndpoint =
  | 'authorize'
  | 'par'
  | 'token'
  | 'device_authorization'
  | 'authorize-challenge'
  | 'register'
  | 'introspect'
  | 'revoke';

/** Everything that is known about an endpoint, as data: routes, discovery, documentation and the reading of requests come from it. */
export interface Endpoint {
  /** `root`: below the path of the issuer. `api`: below the API prefix, `/api/v1` by default. */
  readonly mount: 'root' | 'api';
  readonly path: string;
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'DELETE')[];
  readonly tag: 'oauth' | 'openid connect' | 'discovery' | 'health';
  readonly summary: string;
  /** Who must prove what: nobody, a client, the bearer of a token, or a person in a browser. */
  readonly access: 'anyone' | 'client' | 'bearer' | 'browser';
  /**
   * In the query of a GET, in the form of a POST. What is not in the list is ignored, as OAuth wants it. What is in the list is
   * refused when it comes twice; only `resource` may. @spec OAuth 2.1 §3.1, §3.2, RFC 8707 §2
   */
  readonly parameters?: Readonly<Record<string, Parameter>>;
  /** The parameters are members of a JSON object instead. */
  readonly json?: true;
  /** What success looks like, in words. */
  readonly answer: string;
  /** How a refusal is written: as OAuth's JSON, as the JSON of the other APIs, or as a page. */
  readonly refusals: 'oauth' | 'api' | 'page';
  /** Applications ask for a login or a token here, or what one is worth: what is refused to them is told to the operator, by this name. */
  readonly asked?: AskedEndpoint;
  /** Browser applications of other origins may call it. */
  readonly cors?: true;
  /** GET changes something, so HEAD is refused. @spec RFC 9110 §9.2.1 */
  readonly hasEffect?: true;
  /** The member of the discovery documents that holds its address. @spec RFC 8414 §2 */
  readonly metadata?: string;
}

/** With which a client says who it is, where it does not do so in the Authorization header. */
export const CLIENT_PARAMETERS = {
  client_id: 'Instead of, or with, the Authorization header',
  client_secret: 'For client_secret_post',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: 'A JWT signed by the client, for private_key_jwt',
} as const;
