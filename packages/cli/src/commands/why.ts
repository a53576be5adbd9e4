import { fieldLines } from '../output.js';
import { defineCommand } from '../program/command.js';
import { EXIT_CODES } from '../program/help.js';
import { argument } from '../program/option.js';
import { oneLine, safeJson } from '../terminal/plain-text.js';
import { dateAndTime } from '../terminal/time.js';

export const why = defineCommand({
  name: 'why',
  summary: 'Say why a request was refused, and what to change.',
  description: [
    'Every answer carries its id as X-Request-ID, the error page shows it, and the log has it. The audit log knows what was asked and why it was refused.',
  ],
  arguments: { requestId: argument('Request ID') },
  shared: ['output'],
  sections: [{ title: 'Examples', lines: ['$ authly admin why cbe37f6c-3f1c-4d7b-9a55-1f2a8f6f0a11'] }, EXIT_CODES],
  async run({ args }, context) {
    const { data } = await context.api.explainRefusal({ params: { request_id: args.requestId } });
    const { terminal } = context;
    if (context.output === 'json') return terminal.print(safeJson(data));
    const client = data.client_id === null ? null : [data.client_name, data.client_id].filter(Boolean).join(' · ');
    const lines = fieldLines([
      ['When', dateAndTime(data.at)],
      ['Asked at', data.endpoint],
      ['Client', client],
      ['Refused', [data.error, data.description].filter(Boolean).join(': ')],
      ...Object.entries(data.sent).map(([name, value]) => [`Sent ${name}`, value] as const),
      ...data.registered_redirect_uris.map((uri) => ['Registered redirect_uri', uri] as const),
      ...data.differences.map((difference) => ['Difference', difference] as const),
    ]);
    for (const line of lines) terminal.print(line);
    if (data.advice.length === 0) return;
    terminal.print();
    terminal.print('What to do:');
    for (const line of data.advice) terminal.print(`  ${oneLine(line)}`);
  },
});
