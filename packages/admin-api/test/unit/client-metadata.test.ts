import { CLIENT_METADATA, CLIENT_METADATA_FIELDS, defaultClientMetadata, type MetadataField } from '@authly/oauth';
import { describe, expect, test } from 'vitest';
import { exchanges } from '../../src/contract.js';
import { clientCreationFields } from '../../src/schemas/client/client-fields.js';

const creation = exchanges.createClient.body;
const change = exchanges.updateClient.body;
const PUBLIC = { client_name: 'App', client_type: 'public', redirect_uris: ['https://app.example/cb'] };

describe('the table of client metadata', () => {
  test.each(CLIENT_METADATA_FIELDS.map((name) => [name, CLIENT_METADATA[name] as MetadataField] as const))(
    'makes %s a field of the bodies and of every answer',
    (name, field) => {
      expect(Object.keys(clientCreationFields)).toContain(name);
      expect(Object.keys(change.def.in.shape)).toContain(name);
      expect(Object.keys(exchanges.getClient.reply.shape)).toContain(name);
      expect(field.says).toMatch(/^[A-Z].*[^.]$/);
      expect(exchanges.getClient.reply.shape[name].meta()?.description).toBe(`${field.says}.`);
      // What has no default can be cleared, and is shown as null where it is absent.
      const clears = field.default === undefined && !field.required;
      expect(change.parse({ [name]: null })).toMatchObject({ [name]: clears ? null : undefined });
      expect(exchanges.getClient.reply.shape[name].safeParse(null).success).toBe(clears);
    },
  );

  test('gives a client that says nothing the defaults of its type', () => {
    expect(creation.parse(PUBLIC)).toMatchObject({ token_endpoint_auth_method: 'none', pkce: 'required' });
    expect(creation.parse({ ...PUBLIC, client_type: 'confidential' })).toMatchObject({
      token_endpoint_auth_method: undefined,
      pkce: 'or_nonce',
      grant_types: ['authorization_code', 'refresh_token'],
    });
    expect(defaultClientMetadata('public')).toMatchObject({ authMethod: 'none', redirectUris: [] });
  });

  test('lets nobody register what belongs to the server itself', () => {
    expect(creation.safeParse({ ...PUBLIC, grant_types: ['password'] }).success).toBe(false);
    expect(exchanges.getClient.reply.shape.grant_types.safeParse(['password']).success).toBe(true);
  });
});
