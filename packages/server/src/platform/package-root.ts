/** The folder that package.json and migrations/ are in: as far up from src/platform/ as from dist/platform/ and dist/bundle/. */
export const PACKAGE_ROOT = new URL('../../', import.meta.url);
