import { BROWSER_PRESETS } from './browser.js';
import { NODE_PRESETS } from './node.js';
import { PLATFORM_PRESETS } from './platforms.js';
import type { Preset } from './preset.js';
import { PYTHON_PRESETS } from './python.js';
import { SERVICE_PRESETS } from './services.js';
import { TERMINAL_PRESETS } from './terminal.js';

/**
 * What people connect, by the names that `client create --preset` and `preset` of the creation body take. The guides in
 * docs/guide/connect are written from here, and e2e/connect runs what is printed from here.
 */
const TABLE = {
  ...NODE_PRESETS,
  ...BROWSER_PRESETS,
  ...PYTHON_PRESETS,
  ...PLATFORM_PRESETS,
  ...SERVICE_PRESETS,
  ...TERMINAL_PRESETS,
};

export type PresetName = keyof typeof TABLE;
export const PRESETS: Readonly<Record<PresetName, Preset>> = TABLE;
export const PRESET_NAMES = (Object.keys(TABLE) as PresetName[]).toSorted();

/** Tells whether somebody names a preset that there is. */
export function isPreset(name: unknown): name is PresetName {
  return typeof name === 'string' && Object.hasOwn(TABLE, name);
}
