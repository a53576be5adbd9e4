import { VERSION } from '../version.js';
import { type Finding, RULES } from './finding.js';

/** The findings as code scanners take them. @spec SARIF 2.1.0 */
export function sarifOf(findings: readonly Finding[]): string {
  const rules = Object.entries(RULES).map(([id, text]) => ({
    id,
    shortDescription: { text },
    defaultConfiguration: { level: 'warning' },
  }));
  const ids = rules.map(({ id }) => id);
  const results = findings.map(({ rule, level, what, mend }) => ({
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level,
    message: { text: `${what}. ${mend}.` },
    // Whoever shows results wants a file; settings come from the environment, and the database has none.
    locations: [{ physicalLocation: { artifactLocation: { uri: 'authly.toml' } }, logicalLocations: [{ name: rule }] }],
  }));
  const driver = {
    name: 'authly doctor',
    version: VERSION,
    informationUri: 'https://www.rfc-editor.org/rfc/rfc9700',
    rules,
  };
  return JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [{ tool: { driver }, results }],
    },
    undefined,
    2,
  );
}
