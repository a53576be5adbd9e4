import { userManager } from './auth.ts';

const pages = {
  '/login': () => userManager.signinRedirect(),
  async '/callback'() {
    await userManager.signinCallback();
    location.replace('/me');
  },
  '/me': async () => show((await userManager.getUser())?.profile),
  '/refresh': async () => show((await userManager.signinSilent())?.profile),
  '/logout': () => userManager.signoutRedirect(),
  '/': () => show({ signed: 'out' }),
};

function show(what) {
  document.body.textContent = JSON.stringify(what);
  document.body.id = 'done';
}

Promise.resolve(pages[location.pathname]()).catch((error) => show({ error: String(error?.stack ?? error) }));
