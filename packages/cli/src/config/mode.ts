/** Resource modes. The command line holds no database pool, so a mode changes nothing but what is shown. @spec surface §3.2 */
export const MODES = {
  cli: { aliases: ['admin'], pool: '1-3 connections', timeout: '10s', idle: '1 minute' },
  production: { aliases: ['prod'], pool: '5-20 connections', timeout: '30s', idle: '5 minutes' },
  embedded: { aliases: ['embed', 'dev', 'development'], pool: '2-8 connections', timeout: '15s', idle: '3 minutes' },
  testing: { aliases: ['test'], pool: '1-10 connections', timeout: '5s', idle: '30 seconds' },
} as const;

export type Mode = keyof typeof MODES;

/** The mode that AUTHLY_MODE names, by any of its names; admin commands are in cli mode without it. `undefined` for an unknown name. */
export function modeOf(env: NodeJS.ProcessEnv): Mode | undefined {
  const given = env['AUTHLY_MODE']?.trim().toLowerCase();
  if (!given) return 'cli';
  const modes = Object.entries(MODES) as [Mode, { readonly aliases: readonly string[] }][];
  return modes.find(([name, { aliases }]) => name === given || aliases.includes(given))?.[0];
}
