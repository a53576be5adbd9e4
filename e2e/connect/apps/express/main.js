import express from 'express';
import { login } from './auth.js';

const app = express();
app.use(login);
app.get('/', (request, response) =>
  request.oidc.isAuthenticated() ? response.redirect('/me') : response.json({ signed: 'out' }),
);
app.get('/me', (request, response) => response.json(request.oidc.user));
app.listen(Number(process.env.PORT), process.env.HOST);
