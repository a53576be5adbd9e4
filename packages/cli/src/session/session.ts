/** The login of this person on this computer, as commands see it. */

export interface SessionState {
  readonly authenticated: boolean;
  /** The name under which the login is kept, when there is one. */
  readonly profile: string | undefined;
  /** What gives the credential: `login`, or the variable that beats it. */
  readonly source: string | undefined;
  readonly issuer: string | undefined;
  /** The server that the tokens are for. */
  readonly apiUrl: string | undefined;
  readonly username: string | undefined;
  readonly subject: string | undefined;
  readonly method: string | undefined;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | undefined;
  readonly refreshable: boolean;
  /** When refreshing ends, where the server has said so. */
  readonly sessionExpiresAt: Date | undefined;
  readonly storage: StorageState;
  /** Variables that hold a credential, and whether they are what is used. */
  readonly overrides: readonly { readonly env: string; readonly active: boolean }[];
  /** The time of the server minus that of this computer. */
  readonly clockSkewSeconds: number | undefined;
  /** What a person should know: a variable that wins, a clock that is off. */
  readonly warnings: readonly string[];
}

export interface StorageState {
  readonly path: string;
  readonly exists: boolean;
  /** `keyring+file`, `keyfile+file`, … */
  readonly backend: string;
  readonly encrypted: boolean;
}

export const LOGIN_METHODS = ['password', 'auto', 'browser', 'device', 'client-credentials', 'api-key'] as const;
export type LoginMethod = (typeof LOGIN_METHODS)[number];

export interface LoginRequest {
  /** Absent: a password where the server takes one, else the browser. */
  readonly method: LoginMethod | undefined;
  readonly scopes: readonly string[];
  /** Asks for what is missing, or knows it already. */
  readonly username: () => Promise<string>;
  readonly password: () => Promise<string>;
  /** Asks for the code of a second factor, the n-th time; absent where nobody can be asked. */
  readonly otp: ((question: { readonly attempt: number }) => Promise<string>) | undefined;
  /** Given on standard input; asked for, or taken from the environment, without it. */
  readonly apiKey: string | undefined;
  readonly noBrowser: boolean;
  readonly callbackPort: number | undefined;
  /** Seconds that the person may take. */
  readonly waitSeconds: number | undefined;
}

/** Tokens in clear, for --show-token alone. */
export interface ShownTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
}

/** A login that was started for somebody else to finish. */
export interface PendingLogin {
  readonly id: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string | undefined;
  readonly expiresAt: Date;
}

export interface LogoutResult {
  /** How many logins were ended. */
  readonly ended: number;
  /** What the server made of it: `revoked`, `nothing` to revoke, or `failed` to. */
  readonly revocation: 'revoked' | 'nothing' | 'failed';
  /** What goes on although the login has ended. */
  readonly warnings: readonly string[];
}

export interface ProfileState {
  readonly name: string;
  readonly active: boolean;
  readonly apiUrl: string | undefined;
  readonly username: string | undefined;
  readonly method: string | undefined;
  readonly loggedIn: boolean;
}

/** Everything that commands do with logins. Nothing is read before a method is called. */
export interface Session {
  /** A token for the configured server, refreshed when it must be. @throws when nobody is logged in there. */
  token(need?: { readonly minTtlSeconds?: number; readonly forceRefresh?: boolean }): Promise<string>;
  /** A new token in place of one that the server refused; `undefined` when there is no way to get one. */
  renew(): Promise<string | undefined>;
  /** What is known without asking the server and without unlocking anything. */
  state(): Promise<SessionState>;
  login(request: LoginRequest): Promise<SessionState>;
  /** Starts a login that `continueLogin` finishes, perhaps in another process. */
  startLogin(request: Pick<LoginRequest, 'scopes'>): Promise<PendingLogin>;
  continueLogin(id: string): Promise<SessionState>;
  /** The tokens of the login at hand. */
  reveal(): Promise<ShownTokens>;
  logout(how: { readonly all: boolean; readonly localOnly: boolean }): Promise<LogoutResult>;
  profiles(): Promise<readonly ProfileState[]>;
  /** Makes another profile the one in use. @throws when there is none of that name. */
  switchTo(name: string): Promise<ProfileState>;
  /** Forgets a login and everything that is kept for it. @throws when there is none of that name. */
  remove(name: string, how: { readonly localOnly: boolean }): Promise<void>;
  /** Waits until nothing is on its way to the disk. */
  close(): Promise<void>;
}
