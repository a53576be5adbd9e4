import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { flag, integer } from '../../program/option.js';
import { safeJson } from '../../terminal/plain-text.js';

export const token = defineCommand({
  name: 'token',
  summary: 'Print an access token, alone, for another program.',
  options: {
    refresh: flag('Get a new one even if the present one is good'),
    minTtl: integer('Seconds that it must still be good for', { default: '60' }),
  },
  shared: ['output'],
  sections: [
    {
      title: 'Examples',
      lines: ['$ curl -H "Authorization: Bearer $(authly admin auth token)" http://localhost:8000/admin/status'],
    },
    {
      title: 'Security Notes',
      lines: ['Whoever has the token is you until it expires. Better: authly admin auth exec -- COMMAND'],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const accessToken = await context.session.token({
      minTtlSeconds: options.minTtl ?? 60,
      forceRefresh: options.refresh,
    });
    if (context.output !== 'json') return context.terminal.print(accessToken);
    const { expiresAt, scopes } = await context.session.state();
    context.terminal.print(
      safeJson({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_at: expiresAt?.toISOString() ?? null,
        scopes,
      }),
    );
  },
});
