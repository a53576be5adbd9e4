import * as oidc from 'openid-client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GivenUser } from '../../packages/server/test/support/given.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { type Application, startApplication } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { createRelyingParty } from '../support/relying-party.js';
import { arrive, newVisitor, signIn } from '../support/visitor.js';

let server: TestServer;
let application: Application;
let browser: Browser;
let user: GivenUser;

beforeAll(async () => {
  [server, application, browser] = await Promise.all([startServer(), startApplication(), launchBrowser()]);
  user = await server.given.user({ profile: { givenName: 'Ada', phoneNumberVerified: false } });
});

afterAll(() => Promise.all([browser?.close(), application?.stop(), server?.stop()]));

it('openid-client logs a person in through Chromium, uses, refreshes and revokes the tokens, and logs out', async () => {
  const bye = application.callback.replace('/callback', '/bye');
  const client = await server.given.client({
    name: 'Northwind Analytics',
    redirectUris: [application.callback],
    postLogoutRedirectUris: [bye],
  });
  const party = await createRelyingParty(server, client, application.callback);
  const page = await newVisitor(browser);
  const login = await party.start();

  await page.goto(login.url);
  expect(await page.textContent('main')).toContain('Northwind Analytics');
  await signIn(page, user);
  expect(await page.textContent('h1')).toContain('Northwind Analytics');
  expect(await page.locator('.permissions li').count()).toBe(4);
  await page.click('#consent-allow');

  const tokens = await party.finish(await arrive(page, application.callback), login);
  const claims = tokens.claims();
  expect(claims).toMatchObject({ iss: server.url, aud: client.clientId, sub: user.user.id });
  expect(tokens.scope?.split(' ').toSorted()).toEqual(['email', 'offline_access', 'openid', 'profile']);

  const info = await oidc.fetchUserInfo(party.config, tokens.access_token, user.user.id);
  expect(info).toMatchObject({ given_name: 'Ada', email: user.user.email, email_verified: true });

  const fresh = await oidc.refreshTokenGrant(party.config, tokens.refresh_token ?? '');
  expect(fresh.access_token).not.toBe(tokens.access_token);
  expect(fresh.refresh_token).not.toBe(tokens.refresh_token);
  expect(await oidc.tokenIntrospection(party.config, fresh.access_token)).toMatchObject({
    active: true,
    client_id: client.clientId,
    sub: user.user.id,
  });

  await oidc.tokenRevocation(party.config, fresh.refresh_token ?? '');
  expect(await oidc.tokenIntrospection(party.config, fresh.access_token)).toEqual({ active: false });
  await expect(oidc.refreshTokenGrant(party.config, fresh.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  });

  const end = oidc.buildEndSessionUrl(party.config, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: bye,
    state: 'see you',
  });
  await page.goto(end.href);
  expect((await arrive(page, bye)).searchParams.get('state')).toBe('see you');
  await page.goto(`${server.url}/account`);
  expect(new URL(page.url()).pathname).toBe('/login');
  await page.context().close();
});

it('a public client on a loopback address logs in with a port of its own choice, and asks every time', async () => {
  const client = await server.given.client({ type: 'public', redirectUris: ['http://127.0.0.1/callback'] });
  const party = await createRelyingParty(server, client, application.callback);
  const page = await newVisitor(browser);
  for (const time of ['first', 'second']) {
    const login = await party.start();
    await page.goto(login.url);
    if (time === 'first') await signIn(page, user);
    expect(await page.textContent('.notice')).toContain('a program on this computer');
    await page.click('#consent-allow');
    const tokens = await party.finish(await arrive(page, application.callback), login);
    expect(tokens.claims()?.sub).toBe(user.user.id);
  }
  await page.context().close();
});

it('client_credentials works for the same library without any browser', async () => {
  const client = await server.given.client();
  const party = await createRelyingParty(server, client, application.callback);
  const tokens = await oidc.clientCredentialsGrant(party.config, { scope: 'read' });
  expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'read' });
  expect(tokens.refresh_token).toBeUndefined();
});
