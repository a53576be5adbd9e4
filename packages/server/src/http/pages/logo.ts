/** The operator's logo as a file that this server serves. */
import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { ConfigurationError } from '../../config/configuration-error.js';
import type { Settings } from '../../config/settings.js';
import { type ImageKind, imageKind } from '../../model/image.js';

/** Larger ones would hold up every first page. */
const LARGEST = 256 * 1024;

export interface Logo extends ImageKind {
  readonly body: Buffer;
}

/**
 * Reads the file that the settings name.
 * @throws ConfigurationError when it cannot be read, is too large, or is no image that browsers show.
 */
export function readLogo(settings: Pick<Settings, 'theme.logo_file'>): Logo | undefined {
  const path = settings['theme.logo_file'];
  if (path === undefined) return undefined;
  const refuse = (what: string): never => {
    throw new ConfigurationError([{ where: 'AUTHLY_THEME_LOGO_FILE', what }]);
  };
  const body = readBounded(path, refuse);
  const kind = imageKind(body);
  if (kind === undefined)
    return refuse(
      `${path} is no PNG, JPEG, GIF, WebP or SVG image${extname(path) === '' ? '' : ', whatever its name says'}`,
    );
  return { ...kind, body };
}

function readBounded(path: string, refuse: (what: string) => never): Buffer {
  try {
    const about = statSync(path);
    // Opening anything else could wait for somebody to write.
    if (!about.isFile()) return refuse(`${path} is no file`);
    if (about.size > LARGEST) return refuse(`${path} has ${about.size} bytes; a logo may have ${LARGEST}`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    return refuse(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
