import { fetchLogo } from './admin/clients/client-logo.js';
import type { ComposeLogger } from './compose.js';
import type { Settings } from './config/settings.js';
import type { ClockCheck } from './platform/clock-check.js';
import { type JobHandlers, type JobRunner, startJobs } from './platform/jobs/runner.js';
import { sealAnew } from './platform/master-key.js';
import type { OwnedSigner } from './platform/signing/signer.js';
import type { Context } from './ports/context.js';
import type { JobStore } from './ports/jobs.js';
import type { Mailer } from './ports/mailer.js';
import type { Outbound } from './ports/outbound.js';
import type { SealedRows } from './ports/store/sealed-rows.js';
import type { PostgresAuditLog } from './storage/postgres/audit/audit-log.js';
import { removeLeftoverClients } from './protocol/registration/remove-leftovers.js';
import { LOGOUT_RETRY_SECONDS, sendLogoutToken } from './protocol/back-channel-logout.js';
import { jobs } from './storage/postgres/jobs/jobs.js';
import type { Pool } from './storage/postgres/pool.js';

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;
const MONTH_SECONDS = 30 * DAY_SECONDS;

type JobContext = Context & { readonly audit: PostgresAuditLog };

export interface JobNeeds {
  readonly pool: Pool;
  readonly signer: OwnedSigner;
  readonly outbound: Outbound;
  readonly clockCheck: ClockCheck;
  /** What must be sealed anew, while the master key is being changed. */
  readonly sealed: SealedRows | undefined;
  readonly observe: (kind: string, outcome: 'success' | 'retry' | 'dead') => void;
  readonly logger: ComposeLogger;
}

/** What this process does of the work that the whole installation shares. */
export function startInstallationJobs(context: JobContext, needs: JobNeeds): JobRunner {
  const { clockCheck, sealed, observe, logger } = needs;
  const store = jobs(needs.pool);
  const retentionDays = context.settings['audit.retention_days'];
  return startJobs({
    store,
    handlers: {
      ...byTime(context, needs, store),
      ...(sealed !== undefined && sealHandlers(sealed, context, logger)),
      ...mailHandlers(context.settings),
      'back-channel-logout': (job, attempt) => sendLogoutToken(job, attempt, context, needs.outbound),
      'client-logo': (job) => fetchLogo(job, context, needs.outbound),
    },
    retrySeconds: { 'back-channel-logout': LOGOUT_RETRY_SECONDS },
    schedule: {
      sweep: 5 * MINUTE_SECONDS,
      'leftover-clients': 10 * MINUTE_SECONDS,
      'rotate-keys': 10 * MINUTE_SECONDS,
      ...(retentionDays > 0 && { 'audit-retention': 60 * MINUTE_SECONDS }),
      ...(sealed !== undefined && { 'seal-anew': MINUTE_SECONDS }),
    },
    isClockRight: async () => (await clockCheck.sharedTime()) !== undefined,
    random: Math.random,
    observe,
    onFault: (err, job) => logger.error({ err, job }, 'a job failed'),
  });
}

/** A node with a wrong clock leaves these to the others: it would remove what is alive. */
function byTime(context: JobContext, { signer, clockCheck }: JobNeeds, store: JobStore): JobHandlers {
  const retentionMs = context.settings['audit.retention_days'] * DAY_SECONDS * 1000;
  const atSharedTime = (work: (now: Date) => Promise<void>) => async () => {
    const now = await clockCheck.sharedTime();
    if (now !== undefined) await work(now);
  };
  return {
    sweep: atSharedTime(async (now) => {
      await context.store.accessTokens.sweep(now);
      await store.removeDead(MONTH_SECONDS);
    }),
    'leftover-clients': atSharedTime((now) => removeLeftoverClients(now, context)),
    'rotate-keys': atSharedTime(() => signer.rotateDue()),
    ...(retentionMs > 0 && {
      'audit-retention': atSharedTime((now) => context.audit.removeSealedBefore(new Date(now.getTime() - retentionMs))),
    }),
  };
}

/** Again and again: while the key is being changed, other nodes may still seal with the previous one. */
function sealHandlers(rows: SealedRows, { box }: Context, logger: ComposeLogger): JobHandlers {
  return {
    async 'seal-anew'() {
      const count = await sealAnew(rows, box);
      logger.info({ count }, 'what JWT_SECRET_KEY_PREVIOUS had sealed is sealed with JWT_SECRET_KEY');
    },
  };
}

/** Most servers send no mail; they need not load the library. */
function mailHandlers(settings: Settings): JobHandlers {
  const url = settings['mail.smtp_url'];
  if (url === undefined) return {};
  let mailer: Mailer | undefined;
  return {
    async mail(mail) {
      const { createSmtpMailer } = await import('./platform/mail/smtp-mailer.js');
      mailer ??= createSmtpMailer({ url, from: settings['mail.from'] ?? '' });
      await mailer.send(mail);
    },
  };
}
