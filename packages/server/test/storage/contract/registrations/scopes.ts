import { expect, it } from 'vitest';
import type { Open } from '../../contract.ts';
import { alone, aScope, at, NOW, parallel, shared } from '../given.ts';

export function scopesContract(open: Open): void {
  const suite = shared(open);

  it('keeps scopes and lists them by name', async () => {
    await alone(open, async (store) => {
      const [second, first] = [aScope({ name: 'b', isDefault: true }), aScope({ name: 'a', isSystem: true })];
      expect(await store.scopes.add(second)).toBe(true);
      expect(await store.scopes.add(first)).toBe(true);
      const kept = { updatedAt: NOW, version: 1 };
      expect(await store.scopes.all()).toEqual([
        { ...first, ...kept },
        { ...second, ...kept },
      ]);
    });
  });

  it('gives a name to one of many who want it', async () => {
    const { name } = aScope();
    const answers = await parallel(suite.stores, 10, (store) => store.scopes.add(aScope({ name })));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('adds those of many that are missing', async () => {
    const there = aScope({ description: 'as its administrator left it' });
    await suite.store.scopes.add(there);
    const [first, second] = [aScope({ isDefault: true }), aScope({ isSystem: true, isActive: false })];
    const wanted = [first, aScope({ name: there.name }), second];
    await Promise.all(suite.stores.map((store) => store.scopes.addMissing(wanted)));
    const found = new Map((await suite.store.scopes.all()).map((scope) => [scope.name, scope]));
    expect([first, there, second].map(({ name }) => found.get(name))).toMatchObject([first, there, second]);
  });

  it('changes what a change names and leaves the rest', async () => {
    const scope = aScope({ isDefault: true });
    await suite.store.scopes.add(scope);
    expect(await suite.store.scopes.change(scope.name, { isActive: false }, { now: at(2) })).toEqual({
      ...scope,
      isActive: false,
      updatedAt: at(2),
      version: 2,
    });
    expect(await suite.store.scopes.change(scope.name, { description: '' }, { now: at(3) })).toMatchObject({
      description: '',
      isDefault: true,
      isActive: false,
    });
  });

  it('refuses a change of an unknown scope or of a version that is not the stored one', async () => {
    const scope = aScope();
    await suite.store.scopes.add(scope);
    expect(await suite.store.scopes.change('nothing', { isActive: false }, { now: NOW })).toBe('unknown');
    expect(await suite.store.scopes.change(scope.name, { isActive: false }, { now: NOW, ifVersion: 2 })).toBe('stale');
    expect(await suite.store.scopes.change(scope.name, {}, { now: NOW, ifVersion: 1 })).toMatchObject({ version: 2 });
  });
}
