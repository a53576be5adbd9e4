import { EXIT, type ExitCode } from '../../errors/exit-code.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { integer } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { count } from '../../terminal/time.js';

export const verifyAudit = defineCommand({
  name: 'verify',
  summary: 'Check that no audit event is missing or was edited.',
  description: ['Recomputes the hash chain on the server. Ends with exit code 1 when the log was tampered with.'],
  options: {
    from: integer('First sequence number to check', { min: 1 }),
    to: integer('Last sequence number to check', { min: 1 }),
  },
  shared: ['output'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin audit verify', '$ authly admin audit verify --from 1000'] },
    {
      title: 'Notes',
      lines: ['Note the head hash elsewhere: with it you can prove later that nothing was cut off at the end.'],
    },
    EXIT_CODES,
  ],
  async run({ options }, context): Promise<ExitCode> {
    const { data } = await context.api.verifyAudit({ query: { from_seq: options.from, to_seq: options.to } });
    const { terminal } = context;
    if (context.output === 'json' || data.valid) {
      printOutcome(context, {
        json: data,
        done: 'The audit log is intact',
        fields: [
          ['Events Checked', data.checked],
          ['First', data.first_seq],
          ['Last', data.last_seq],
          ['Head Hash', data.head_hash],
        ],
      });
      return data.valid ? EXIT.ok : EXIT.general;
    }
    terminal.print(`❌ ${terminal.color.red('The audit log was tampered with')}`);
    terminal.print();
    for (const problem of data.problems)
      terminal.print(`Event ${problem.seq} (${problem.kind}): ${oneLine(problem.message)}`);
    if (data.problem_count > data.problems.length)
      terminal.print(`and ${data.problem_count - data.problems.length} more`);
    terminal.print();
    terminal.print(`${count(data.problem_count, 'problem')} in ${count(data.checked, 'event')}`);
    return EXIT.general;
  },
});
