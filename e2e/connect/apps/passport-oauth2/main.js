import { authly } from './auth.js';
import { servePassport } from './passport.js';

servePassport('oauth2', authly, (user) => user);
