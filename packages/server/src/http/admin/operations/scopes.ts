import { changeScope, createScope, findScope, removeScope } from '../../../admin/scopes/scope-changes.js';
import type { Scope } from '../../../model/scope.js';
import type { Handlers } from '../operation.js';
import { scopeReply } from '../wire/scope.js';

/** Scopes that clients and users can be granted. There are few of them, so lists are made from all. */
export const scopeHandlers: Handlers<
  'listScopes' | 'createScope' | 'listDefaultScopes' | 'getScope' | 'updateScope' | 'deleteScope'
> = {
  async listScopes({ query }, { context }) {
    const { limit, offset } = query;
    const isWanted = (scope: Scope): boolean =>
      (scope.isActive || query.include_inactive === true) && (scope.isDefault || query.default_only !== true);
    const scopes = (await context.store.scopes.all()).filter(isWanted);
    return { reply: scopes.slice(offset, offset + limit).map(scopeReply), total: scopes.length };
  },

  async createScope({ body, actor }, { context }) {
    const scope = await createScope(body, actor, context);
    return { reply: scopeReply(scope), version: scope.version };
  },

  async listDefaultScopes(_call, { context }) {
    const scopes = (await context.store.scopes.all()).filter((scope) => scope.isActive && scope.isDefault);
    return { reply: scopes.map(scopeReply), total: scopes.length };
  },

  async getScope({ params }, { context }) {
    const scope = await findScope(params.scope_name, context);
    return { reply: scopeReply(scope), version: scope.version };
  },

  async updateScope({ params, body, actor, ifVersion }, { context }) {
    const scope = await changeScope({ name: params.scope_name, body, ifVersion }, actor, context);
    return { reply: scopeReply(scope), version: scope.version };
  },

  async deleteScope({ params, actor, ifVersion }, { context }) {
    await removeScope({ name: params.scope_name, ifVersion }, actor, context);
    return { reply: { scope_name: params.scope_name, message: 'Scope deleted' } };
  },
};
