/** We check requests ourselves: what compiles fastify's schemas of routes need not be read, compiled and run at every start. */
export const noRouteSchemas = {
  name: 'no-route-schemas',
  setup(bundle) {
    bundle.onLoad({ filter: /@fastify\/(ajv-compiler|fast-json-stringify-compiler)\/index\.js$/ }, ({ path }) => ({
      contents: `module.exports = () => () => { throw new Error('not in the bundle: ' + ${JSON.stringify(path.replace(/.*node_modules\//, ''))}); };`,
    }));
  },
};
