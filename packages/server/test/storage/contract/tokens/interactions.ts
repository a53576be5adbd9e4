import { expect, it } from 'vitest';
import type { Open } from '../../contract.ts';
import { anInteraction, aRequest, at, hash, NOW, parallel, shared } from '../given.ts';

export function interactionsContract(open: Open): void {
  const suite = shared(open);

  it('keeps an authorization request as it was checked', async () => {
    const interaction = anInteraction({
      request: aRequest({
        state: 'état "quoted" \\ 雪',
        prompts: ['login', 'consent'],
        maxAge: 0,
        claims: { id_token: { sub: { value: 'someone', essential: true }, email: null } },
        resources: ['https://api.example'],
      }),
    });
    await suite.store.interactions.add(interaction);
    expect(await suite.store.interactions.find(interaction.idHash)).toEqual(interaction);
    expect(await suite.store.interactions.find(hash())).toBeUndefined();
  });

  it('keeps a request with characters that a database cannot store, without them', async () => {
    const interaction = anInteraction({
      request: aRequest({ state: 'a\0b\ud800c', claims: { userinfo: { 'x\0': null } } }),
    });
    await suite.store.interactions.add(interaction);
    expect((await suite.store.interactions.find(interaction.idHash))?.request.scopes).toEqual(['openid']);
  });

  it('belongs to the first browser that takes it', async () => {
    const interaction = anInteraction();
    await suite.store.interactions.add(interaction);
    const answers = await parallel(suite.stores, 30, (store, index) =>
      store.interactions.bind(interaction.idHash, `browser ${index}`),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    const owner = `browser ${answers.indexOf(true)}`;
    expect((await suite.store.interactions.find(interaction.idHash))?.browserHash).toBe(owner);
    expect(await suite.store.interactions.bind(interaction.idHash, owner)).toBe(true);
    expect(await suite.store.interactions.bind(hash(), owner)).toBe(false);
  });

  it('is completed by one of many', async () => {
    const interaction = anInteraction();
    await suite.store.interactions.add(interaction);
    const answers = await parallel(suite.stores, 50, (store) => store.interactions.complete(interaction.idHash, at(9)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect((await suite.store.interactions.find(interaction.idHash))?.completedAt).toEqual(at(9));
  });

  it('cannot be completed once it has expired', async () => {
    const interaction = anInteraction({ expiresAt: at(10) });
    await suite.store.interactions.add(interaction);
    expect(await suite.store.interactions.complete(interaction.idHash, at(10))).toBe(false);
    expect(await suite.store.interactions.complete(interaction.idHash, at(9))).toBe(true);
    expect(await suite.store.interactions.complete(hash(), NOW)).toBe(false);
  });

  it('lets a single-use id be used by one of many, until it expires', async () => {
    const id = hash();
    const answers = await parallel(suite.stores, 60, (store) => store.replays.claim(id, at(60), NOW));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await suite.store.replays.claim(id, at(120), at(59))).toBe(false);
    const later = await parallel(suite.stores, 20, (store) => store.replays.claim(id, at(200), at(60)));
    expect(later.filter(Boolean)).toHaveLength(1);
  });

  it('tells single-use ids apart that are used at the same time', async () => {
    const ids = Array.from({ length: 25 }, hash);
    const answers = await parallel(suite.stores, 100, (store, index) =>
      store.replays.claim(ids[index % 25] ?? '', at(60), NOW),
    );
    expect(answers.filter(Boolean)).toHaveLength(25);
  });
}
