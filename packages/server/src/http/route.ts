import type { AskedEndpoint } from '../protocol/endpoints/endpoint.js';
import type { Answer } from './answer.js';
import type { Incoming } from './incoming.js';
import type { Web } from './web.js';

export type Handler = (request: Incoming, web: Web) => Promise<Answer> | Answer;

/** How a refusal is written: as OAuth JSON, as the JSON of the other APIs, or as a page. */
export type RefusalStyle = 'oauth' | 'api' | 'page';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the issuer's path; parameters as `:name`. */
  readonly path: string;
  readonly handle: Handler;
  readonly refusals: RefusalStyle;
  /** Applications ask here: what is refused to them is told to the operator. */
  readonly asked?: AskedEndpoint;
  /** Browser applications of other origins may call it. */
  readonly cors?: boolean;
  /** Bytes; 64 KiB when absent. */
  readonly bodyLimit?: number;
  /** A GET that changes something, so that HEAD is refused. */
  readonly hasEffect?: boolean;
}
