/** The one style sheet, made for a theme and packed. Order matters: tokens, frame, controls, then what single pages need. */
import type { Theme } from '../theme.js';
import { account } from './account.js';
import { controls } from './controls.js';
import { frame } from './frame.js';
import { secondFactor } from './second-factor.js';
import { task } from './task.js';
import { tokens } from './tokens.js';

export function styleSheet(theme: Theme): string {
  return pack([tokens(theme), frame, controls, task, account, secondFactor].join('\n'));
}

/** Removes comments and the white space that only people need. */
function pack(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .trim();
}
