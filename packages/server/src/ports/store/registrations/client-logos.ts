/** The logo of a client as this server serves it. */
export interface ClientLogo {
  readonly contentType: string;
  readonly body: Buffer;
}

export interface ClientLogoStore {
  /** Keeps what was fetched from this address; false when the client names another one by now. */
  keep(client: string, logo: ClientLogo & { readonly uri: string }): Promise<boolean>;
  /** The logo of this content. */
  find(version: string): Promise<ClientLogo | undefined>;
}
