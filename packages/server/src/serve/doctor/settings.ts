import type { Draft } from '../../config/cross-checks.js';
import { isLoopbackHost } from '../../config/value-checks.js';
import type { Finding } from './finding.js';

/** What the settings alone show. */
export function settingFindings(draft: Draft): readonly Finding[] {
  const production = draft.mode === 'production' && draft.standalone !== true;
  const level = production ? 'warning' : 'note';
  const findings: (Finding | false)[] = [
    !production && {
      rule: 'not-production',
      level: 'warning',
      what: draft.standalone === true ? 'AUTHLY_STANDALONE is on' : `The mode is ${draft.mode ?? 'unknown'}`,
      mend: 'Set AUTHLY_MODE=production, and take AUTHLY_STANDALONE away, where other people sign in',
    },
    draft['admin.enabled'] !== false &&
      draft['admin.localhost_only'] === false && {
        rule: 'admin-reachable',
        level: 'warning',
        what: 'The admin API answers other machines',
        mend: 'Set AUTHLY_ADMIN_API_LOCALHOST_ONLY=true, or let the proxy keep /admin from the outside (deploy/reverse-proxy)',
      },
    draft['metrics.localhost_only'] === false && {
      rule: 'metrics-reachable',
      level: 'note',
      what: '/metrics answers other machines',
      mend: 'Let the proxy keep /metrics from the outside (deploy/reverse-proxy)',
    },
    draft['password_grant.enabled'] === true && {
      rule: 'password-grant',
      level,
      what: 'The password grant is on',
      mend: 'Set AUTHLY_PASSWORD_GRANT_ENABLED=false: authly admin auth login works without it',
    },
    draft['introspection.auth'] === 'none' && {
      rule: 'open-introspection',
      level,
      what: 'Anybody may introspect tokens',
      mend: 'Set AUTHLY_INTROSPECTION_AUTH=required',
    },
    draft['tokens.accept_hs256'] === true && {
      rule: 'hand-made-tokens',
      level,
      what: 'Introspection accepts tokens that were signed by hand',
      mend: 'Set AUTHLY_ACCEPT_HS256_TOKENS=false',
    },
    draft['resources.policy'] === 'any' && {
      rule: 'open-resources',
      level,
      what: 'Tokens can be for any https address',
      mend: 'Set AUTHLY_RESOURCES_POLICY=registered, and register your APIs with authly admin resource create',
    },
    draft['clients.registration'] === 'open' && {
      rule: 'open-registration',
      level,
      what: 'Anybody may register a client',
      mend: 'Set AUTHLY_CLIENTS_REGISTRATION=auto',
    },
    draft['mail.smtp_url'] === undefined && {
      rule: 'no-mail',
      level: 'note',
      what: 'There is no mail server',
      mend: 'Set AUTHLY_SMTP_URL and AUTHLY_MAIL_FROM',
    },
    ...hostsOf(draft['database.url']).map(
      (host): Finding | false =>
        !/[?&]sslmode=(?:require|verify-ca|verify-full)/.test(draft['database.url'] ?? '') && {
          rule: 'plain-database',
          level: 'warning',
          what: `The connection to PostgreSQL at ${host} need not be encrypted`,
          mend: 'Add sslmode=verify-full (or require) to DATABASE_URL',
        },
    ),
    ...hostsOf(draft['redis.url']).map(
      (host): Finding | false =>
        !/^rediss:\/\/[^/:@]*:[^/@]+@/.test(draft['redis.url'] ?? '') && {
          rule: 'plain-redis',
          level: 'note',
          what: `The connection to Redis at ${host} is not encrypted, or needs no password`,
          mend: 'Use rediss://:PASSWORD@HOST, or a network that nobody else is in',
        },
    ),
  ];
  return findings.filter((finding) => finding !== false);
}

/** The first host of a connection string, unless it is this machine, or a socket on it. */
function hostsOf(url: string | undefined): readonly string[] {
  const host = /^[a-z]+:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/,?]*)/.exec(url ?? '')?.[1];
  return host === undefined || host === '' || host.startsWith('%2F') || isLoopbackHost(host) ? [] : [host];
}
