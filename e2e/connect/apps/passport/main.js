import { authly } from './auth.js';
import { servePassport } from './passport.js';

servePassport('openidconnect', authly, (user) => ({ name: user.displayName, email: user.emails?.[0]?.value }));
