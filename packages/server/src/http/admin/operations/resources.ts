import {
  changeResource,
  createResource,
  findResource,
  removeResource,
} from '../../../admin/resources/resource-changes.js';
import type { Handlers } from '../operation.js';
import { resourceReply } from '../wire/resource.js';

/** The APIs that access tokens can be for. */
export const resourceHandlers: Handlers<
  'listResources' | 'createResource' | 'getResource' | 'updateResource' | 'deleteResource'
> = {
  async listResources({ query }, { context }) {
    const { limit, offset, identifier, include_inactive: includeInactive = false } = query;
    const { resources, total } = await context.store.resources.page({ limit, offset, includeInactive, identifier });
    return { reply: resources.map(resourceReply), total };
  },

  async createResource({ body, actor }, { context }) {
    const resource = await createResource(body, actor, context);
    return { reply: resourceReply(resource), version: resource.version };
  },

  async getResource({ params }, { context }) {
    const resource = await findResource(params.resource_id, context);
    return { reply: resourceReply(resource), version: resource.version };
  },

  async updateResource({ params, body, actor, ifVersion }, { context }) {
    const resource = await changeResource({ id: params.resource_id, body, ifVersion }, actor, context);
    return { reply: resourceReply(resource), version: resource.version };
  },

  async deleteResource({ params, actor, ifVersion }, { context }) {
    const { id, identifier } = await removeResource({ id: params.resource_id, ifVersion }, actor, context);
    return { reply: { id, identifier, message: 'Resource deleted' } };
  },
};
