import type { Group } from '../program/command.js';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { places } from './model.js';
import { powershellScript } from './powershell.js';
import { zshScript } from './zsh.js';

/** The shells that there are scripts for. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

export type Shell = (typeof SHELLS)[number];

const GENERATORS = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript } as const;

/** The script that completes a command tree in a shell. */
export function completionScript(shell: Shell, tree: Group): string {
  return GENERATORS[shell](places(tree));
}
