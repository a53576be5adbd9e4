import { execFileSync, spawn } from 'node:child_process';
import { environment } from './go.js';

execFileSync('go', ['build', '-o', 'connected', '.'], { env: environment, stdio: 'inherit' });
spawn('./connected', { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1));
