import type { UserId } from '@authly/oauth';
import { expect, it } from 'vitest';
import type { Profile } from '../../../../src/model/people/user.ts';
import type { Open } from '../../contract.ts';
import { aGrant, alone, anApiKey, aSession, at, aUser, NOW, parallel, shared, uuid } from '../given.ts';

const PROFILE: Profile = {
  givenName: 'Ada',
  familyName: 'Lovelace',
  middleName: 'King',
  nickname: 'ada',
  preferredUsername: 'countess',
  profile: 'https://ada.example',
  picture: 'https://ada.example/me.png',
  website: 'https://ada.example/blog',
  gender: 'female',
  birthdate: '1815-12-10',
  zoneinfo: 'Europe/London',
  locale: 'en-GB',
  phoneNumber: '+44 1234',
  phoneNumberVerified: true,
  address: { locality: 'London', country: 'GB' },
};

export function usersContract(open: Open): void {
  const suite = shared(open);

  it('keeps everything of a person', async () => {
    const user = aUser({ profile: PROFILE, isAdmin: true, isVerified: false, requiresPasswordChange: true });
    expect(await suite.store.users.add(user)).toBe('added');
    expect(await suite.store.users.find(user.id)).toEqual({
      id: user.id,
      username: user.username,
      email: user.email,
      isActive: true,
      isVerified: false,
      isAdmin: true,
      requiresPasswordChange: true,
      profile: PROFILE,
      passwordChangedAt: NOW,
      loginEpoch: 0,
      createdAt: NOW,
      updatedAt: NOW,
      lastLogin: undefined,
      version: 1,
    });
    expect(await suite.store.users.passwordHash(user.id)).toBe(user.passwordHash);
  });

  it('knows no one under an id that nobody has, or that is no id at all', async () => {
    for (const id of [uuid<UserId>(), 'nobody' as UserId, '' as UserId]) {
      expect(await suite.store.users.find(id)).toBeUndefined();
      expect(await suite.store.users.passwordHash(id)).toBeUndefined();
      expect(await suite.store.users.remove(id)).toBe('unknown');
      expect(await suite.store.users.change(id, { isVerified: true }, { now: NOW })).toBe('unknown');
      expect(await suite.store.users.setPassword(id, 'hash', { now: NOW })).toBe(false);
    }
  });

  it('finds a person for sign-in by user name or e-mail address, whatever the case', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    for (const login of [user.username, user.username.toUpperCase(), user.email, user.email.toUpperCase()]) {
      const found = await suite.store.users.findForSignIn(login);
      expect(found?.user.id).toBe(user.id);
      expect(found?.passwordHash).toBe(user.passwordHash);
    }
    expect(await suite.store.users.findForSignIn(`${user.username}x`)).toBeUndefined();
  });

  it('answers a login with characters that no name can have as it does an unknown one', async () => {
    expect(await suite.store.users.findForSignIn('ada\0')).toBeUndefined();
    expect(await suite.store.users.findForSignIn('\ud800')).toBeUndefined();
    expect(await suite.store.users.findForSignIn("' or 1=1 --")).toBeUndefined();
  });

  it('does not let a user name that is the e-mail address of another person take over their sign-in', async () => {
    const victim = aUser();
    await suite.store.users.add(victim);
    await suite.store.users.add(aUser({ username: victim.email }));
    expect((await suite.store.users.findForSignIn(victim.email))?.user.id).toBe(victim.id);
  });

  it('does not let an e-mail address that is the user name of another person take over their sign-in', async () => {
    const victim = aUser();
    await suite.store.users.add(victim);
    await suite.store.users.add(aUser({ email: victim.username }));
    expect((await suite.store.users.findForSignIn(victim.username))?.user.id).toBe(victim.id);
  });

  it('says which of user name and e-mail address is taken, whatever the case', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    expect(await suite.store.users.add(aUser({ username: user.username.toUpperCase() }))).toEqual({
      taken: 'username',
    });
    expect(await suite.store.users.add(aUser({ email: user.email.toUpperCase() }))).toEqual({ taken: 'email' });
  });

  it('gives a name to one of many who want it at the same time', async () => {
    const { username } = aUser();
    const answers = await parallel(suite.stores, 20, (store) => store.users.add(aUser({ username })));
    expect(answers.filter((answer) => answer === 'added')).toHaveLength(1);
    expect(answers.filter((answer) => typeof answer === 'object' && answer.taken === 'username')).toHaveLength(19);
  });

  it('changes what a change names and leaves the rest', async () => {
    const user = aUser({ profile: PROFILE });
    await suite.store.users.add(user);
    const changed = await suite.store.users.change(
      user.id,
      { email: `new.${user.email}`, isVerified: false, profile: { givenName: 'Augusta', locale: undefined } },
      { now: at(5) },
    );
    expect(changed).toMatchObject({
      username: user.username,
      email: `new.${user.email}`,
      isVerified: false,
      isActive: true,
      profile: { ...PROFILE, givenName: 'Augusta' },
      passwordChangedAt: NOW,
      createdAt: NOW,
      updatedAt: at(5),
      version: 2,
    });
    expect(await suite.store.users.find(user.id)).toEqual(changed);
  });

  it('empties the parts of a profile that a change names', async () => {
    const user = aUser({ profile: PROFILE });
    await suite.store.users.add(user);
    await suite.store.users.change(user.id, {}, { now: NOW, clear: ['nickname', 'address'] });
    const { nickname, address, ...rest } = (await suite.store.users.find(user.id))?.profile ?? PROFILE;
    expect({ nickname, address }).toEqual({ nickname: undefined, address: undefined });
    expect(rest).toMatchObject({ givenName: 'Ada', phoneNumberVerified: true });
  });

  it('notes when a change sets a new password', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    await suite.store.users.change(user.id, { passwordHash: 'another hash' }, { now: at(9) });
    expect(await suite.store.users.passwordHash(user.id)).toBe('another hash');
    expect((await suite.store.users.find(user.id))?.passwordChangedAt).toEqual(at(9));
  });

  it('refuses a change of a version that is not the stored one', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    expect(await suite.store.users.change(user.id, { isVerified: false }, { now: NOW, ifVersion: 1 })).toMatchObject({
      version: 2,
    });
    expect(await suite.store.users.change(user.id, { isVerified: true }, { now: NOW, ifVersion: 1 })).toBe('stale');
  });

  it('lets one of many changes of the same version through', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    const answers = await parallel(suite.stores, 20, (store) =>
      store.users.change(user.id, { isVerified: false }, { now: NOW, ifVersion: 1 }),
    );
    expect(answers.filter((answer) => answer === 'stale')).toHaveLength(19);
  });

  it('refuses a change to a name or address that another person has', async () => {
    const [ann, bob] = [aUser(), aUser()];
    await suite.store.users.add(ann);
    await suite.store.users.add(bob);
    expect(await suite.store.users.change(bob.id, { username: ann.username }, { now: NOW })).toEqual({
      taken: 'username',
    });
    expect(await suite.store.users.change(bob.id, { email: ann.email }, { now: NOW })).toEqual({ taken: 'email' });
    expect(
      await suite.store.users.change(bob.id, { username: bob.username.toUpperCase() }, { now: NOW }),
    ).toMatchObject({
      username: bob.username.toUpperCase(),
    });
  });

  it('keeps the last active administrator', async () => {
    await alone(open, async (store) => {
      const admin = aUser({ isAdmin: true });
      await store.users.add(admin);
      await store.users.add(aUser({ isAdmin: true, isActive: false }));
      expect(await store.users.change(admin.id, { isAdmin: false }, { now: NOW })).toBe('last_admin');
      expect(await store.users.change(admin.id, { isActive: false }, { now: NOW })).toBe('last_admin');
      expect(await store.users.remove(admin.id)).toBe('last_admin');
      expect(await store.users.change(admin.id, { isVerified: false, isAdmin: true }, { now: NOW })).toMatchObject({
        isAdmin: true,
      });
      await store.users.add(aUser({ isAdmin: true }));
      expect(await store.users.change(admin.id, { isAdmin: false }, { now: NOW })).toMatchObject({ isAdmin: false });
    });
  });

  it('keeps an administrator when all of them are demoted or removed at the same time', async () => {
    await alone(open, async (store, stores) => {
      const admins = Array.from({ length: 12 }, () => aUser({ isAdmin: true }));
      for (const admin of admins) await store.users.add(admin);
      const answers = await parallel(stores, admins.length, async (one, index) => {
        const { id } = admins[index] ?? aUser();
        if (index % 3 === 0) return await one.users.remove(id);
        return await one.users.change(id, index % 3 === 1 ? { isAdmin: false } : { isActive: false }, { now: NOW });
      });
      expect(answers.filter((answer) => answer === 'last_admin')).toHaveLength(1);
      const left = await Promise.all(admins.map(({ id }) => store.users.find(id)));
      expect(left.filter((user) => user?.isAdmin && user.isActive)).toHaveLength(1);
    });
  });

  it('removes a person with their sessions, grants and keys', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    const session = aSession({ userId: user.id });
    const key = anApiKey({ userId: user.id });
    const grant = aGrant({ userId: user.id });
    await suite.store.sessions.add(session);
    await suite.store.apiKeys.add(key);
    await suite.store.codes.issue(grant, {
      hash: key.hash,
      grantId: grant.id,
      clientId: grant.clientId,
      redirectUri: 'https://app.example',
      createdAt: NOW,
      expiresAt: at(60),
    });
    expect(await suite.store.users.remove(user.id)).toBe('removed');
    expect(await suite.store.users.find(user.id)).toBeUndefined();
    expect(await suite.store.sessions.find(session.id)).toBeUndefined();
    expect(await suite.store.apiKeys.find(key.id)).toBeUndefined();
    expect(await suite.store.grants.find(grant.id)).toBeUndefined();
    expect(await suite.store.codes.find(key.hash)).toBeUndefined();
    expect(await suite.store.users.remove(user.id)).toBe('unknown');
  });

  it('refuses to remove a version that is not the stored one', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    expect(await suite.store.users.remove(user.id, { ifVersion: 7 })).toBe('stale');
    expect(await suite.store.users.remove(user.id, { ifVersion: 1 })).toBe('removed');
  });

  it('notes a sign-in without counting it as a change', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    await suite.store.users.recordSignIn(user.id, [], at(30));
    expect(await suite.store.users.find(user.id)).toMatchObject({ lastLogin: at(30), updatedAt: NOW, version: 1 });
  });

  it('remembers the places of sign-ins, for each person, and the newest of many', async () => {
    const [user, other] = [aUser(), aUser()];
    await suite.store.users.add(user);
    await suite.store.users.add(other);
    await suite.store.users.recordSignIn(user.id, ['home', 'browser'], at(1));
    await suite.store.users.recordSignIn(user.id, ['home'], at(2));
    expect([...(await suite.store.users.knownPlaces(user.id, ['home', 'browser', 'elsewhere']))].sort()).toEqual([
      'browser',
      'home',
    ]);
    expect(await suite.store.users.knownPlaces(other.id, ['home'])).toEqual([]);
    for (let place = 0; place < 60; place += 1)
      await suite.store.users.recordSignIn(user.id, [`place ${place}`], at(86_400 * 2 + place));
    expect(await suite.store.users.knownPlaces(user.id, ['home', 'place 0', 'place 30', 'place 59'])).toEqual([
      'place 30',
      'place 59',
    ]);
  });

  it('sets a password and so ends the demand for a new one', async () => {
    const user = aUser({ requiresPasswordChange: true });
    await suite.store.users.add(user);
    expect(await suite.store.users.setPassword(user.id, 'new hash', { now: at(3) })).toBe(true);
    expect(await suite.store.users.passwordHash(user.id)).toBe('new hash');
    expect(await suite.store.users.find(user.id)).toMatchObject({
      requiresPasswordChange: false,
      passwordChangedAt: at(3),
    });
    await suite.store.users.setPassword(user.id, 'temporary', { now: at(4), requiresChange: true });
    expect(await suite.store.users.find(user.id)).toMatchObject({ requiresPasswordChange: true });
  });

  it('sets a password for one of many who all know the same old one', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    const answers = await parallel(suite.stores, 20, (store, index) =>
      store.users.setPassword(user.id, `hash ${index}`, { now: NOW, ifHash: user.passwordHash }),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await suite.store.users.passwordHash(user.id)).toBe(`hash ${answers.indexOf(true)}`);
  });
}
