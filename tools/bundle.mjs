/**
 * What `npm ci` leaves ready to run: the packages that others import, the server and the command. It takes the types away and checks none of
 * them (`npm run build` does, and writes the declarations), because whoever installs wants a server, not an opinion.
 */
await Promise.all([import('./bundle/libraries.mjs'), import('./bundle/server.mjs'), import('./bundle/db-proxy.mjs')]);
// It takes the bundle of the server along.
await import('./bundle/cli.mjs');
