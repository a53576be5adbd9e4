/** An answer that is a refusal: `{error}`, and what else helps whoever asked. */
export class HttpRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly more: {
      readonly details?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
  }
}
