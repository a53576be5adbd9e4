import type { Context } from '../ports/context.js';

/** A permission that is there from the first start. The description is what people read on the consent page. */
interface FirstScope {
  readonly name: string;
  readonly description: string;
  readonly isDefault?: true;
  /** Only for samples of what an application may define itself: these can be removed. */
  readonly isRemovable?: true;
}

/** @spec surface §3.3 */
export const FIRST_SCOPES: readonly FirstScope[] = [
  { name: 'openid', description: 'Know that it is you.' },
  { name: 'profile', description: 'See your name, user name, picture and the rest of your profile.', isDefault: true },
  { name: 'email', description: 'See your e-mail address and whether it is confirmed.' },
  { name: 'address', description: 'See your postal address.' },
  { name: 'phone', description: 'See your phone number and whether it is confirmed.' },
  { name: 'offline_access', description: 'Stay signed in when you are not using it.' },
  { name: 'read', description: 'Read your data.', isRemovable: true },
  { name: 'write', description: 'Change your data.', isRemovable: true },
  { name: 'admin', description: 'Act as an administrator.' },
  { name: 'admin:clients:read', description: 'See which applications are registered.' },
  { name: 'admin:clients:write', description: 'Register, change and remove applications.' },
  { name: 'admin:scopes:read', description: 'See which permissions exist.' },
  { name: 'admin:scopes:write', description: 'Create, change and remove permissions.' },
  { name: 'admin:resources:read', description: 'See which APIs are registered.' },
  { name: 'admin:resources:write', description: 'Register, change and remove APIs.' },
  { name: 'admin:users:read', description: 'See all accounts.' },
  { name: 'admin:users:write', description: 'Create, change and remove accounts.' },
  { name: 'admin:system:read', description: 'See the state, the audit log and the settings of this server.' },
  { name: 'admin:system:write', description: 'Change how this server works, and replace its keys.' },
  { name: 'database:read', description: 'Read from the database through the proxy.', isRemovable: true },
  { name: 'database:write', description: 'Change data in the database through the proxy.', isRemovable: true },
  { name: 'cache:read', description: 'Read from the cache through the proxy.', isRemovable: true },
  { name: 'cache:write', description: 'Change data in the cache through the proxy.', isRemovable: true },
];

/** Adds the scopes that are missing. One that is there stays as its administrator left it. */
export async function ensureScopes(context: Pick<Context, 'store' | 'clock' | 'random'>): Promise<void> {
  const present = new Set((await context.store.scopes.all()).map((scope) => scope.name));
  const missing = FIRST_SCOPES.filter((scope) => !present.has(scope.name));
  const createdAt = context.clock.now();
  if (missing.length === 0) return;
  await context.store.scopes.addMissing(
    missing.map(({ name, description, isDefault = false, isRemovable = false }) => ({
      id: context.random.uuid(),
      name,
      description,
      isDefault,
      isActive: true,
      isSystem: !isRemovable,
      createdAt,
    })),
  );
}
