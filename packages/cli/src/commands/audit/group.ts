import type { Branch } from '../../program/command.js';
import { exportAudit } from './export.js';
import { listAudit } from './list.js';
import { verifyAudit } from './verify.js';

export const auditGroup: Branch = {
  commands: [listAudit, verifyAudit, exportAudit],
  sections: [
    {
      title: 'Common Commands',
      lines: ['$ authly admin audit list --outcome failure', '$ authly admin audit verify'],
    },
  ],
};
