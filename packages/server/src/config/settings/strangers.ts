import { type SettingDeclaration, setting } from '../setting.js';

/** What tokens are for, and clients that no administrator made. */
export const STRANGER_SETTINGS = {
  'resources.policy': setting<'registered' | 'any'>({
    env: ['AUTHLY_RESOURCES_POLICY'],
    type: { oneOf: ['registered', 'any'] },
    default: 'registered',
    defaultIn: { embedded: 'any', testing: 'any' },
    doc: 'Which resources tokens can be for: registered ones, or (any) also every https or loopback address.',
  }),
  'clients.self_registered_token_lifetime': setting<number>({
    env: ['AUTHLY_CLIENTS_SELF_REGISTERED_TOKEN_LIFETIME'],
    type: 'seconds',
    default: 600,
    min: 30,
    max: 86_400,
    doc: 'How long access tokens live at the most that clients get which no administrator made.',
  }),
  'clients.registration': setting<'auto' | 'off' | 'token' | 'native' | 'open'>({
    env: ['AUTHLY_CLIENTS_REGISTRATION'],
    type: { oneOf: ['auto', 'off', 'token', 'native', 'open'] },
    default: 'auto',
    defaultIn: { embedded: 'open', testing: 'open' },
    doc: 'Which clients may register themselves: none (off), those with a token of an administrator (token), programs on the device of a person (native), all (open). auto is off until a resource is open, then native.',
  }),
  'clients.registered_max': setting<number>({
    env: ['AUTHLY_CLIENTS_REGISTERED_MAX'],
    type: 'integer',
    default: 10_000,
    min: 1,
    max: 10_000_000,
    doc: 'Beyond so many clients that no administrator made, the oldest that were never used are removed.',
  }),
  'clients.unused_after': setting<number>({
    env: ['AUTHLY_CLIENTS_UNUSED_AFTER'],
    type: 'seconds',
    default: 86_400,
    min: 600,
    max: 31_536_000,
    doc: 'A client that registered itself and was not used for so long is removed; one that was used, 90 days after its last login ended.',
  }),
} as const satisfies Record<string, SettingDeclaration<unknown>>;
