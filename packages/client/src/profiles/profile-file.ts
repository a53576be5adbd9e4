/** `profiles.json`: the profiles that the program writes itself. */
import { ConfigurationError } from '../errors/credential-errors.js';
import { readPrivateFile, writePrivateFile } from '../store/atomic-file.js';
import { withProcessLock } from '../store/process-lock.js';
import { printProfile, readProfile, type Profile } from './profile.js';

/** What the file says. */
export interface ProfileFile {
  readonly active?: string;
  readonly profiles: ReadonlyMap<string, Profile>;
}

/** Reads the file; a missing one is empty, a damaged one is a ConfigurationError and stays as it is. */
export function readProfileFile(path: string): ProfileFile {
  const text = readPrivateFile(path);
  if (text === undefined) return { profiles: new Map() };
  const file = parsed(text, path);
  const profiles = Object.entries(file.profiles ?? {}).map(([name, value]) => {
    const profile = readProfile(name, value);
    if ('wrong' in profile) throw damaged(path);
    return [name, profile] as const;
  });
  return { active: typeof file.active === 'string' ? file.active : undefined, profiles: new Map(profiles) };
}

/** Changes the file in one step, one process at a time. */
export async function changeProfileFile(path: string, change: (file: ProfileFile) => ProfileFile): Promise<void> {
  await withProcessLock(`${path}.lock`, async () => {
    const next = change(readProfileFile(path));
    const profiles = [...next.profiles].map(([name, profile]) => [name, printProfile(profile)]);
    const file = { version: 1, active: next.active, profiles: Object.fromEntries(profiles) };
    writePrivateFile(path, `${JSON.stringify(file, undefined, 2)}\n`);
  });
}

function parsed(text: string, path: string): Record<string, unknown> {
  try {
    const file: unknown = JSON.parse(text);
    if (typeof file === 'object' && file !== null && 'version' in file && file.version === 1) {
      return file as Record<string, unknown>;
    }
  } catch {
    // Told below.
  }
  throw damaged(path);
}

function damaged(path: string): ConfigurationError {
  return new ConfigurationError({
    message: `The profile file ${path} is damaged.`,
    reason: 'It is not the JSON that this program writes.',
    hint: 'Move the file away and configure your profiles again; nothing was deleted.',
  });
}
