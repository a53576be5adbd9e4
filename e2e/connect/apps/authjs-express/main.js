import express from 'express';
import { authly } from './auth.js';
import { startPage } from './authjs.js';

const app = express();
app.set('trust proxy', true);
app.get('/login', (_request, response) => response.send(startPage('/auth')));
app.use('/auth', authly);
app.get('/me', (request, response, next) => {
  fetch(`${process.env.APP_URL}/auth/session`, { headers: { cookie: request.headers.cookie ?? '' } })
    .then((answer) => answer.json())
    .then((session) => response.json(session?.user), next);
});
app.get('/', (_request, response) => response.json({ signed: 'out' }));
app.listen(Number(process.env.PORT), process.env.HOST);
