import { change, confirmed } from '../../change.js';
import { printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { choice, flag } from '../../program/option.js';
import { count } from '../../terminal/time.js';
import { KEY_COLUMNS } from './list.js';

export const rotateKeys = defineCommand({
  name: 'rotate',
  summary: 'Make new signing keys.',
  description: ['New keys are announced first and sign later, so that nobody meets a key that is not known yet.'],
  options: {
    algorithm: choice(['ES256', 'RS256', 'PS256', 'EdDSA'], 'Only this algorithm; by default every one in use'),
    immediate: flag('Sign with the new key at once; the old one stays valid'),
  },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: ['$ authly admin keys rotate', '$ authly admin keys rotate --algorithm ES256 --immediate --confirm'],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    if (options.immediate)
      await confirmed(context, 'Sign with new keys at once? Services that cache the key set must fetch it again.');
    const { data } = await change(context, {
      route: 'rotateKeys',
      summary: `make new ${options.algorithm ?? 'signing'} keys`,
      input: { body: { algorithm: options.algorithm, immediate: options.immediate } },
    });
    if (context.output === 'table')
      context.terminal.print(`${context.terminal.color.green('✓')} Keys rotated successfully`);
    await printList(context, {
      json: data,
      columns: KEY_COLUMNS,
      rows: data.keys,
      footer: `${count(data.keys.length, 'new key')}`,
      none: 'No new keys.',
    });
  },
});
