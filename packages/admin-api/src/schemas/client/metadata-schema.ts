import type { Jwks, MetadataKind } from '@authly/oauth';
import { z } from 'zod';
import { httpsUri, LARGEST_INTEGER, text, webUri } from '../fields.js';

/** The schema of each kind of client metadata. */

// Everything that RFC 7517 and RFC 7518 name is a text or a list of texts; deeper values are too deep for a column, some day.
const jwkMember = z.union(
  [
    z.string().max(20_000),
    z.array(z.string().max(20_000)).max(20),
    z.number().min(0).max(LARGEST_INTEGER),
    z.boolean(),
  ],
  { error: 'a member of a key must be a text, a list of texts, a number or a flag' },
);
const jwks: z.ZodType<Jwks> = z.object({
  keys: z
    .array(
      z
        .record(z.string().max(64), jwkMember)
        .refine((key) => !('d' in key) && !('k' in key), 'jwks must hold public keys only'),
    )
    .max(20),
});

/** What may be sent, with refusals that tell people what to change. */
export function inputSchema(kind: MetadataKind, name: string, listed = false): z.ZodType {
  switch (kind.kind) {
    case 'text':
      return text(name, kind.max, kind.min);
    case 'flag':
      return z.boolean(`${name} must be true or false`);
    case 'seconds':
      return z
        .int(`${name} must be a whole number of seconds`)
        .min(kind.min, `${name} must be at least ${kind.min}`)
        .max(kind.max, `${name} must be at most ${kind.max}`);
    case 'choice': {
      const choices = kind.choices.filter((choice) => !kind.reserved?.includes(choice));
      const noun = name.endsWith('_alg') ? `the algorithm ${name}` : name;
      return z.enum(choices, { error: `${noun} must be ${listed ? 'among' : 'one of'} ${choices.join(', ')}` });
    }
    case 'web-uri':
      return webUri(name);
    case 'https-uri':
      return httpsUri(name);
    case 'redirect-uri':
      // What else it must be depends on the type of the client.
      return z.string().max(2000, `an address in ${name} must be at most 2000 characters long`);
    case 'email':
      return text(name, 254).refine(
        (value) => /^[^\s@<>]+@[^\s@<>.]+(?:\.[^\s@<>.]+)+$/.test(value),
        `${name} must be e-mail addresses`,
      );
    case 'jwks':
      return jwks;
    case 'list':
      return z
        .array(inputSchema(kind.of, name, true))
        .min(kind.min ?? 0, `${name} must not be empty`)
        .max(kind.max, `${name} may hold at most ${kind.max}`);
  }
}

/** What an answer holds: the kinds alone, since what was stored by an earlier version is shown as it is. */
export function outputSchema(kind: MetadataKind): z.ZodType {
  switch (kind.kind) {
    case 'flag':
      return z.boolean();
    case 'seconds':
      return z.int();
    case 'choice':
      return z.enum(kind.choices);
    case 'jwks':
      return z.object({ keys: z.array(z.record(z.string(), z.unknown())) });
    case 'list':
      return z.array(outputSchema(kind.of));
    case 'text':
    case 'email':
    case 'web-uri':
    case 'https-uri':
    case 'redirect-uri':
      return z.string();
  }
}
