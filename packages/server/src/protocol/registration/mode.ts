import type { Context } from '../../ports/context.js';

/** Who may register: nobody, whoever has a token of an administrator, programs on a person's device, or all. */
export type RegistrationMode = 'off' | 'token' | 'native' | 'open';

/** Until an operator opens a resource to strangers there is nothing that they could come for. */
export async function registrationMode(context: Pick<Context, 'settings' | 'directory'>): Promise<RegistrationMode> {
  const chosen = context.settings['clients.registration'];
  if (chosen !== 'auto') return chosen;
  return (await hasOpenResource(context)) ? 'native' : 'off';
}

export async function hasOpenResource({ directory }: Pick<Context, 'directory'>): Promise<boolean> {
  return (await directory.resources()).all.some((resource) => resource.isOpen);
}
