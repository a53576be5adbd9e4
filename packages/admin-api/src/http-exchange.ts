/** The part of the Fetch API that the client uses, so that a program may bring a lighter one than its platform's. */

/** What is sent. */
export interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** What comes back. */
export interface HttpResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  /** The body as it arrives; null when there is none. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Sends one request; rejects only when there is no answer. `globalThis.fetch` is one. */
export type HttpFetch = (url: string, request: HttpRequest) => Promise<HttpResponse>;
