import Fastify from 'fastify';
import { authly } from './auth.js';

const app = Fastify();
let session;
await app.register(authly);
app.get('/callback', async (request, reply) => {
  session = (await app.authly.getAccessTokenFromAuthorizationCodeFlow(request, reply)).token;
  return reply.redirect('/me');
});
app.get('/me', () => app.authly.userinfo(session));
app.get('/refresh', async () => {
  session = (await app.authly.getNewAccessTokenUsingRefreshToken(session, {})).token;
  return app.authly.userinfo(session);
});
app.get('/', () => ({ signed: 'out' }));
await app.listen({ port: Number(process.env.PORT), host: process.env.HOST });
