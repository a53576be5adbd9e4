import type { Branch } from '../../program/command.js';
import { exec } from './exec.js';
import { info } from './info.js';
import { listLogins } from './list.js';
import { login } from './login.js';
import { logout } from './logout.js';
import { refresh } from './refresh.js';
import { removeLogin } from './remove.js';
import { authStatus } from './status.js';
import { switchLogin } from './switch.js';
import { token } from './token.js';
import { whoami } from './whoami.js';

export const authGroup: Branch = {
  commands: [login, logout, whoami, authStatus, refresh, info, token, listLogins, switchLogin, removeLogin, exec],
  sections: [
    {
      title: 'Common Commands',
      lines: [
        '$ authly admin auth login',
        '$ authly admin auth whoami',
        '$ authly admin auth status',
        '$ authly admin auth logout',
      ],
    },
  ],
};
