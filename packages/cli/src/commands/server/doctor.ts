import type { Finding } from '@authly/server';
import { EXIT } from '../../errors/exit-code.js';
import { defineCommand } from '../../program/command.js';
import { choice, flag, text } from '../../program/option.js';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Say what is unsafe or missing, and how to mend it.',
  description: [
    'Reads settings, files with secrets and the database as a server with this environment would, and changes nothing. Ends with 1 when there is an ' +
      'error, with --strict also for a warning; else with 0.',
  ],
  options: {
    format: choice(['text', 'json', 'sarif'], 'How it is said; sarif is for code scanners', { default: 'text' }),
    strict: flag('Warnings are failures, too'),
    online: flag('Ask the server at its issuer, too, as a stranger would'),
    databaseUrl: text('PostgreSQL connection string', { default: 'DATABASE_URL' }),
    config: text('Configuration file of the server', { placeholder: 'PATH', completes: 'file' }),
  },
  sections: [
    {
      title: 'Examples',
      lines: ['$ authly doctor', '$ authly doctor --strict --online', '$ authly doctor --format sarif'],
    },
  ],
  async run({ options }, { terminal }) {
    const { format = 'text', strict, ...where } = options;
    const server = await import('@authly/server');
    const findings = await server.doctor(where);
    if (findings === undefined) return EXIT.general;
    if (format === 'text') for (const line of linesOf(findings)) terminal.print(line);
    else terminal.print(format === 'sarif' ? server.sarifOf(findings) : JSON.stringify({ findings }, undefined, 2));
    const isBad = findings.some(({ level }) => level === 'error' || (strict && level === 'warning'));
    return isBad ? EXIT.general : EXIT.ok;
  },
});

const SIGNS = { error: '❌', warning: '⚠️ ', note: 'ℹ️ ' } as const;

function linesOf(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return ['✅ Nothing was found.'];
  const count = (level: Finding['level']): number => findings.filter((finding) => finding.level === level).length;
  return [
    ...findings.flatMap(({ rule, level, what, mend }) => [`${SIGNS[level]} ${what}. [${rule}]`, `   ${mend}.`]),
    '',
    `errors: ${count('error')}, warnings: ${count('warning')}, notes: ${count('note')}`,
  ];
}
