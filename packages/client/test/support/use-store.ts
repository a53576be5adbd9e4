/** A small program that writes or reads one session in the token store. Prints one line of JSON. */
import { createTokenStore, isAuthError, type TokenStoreOptions } from '../../src/index.js';

const [action, dir = ''] = process.argv.slice(2);
const key = 'k'.repeat(64);
const store = await createTokenStore({
  kind: process.env.STORE_KIND as TokenStoreOptions['kind'],
  appName: 'authly-test',
  dir,
  stateDir: `${dir}/state`,
});
const events: string[] = [];
store.subscribe?.((event) => events.push(event.type));
const started = Date.now();
try {
  if (action === 'write') {
    await store.update(key, () => ({
      key,
      kind: 'session',
      issuer: 'https://auth.example.com',
      clientId: 'cli',
      method: 'device_code',
      scopes: [],
      obtainedAt: Date.now(),
      refreshable: true,
      status: 'active',
      secrets: { accessToken: 'the-token' },
    }));
  }
  if (action === 'churn') {
    for (let turn = 0; ; turn += 1) {
      const record = await store.read(key);
      if (record) await store.update(key, () => ({ ...record, username: `turn ${turn} ${'x'.repeat(turn % 5_000)}` }));
    }
  }
  const record = await store.read(key);
  report({ ok: true, token: record?.secrets.accessToken, backend: store.describe().backend, events });
} catch (error) {
  if (!isAuthError(error)) throw error;
  report({
    ok: false,
    code: error.code,
    message: `${error.message} ${error.reason ?? ''}`,
    ms: Date.now() - started,
    events,
  });
}

function report(result: object): void {
  // A native call that waits for a locked keyring would keep the process for as long as it waits.
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}
