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
export function signInAddress(reason: string | undefined, values: ReadonlyMap<string, string>, web: Web): string {
  const flow = values.get('flow');
  const going = flow === undefined ? carriedDestination(values) : { flow };
  return addressOf('/login', { ...going, ...(reason !== undefined && { reason }) }, web);
}

/** A page of ours with these parameters. */
export function addressOf(path: string, parameters: Readonly<Record<string, string>>, web: Web): string {
  const query = new URLSearchParams(parameters).toString();
  return `${web.base}${path}${query === '' ? '' : `?${query}`}`;
}
