import type { Operation, Received, Reply, RouteName, routes } from '@authly/admin-api';
import type { Actor } from '../../admin/actor.js';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { Web } from '../web.js';

/** Who calls an operation: nobody in particular, or a person behind a token. */
type CallerOf<Name extends RouteName> = (typeof routes)[Name]['access'] extends 'anyone' ? undefined : Actor;

/** A request after every general check: who, what, based on which version. */
export interface Call<Name extends RouteName> extends Received<Name> {
  readonly actor: CallerOf<Name>;
  readonly origin: RequestOrigin;
  /** The version that the change is based on, when the caller named one. */
  readonly ifVersion: number | undefined;
}

/** What an operation answers. */
export interface Success<Body> {
  readonly reply: Body;
  /** The version of what was read or changed. */
  readonly version?: number;
  /** How many entries there are beyond this page. */
  readonly total?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of the answer, or its lines where it is a stream. */
type BodyOf<Name extends RouteName> = (typeof routes)[Name] extends { readonly stream: true }
  ? AsyncIterable<Reply<Name>>
  : Reply<Name>;

/** The function that does the work of one operation. */
export type Handler<Name extends RouteName> = (call: Call<Name>, web: Web) => Promise<Success<BodyOf<Name>>>;

/** One handler for every operation of these names; a missing one does not compile. */
export type Handlers<Names extends RouteName = RouteName> = { readonly [Name in Names]: Handler<Name> };

export type { Operation };
