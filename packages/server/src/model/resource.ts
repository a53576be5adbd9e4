import { canonicalResource } from '@authly/oauth';

/** An API that access tokens can be for. @spec RFC 8707 §1 */
export interface Resource {
  readonly id: string;
  /** As it was registered: what `aud` says. */
  readonly identifier: string;
  readonly name: string;
  /** They appear in its tokens and in no other's. */
  readonly scopes: readonly string[];
  /** What a request gets that names the resource and no scope. */
  readonly defaultScopes: readonly string[];
  /** Clients that nobody registered may ask for it. */
  readonly isOpen: boolean;
  /** The clients that may ask for it where it is not open. */
  readonly clients: readonly string[];
  /** Seconds; what client or server say when absent. */
  readonly tokenLifetime?: number;
  readonly isActive: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

export type NewResource = Omit<Resource, 'version' | 'updatedAt'>;

/** All resources, found by what requests say. Made anew when one of them changes. */
export interface ResourceRegistry {
  /** By any spelling of its identifier; inactive ones are not found. */
  find(identifier: string): Resource | undefined;
  /** The resources that have this scope; none for a scope of the server itself. */
  withScope(scope: string): readonly Resource[];
  readonly all: readonly Resource[];
}

export function resourceRegistry(resources: readonly Resource[]): ResourceRegistry {
  const active = resources.filter((resource) => resource.isActive);
  const byIdentifier = new Map(active.map((resource) => [canonicalResource(resource.identifier), resource]));
  const byScope = new Map<string, Resource[]>();
  for (const resource of active)
    for (const scope of resource.scopes) byScope.set(scope, [...(byScope.get(scope) ?? []), resource]);
  return {
    all: active,
    find: (identifier) => byIdentifier.get(canonicalResource(identifier) ?? ''),
    withScope: (scope) => byScope.get(scope) ?? [],
  };
}
