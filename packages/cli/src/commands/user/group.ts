import type { Branch } from '../../program/command.js';
import { createUser } from './create.js';
import { deleteUser } from './delete.js';
import { listUsers } from './list.js';
import { resetPassword } from './reset-password.js';
import { resetSecondFactor } from './reset-second-factor.js';
import { revokeSessions } from './revoke-sessions.js';
import { listSessions } from './sessions.js';
import { showUser } from './show.js';
import { unlockUser } from './unlock.js';
import { updateUser } from './update.js';

export const userGroup: Branch = {
  commands: [
    createUser,
    listUsers,
    showUser,
    updateUser,
    deleteUser,
    resetPassword,
    resetSecondFactor,
    unlockUser,
    listSessions,
    revokeSessions,
  ],
  sections: [
    {
      title: 'Common Commands',
      lines: [
        '$ authly admin user list --admin',
        '$ authly admin user create --username alice --email alice@example.com',
        '$ authly admin user unlock alice',
      ],
    },
  ],
};
