/** The address of the server itself, for whoever opens it in a browser: what this is, and where to go. */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { Fill } from '../parts/fill.js';
import type { Shell } from '../shell.js';

export interface HomeProps {
  readonly signedIn: boolean;
  readonly issuer: string;
}

export function homePage({ signedIn, issuer }: HomeProps, shell: Shell): VNode {
  const words = shell.strings.home;
  const { paths } = shell;
  return (
    <CardPage shell={shell} title={words.title}>
      <div class="heading">
        <h1>{words.title}</h1>
        <p class="lead">
          <Fill text={words.lead} values={{ product: shell.theme.productName }} />
        </p>
      </div>
      <div class="actions">
        <a class="button primary" id="home-start" href={signedIn ? paths.account : paths.login}>
          {signedIn ? words.account : words.signIn}
        </a>
        <a class="button plain" id="home-device" href={paths.device}>
          {words.device}
        </a>
      </div>
      <nav class="links" aria-labelledby="developers">
        <h2 id="developers">{words.developers}</h2>
        <div>
          <a id="home-docs" href={paths.docs}>
            {words.docs}
          </a>
          <a id="home-discovery" href={paths.discovery}>
            {words.discovery}
          </a>
        </div>
        <p class="note">
          {words.issuer} <code>{issuer}</code>
        </p>
      </nav>
    </CardPage>
  );
}
