/** What operators watch: counted, never stored, no secrets and no names of people. */
export type ServerEvent =
  | { readonly type: 'token_request'; readonly grantType: string; readonly outcome: string }
  /** A client that exists, and has proved itself where it must. */
  | { readonly type: 'client_request'; readonly clientId: string; readonly endpoint: 'token' | 'authorize' }
  | { readonly type: 'refresh'; readonly result: 'rotated' | 'replayed' | 'reuse_detected' | 'expired' | 'revoked' }
  | { readonly type: 'authorization'; readonly outcome: string }
  | { readonly type: 'login'; readonly outcome: 'success' | 'failure' | 'locked' | 'limited'; readonly method: string }
  | {
      readonly type: 'second_factor';
      readonly outcome: 'success' | 'failure' | 'locked';
      /** `unknown`: what was typed has the form of neither. */
      readonly factor: 'otp' | 'recovery_code' | 'unknown';
    }
  | { readonly type: 'rate_limit'; readonly endpoint: string }
  | { readonly type: 'security'; readonly event: string; readonly severity: 'low' | 'medium' | 'high' };

export interface Events {
  emit(event: ServerEvent): void;
}
