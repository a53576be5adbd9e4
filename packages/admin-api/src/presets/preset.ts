import type { ClientMetadataRecord } from '@authly/oauth';

/** How a client must be registered for a piece of software that people connect, and what that software is told then. */
export interface Preset {
  /** Its name as people know it. */
  readonly title: string;
  /** What the creation body says where its sender says nothing else. */
  readonly client: PresetClient;
  /** How each redirect URI must end, where the software does not let its user choose. */
  readonly callbackPath?: string;
  /** The command that installs it. */
  readonly install?: string;
  /** How far somebody saw the files below work, where the tests do not run them. */
  readonly tried?: string;
  files(values: PresetValues): readonly PresetFile[];
  /** What one has to know besides, in sentences. */
  readonly notes?: readonly string[];
}

export interface PresetClient extends Partial<Omit<ClientMetadataRecord, 'client_name'>> {
  readonly client_type: 'confidential' | 'public';
  /** Where it runs on a developer's machine, with the path that a login returns to; none where nobody signs in. */
  readonly redirect_uris: string[];
  readonly scope: string;
}

/** A file for that software, with the values of one client. */
export interface PresetFile {
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

export interface PresetValues {
  readonly issuer: string;
  readonly clientId: string;
  /** Empty for a public client. */
  readonly clientSecret: string;
  /** Empty where nobody signs in. */
  readonly redirectUri: string;
  /** The origin of the redirect URI. */
  readonly address: string;
  /** With spaces between them. */
  readonly scope: string;
  /** The issuer is an http address: a server on one's own machine. */
  readonly isHttp: boolean;
}

/** The values of a client that has just been made. */
export function presetValues(client: {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
}): PresetValues {
  const redirectUri = client.redirectUris[0] ?? '';
  return {
    issuer: client.issuer,
    clientId: client.clientId,
    clientSecret: client.clientSecret ?? '',
    redirectUri,
    address: URL.canParse(redirectUri) ? new URL(redirectUri).origin : '',
    scope: client.scopes.join(' '),
    isHttp: client.issuer.startsWith('http:'),
  };
}

/** A file of variables, as `node --env-file`, Docker and most frameworks read it. */
export function environmentFile(variables: Readonly<Record<string, string>>, path = '.env'): PresetFile {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  return { path, language: 'sh', text: lines.join('') };
}

/** The last part of an address, from the slash after its host on. */
export function pathOf(address: string): string {
  return URL.canParse(address) ? new URL(address).pathname : address;
}

/** Texts in quotes with commas between them, as most languages write a list. */
export function quotedList(words: string): string {
  return words
    .split(' ')
    .map((word) => `'${word}'`)
    .join(', ');
}
