import type { Web } from '../../web.js';
import { carriedDestination } from '../destination.js';

/** The page that asks for the second factor, with where the person is going. */
export function secondFactorAddress(
  { pending, flow }: { readonly pending: string; readonly flow: string | undefined },
  values: ReadonlyMap<string, string>,
  web: Web,
): string {
  const query = new URLSearchParams({ pending, ...(flow === undefined ? carriedDestination(values) : { flow }) });
  return `${web.base}/login/second-factor?${query.toString()}`;
}

/** The sign-in page again, for the same destination. */
export function signInAddress(
  reason: 'expired' | 'switch_account',
  values: ReadonlyMap<string, string>,
  web: Web,
): string {
  const flow = values.get('flow');
  const query = new URLSearchParams({ ...(flow === undefined ? carriedDestination(values) : { flow }), reason });
  return `${web.base}/login?${query.toString()}`;
}
