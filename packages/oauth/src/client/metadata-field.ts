/** How one field of a client's metadata is declared, and the types that follow from a table of such fields. */

/** What a value may be. Lengths are in characters, durations in seconds. */
export type MetadataKind =
  | { readonly kind: 'text'; readonly min?: number; readonly max: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'seconds'; readonly min: number; readonly max: number }
  | {
      readonly kind: 'choice';
      readonly choices: readonly string[];
      /** Those that only the server's own client has. */
      readonly reserved?: readonly string[];
      /** Shorter spellings for people who type. */
      readonly short?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'web-uri' | 'https-uri' | 'redirect-uri' | 'email' | 'jwks' }
  | { readonly kind: 'list'; readonly of: MetadataKind; readonly min?: number; readonly max: number };

export type MetadataField = MetadataKind & {
  /** What people call it. */
  readonly title: string;
  /** What it does, in a sentence without a full stop. */
  readonly says: string;
  /** What a client has that says nothing about it; a field without a default can be absent and can be cleared. */
  readonly default?: unknown;
  /** The default of public clients, where it is another. */
  readonly publicDefault?: unknown;
  /** Every client must say it. */
  readonly required?: true;
  /** What a client must not decide about itself: an administrator sets it, registration of clients by themselves does not. */
  readonly operatorOnly?: true;
  /** Stored and shown; no rule of the server reads it. */
  readonly informational?: true;
  /** Among the settings of /admin/clients/{client_id}/oidc. */
  readonly oidc?: true;
  /** The name of the property in the server, where it is not the name of the field in camel case. */
  readonly property?: string;
  /** The name of the option of a command line in camel case, where it is not the name of the property. */
  readonly option?: string;
};

export type MetadataTable = Readonly<Record<string, MetadataField>>;

/** A public key set. @spec RFC 7517 §5 */
export interface Jwks {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** `redirect_uris` → `redirectUris` */
export type CamelCase<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;

export type ValueOf<Field> = Field extends { readonly kind: 'flag' }
  ? boolean
  : Field extends { readonly kind: 'seconds' }
    ? number
    : Field extends { readonly kind: 'choice'; readonly choices: readonly (infer Choice)[] }
      ? Choice
      : Field extends { readonly kind: 'jwks' }
        ? Jwks
        : Field extends { readonly kind: 'list'; readonly of: infer Item }
          ? readonly ValueOf<Item>[]
          : string;

/** What a body may say: without the values that are reserved. */
export type GivenValueOf<Field> = Field extends {
  readonly kind: 'choice';
  readonly choices: readonly (infer Choice)[];
  readonly reserved: readonly (infer Reserved)[];
}
  ? Exclude<Choice, Reserved>
  : Field extends { readonly kind: 'list'; readonly of: infer Item }
    ? readonly GivenValueOf<Item>[]
    : ValueOf<Field>;

export type PropertyOf<Table, Name extends keyof Table & string> = Table[Name] extends {
  readonly property: infer Property extends string;
}
  ? Property
  : CamelCase<Name>;

/** The fields that every client has. */
export type PresentField<Table> = {
  [Name in keyof Table]: Table[Name] extends { readonly default: unknown } | { readonly required: true } ? Name : never;
}[keyof Table] &
  string;

/** The fields that a client need not have. */
export type AbsentField<Table> = Exclude<keyof Table & string, PresentField<Table>>;

/** The properties of an object that keeps such a table's fields. */
export type PropertiesOf<Table> = {
  readonly [Name in PresentField<Table> as PropertyOf<Table, Name>]: ValueOf<Table[Name]>;
} & {
  readonly [Name in AbsentField<Table> as PropertyOf<Table, Name>]?: ValueOf<Table[Name]>;
};
