import express from 'express';
import { expressjwt } from 'express-jwt';
import { auth } from 'express-oauth2-jwt-bearer';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import jwksRsa from 'jwks-rsa';

/** One API behind each library that checks access tokens. */
const { ISSUER: issuer, AUDIENCE: audience } = process.env;
const jwksUri = `${issuer}/.well-known/jwks.json`;
const keys = createRemoteJWKSet(new URL(jwksUri));

const guards = {
  'express-oauth2-jwt-bearer': auth({ issuerBaseURL: issuer, audience, strict: true }),
  'express-jwt': expressjwt({
    secret: jwksRsa.expressJwtSecret({ jwksUri }),
    audience,
    issuer,
    algorithms: ['ES256'],
  }),
  jose: async (request, response, next) => {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const verified = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt' }).catch(() => undefined);
    return verified ? next() : response.sendStatus(401);
  },
};

const app = express();
for (const [name, guard] of Object.entries(guards)) app.get(`/${name}`, guard, (_request, response) => response.json({ name }));
app.get('/', (_request, response) => response.json({}));
app.use((error, _request, response, _next) => response.status(error.status ?? 500).send(String(error)));
app.listen(Number(process.env.PORT), process.env.HOST);
