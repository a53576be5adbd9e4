import type { Reply } from '@authly/admin-api';

/** Where a page stands in its list. */
export function pageInfo(
  { skip, limit }: { readonly skip: number; readonly limit: number },
  total: number,
): Reply<'listUsers'>['page_info'] {
  return {
    skip,
    limit,
    has_next: skip + limit < total,
    has_previous: skip > 0,
    current_page: Math.floor(skip / limit) + 1,
    total_pages: Math.ceil(total / limit),
  };
}
