import express from 'express';
import session from 'express-session';
import passport from 'passport';

/** An Express application around a strategy of Passport, as its documentation builds one. */
export function servePassport(name, strategy, userOf) {
  const app = express();
  passport.use(strategy);
  passport.serializeUser((user, done) => done(null, user));
  passport.deserializeUser((user, done) => done(null, user));
  app.use(session({ secret: process.env.SESSION_SECRET, resave: false, saveUninitialized: false }));
  app.use(passport.authenticate('session'));
  app.get('/login', passport.authenticate(name));
  app.get('/callback', passport.authenticate(name, { successRedirect: '/me' }));
  app.get('/me', (request, response) => response.json(request.user && userOf(request.user)));
  app.get('/', (_request, response) => response.json({ signed: 'out' }));
  app.listen(Number(process.env.PORT), process.env.HOST);
}
