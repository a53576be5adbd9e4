/**
 * The program that draws /docs, as one compressed file. The plug-in for Fastify is the package that carries it whole, without the sources
 * of all that it is made of; it is asked as a browser would ask it.
 */
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import reference from '@scalar/fastify-api-reference';
import Fastify from 'fastify';

/** Writes the file; answers a path in the package whose licence goes along. */
export async function writeApiReference(file) {
  const app = Fastify();
  await app.register(reference, { routePrefix: '/docs', configuration: { content: { openapi: '3.1.1' } } });
  const { statusCode, rawPayload } = await app.inject('/docs/js/scalar.js');
  await app.close();
  if (statusCode !== 200) throw new Error(`the renderer of /docs is not where it was: ${statusCode}`);
  await writeFile(file, gzipSync(rawPayload, { level: 9 }));
  return 'node_modules/@scalar/fastify-api-reference/';
}
