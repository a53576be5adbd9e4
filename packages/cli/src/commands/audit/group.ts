import type { Group } from '../../program/command.js';
import { exportAudit } from './export.js';
import { listAudit } from './list.js';
import { verifyAudit } from './verify.js';

export const auditGroup: Group = {
  name: 'audit',
  summary: 'Read and check the audit log.',
  commands: [listAudit, verifyAudit, exportAudit],
  sections: [
    {
      title: 'Common Commands',
      lines: ['$ authly admin audit list --outcome failure', '$ authly admin audit verify'],
    },
  ],
};
