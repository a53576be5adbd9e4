import express from 'express';
import eoc from 'express-openid-connect';

const ended = new Set();
const app = express();
app.use(
  eoc.auth({
    issuerBaseURL: process.env.ISSUER,
    baseURL: process.env.APP_URL,
    clientID: process.env.CLIENT_ID,
    clientSecret: process.env.CLIENT_SECRET,
    secret: 'a secret of this program for its own cookies',
    authRequired: false,
    authorizationParams: { response_type: 'code', scope: 'openid profile email' },
    backchannelLogout: {
      onLogoutToken: ({ sid }) => void ended.add(sid),
      isLoggedOut: (request) => ended.has(request.oidc.idTokenClaims.sid),
      onLogin: false,
    },
  }),
);
app.get('/', (request, response) =>
  request.oidc.isAuthenticated() ? response.redirect('/me') : response.json({ signed: 'out' }),
);
app.get('/me', (request, response) => response.json(request.oidc.user ?? { signed: 'out' }));
app.listen(Number(process.env.PORT), process.env.HOST);
