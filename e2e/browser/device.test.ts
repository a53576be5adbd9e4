import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GivenClient, GivenUser } from '../../packages/server/test/support/given.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { launchBrowser } from '../support/browser.js';
import { createRelyingParty } from '../support/relying-party.js';
import { newVisitor, signIn } from '../support/visitor.js';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

let server: TestServer;
let browser: Browser;
let user: GivenUser;
let client: GivenClient;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  client = await server.given.client({
    type: 'public',
    name: 'authly CLI',
    grantTypes: [DEVICE_CODE, 'refresh_token'],
  });
});

beforeEach(async () => {
  user = await server.given.user();
  page = await newVisitor(browser);
  return () => page.context().close();
});

afterAll(() => Promise.all([browser?.close(), server?.stop()]));

describe('openid-client on a device', () => {
  it('is let in while it polls: the person signs in, checks the code and allows', async () => {
    const party = await createRelyingParty(server, client, '');
    const device = await oidc.initiateDeviceAuthorization(party.config, { scope: 'openid profile offline_access' });
    expect(device.interval).toBe(5);
    const polled = oidc.pollDeviceAuthorizationGrant(party.config, { ...device, interval: 1 });

    await page.goto(device.verification_uri_complete ?? '');
    await signIn(page, user);
    expect(await page.inputValue('#user_code')).toBe(device.user_code);
    await page.click('#device-submit');
    expect(await page.textContent('#device-code')).toBe(device.user_code);
    expect(await page.textContent('#device-from')).toContain('127.0.0.1');
    expect(await page.textContent('main')).toContain('Only go on if you started this yourself');
    await page.click('#device-allow');
    await page.waitForSelector('#device-approved');

    const tokens = await polled;
    expect(tokens.claims()).toMatchObject({ sub: user.user.id, aud: client.clientId });
    const fresh = await oidc.refreshTokenGrant(party.config, tokens.refresh_token ?? '');
    const info = await oidc.fetchUserInfo(party.config, fresh.access_token, user.user.id);
    expect(info.sub).toBe(user.user.id);
  });

  it('hears that it was denied', async () => {
    const party = await createRelyingParty(server, client, '');
    const device = await oidc.initiateDeviceAuthorization(party.config, { scope: 'openid' });
    await page.goto(device.verification_uri);
    await signIn(page, user);
    await page.fill('#user_code', device.user_code.toLowerCase());
    await page.click('#device-submit');
    await page.click('#device-deny');
    await page.waitForSelector('#device-denied');
    await expect(oidc.pollDeviceAuthorizationGrant(party.config, { ...device, interval: 1 })).rejects.toMatchObject({
      error: 'access_denied',
    });
  });
});

describe('oauth4webapi on a device', () => {
  it('understands every answer: pending, slow_down, tokens, and no second time', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(server.url);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const itself: oauth.Client = { client_id: client.clientId };
    const start = await oauth.deviceAuthorizationRequest(as, itself, oauth.None(), { scope: 'openid read' }, insecure);
    const device = await oauth.processDeviceAuthorizationResponse(as, itself, start);
    const poll = async (): Promise<oauth.TokenEndpointResponse> => {
      const answer = await oauth.deviceCodeGrantRequest(as, itself, oauth.None(), device.device_code, insecure);
      return oauth.processDeviceCodeResponse(as, itself, answer);
    };
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' });
    await expect(poll()).rejects.toMatchObject({ error: 'slow_down' });

    await page.goto(device.verification_uri_complete ?? '');
    await signIn(page, user);
    await page.click('#device-submit');
    await page.click('#device-allow');
    await page.waitForSelector('#device-approved');

    const tokens = await poll();
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'openid read' });
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe(user.user.id);
    await expect(poll()).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});

describe('the code field', () => {
  it('sets the dash by itself, takes what is pasted, and says what is wrong beside it', async () => {
    await page.goto(`${server.url}/device`);
    await signIn(page, user);
    await page.locator('#user_code').pressSequentially('wdjbmjht');
    expect(await page.inputValue('#user_code')).toBe('WDJB-MJHT');
    await page.click('#device-submit');
    expect(await page.textContent('#device-problem')).toContain('no such code');
    expect(await page.inputValue('#user_code')).toBe('WDJB-MJHT');
  });
});
